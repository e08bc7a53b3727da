/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/soa.h"

#include "base/bytes.h"

bool
soa_parse(struct soa *out, const struct rrset *set)
{
	const struct rdata *r;
	struct cursor c;

	*out = (struct soa){ .ttl = set->ttl };
	if (set->type != RRTYPE_SOA || set->n != 1)
		return false;
	r = &set->v[0];
	if (name_parse_wire(&out->mname, r->data, r->len, NULL) != ZP_OK ||
	    name_parse_wire(&out->rname, r->data + out->mname.len,
	    (size_t)r->len - out->mname.len, NULL) != ZP_OK)
		return false;
	c = cursor_make(r->data, r->len);
	(void)cursor_take(&c, (size_t)out->mname.len + out->rname.len);
	out->serial = cursor_u32(&c);
	out->refresh = cursor_u32(&c);
	out->retry = cursor_u32(&c);
	out->expire = cursor_u32(&c);
	out->minimum = cursor_u32(&c);
	return !cursor_is_broken(&c) && cursor_left(&c) == 0;
}

uint32_t
soa_negative_ttl(const struct soa *s)
{
	return s->ttl < s->minimum ? s->ttl : s->minimum;
}
