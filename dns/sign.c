/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/sign.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "dns/sign_impl.h"
#include "dns/wire.h"

bool
sign_keys_serve(const struct sign_keys *k, size_t i, enum sign_role role)
{
	const struct sign_key *key = &k->v[i];
	bool sep = (key->flags & SIGN_FLAG_SEP) != 0, other = false;

	if (!key->active)
		return false;
	if ((key->flags & SIGN_FLAG_REVOKE) != 0)
		return role == SIGN_KEYS;	/* RFC 5011 2.1 */
	if (sep == (role == SIGN_KEYS))
		return true;
	/* The role is not this key's, unless no key of its algorithm has it. */
	for (size_t j = 0; j < k->n; j++)
		other = other || (k->v[j].active && k->v[j].algorithm == key->algorithm &&
		    (k->v[j].flags & SIGN_FLAG_REVOKE) == 0 &&
		    ((k->v[j].flags & SIGN_FLAG_SEP) != 0) != sep);
	return !other;
}

/* A set as ldns has it. */
static int
to_ldns(ldns_rr_list **out, const struct rrset *set, struct fault *why)
{
	struct bytes wire = { 0 };
	ldns_rr_list *list = ldns_rr_list_new();
	int rc = list == NULL ? fault_set_nomem(why) : ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < set->n; i++) {
		ldns_rr *rr = NULL;
		size_t at = 0;

		bytes_clear(&wire);
		bytes_append(&wire, set->owner.wire, set->owner.len);
		bytes_append_u16(&wire, set->type);
		bytes_append_u16(&wire, 1);	/* IN */
		bytes_append_u32(&wire, set->ttl);
		bytes_append_u16(&wire, set->v[i].len);
		bytes_append(&wire, set->v[i].data, set->v[i].len);
		rc = bytes_check(&wire, why);
		if (rc == ZP_OK && ldns_wire2rr(&rr, wire.data, wire.len, &at,
		    LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) {
			char owner[NAME_TEXT_MAX], type[16];

			rc = fault_set(why, ZP_EUSAGE, "%.300s %s cannot be signed: malformed data",
			    name_print(owner, &set->owner), wire_print_type(type, set->type));
		}
		if (rc == ZP_OK && !ldns_rr_list_push_rr(list, rr)) {
			ldns_rr_free(rr);
			rc = fault_set_nomem(why);
		}
	}
	bytes_release(&wire);
	if (rc == ZP_OK)
		*out = list;
	else
		ldns_rr_list_deep_free(list);
	return rc;
}

/* The rdata of records of ldns into a set. */
static int
from_ldns(struct rrset *out, const ldns_rr_list *list, struct fault *why)
{
	ldns_buffer *b = ldns_buffer_new(LDNS_MIN_BUFLEN);
	int rc = b == NULL ? fault_set_nomem(why) : ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < ldns_rr_list_rr_count(list); i++) {
		ldns_buffer_clear(b);
		if (ldns_rr_rdata2buffer_wire(b, ldns_rr_list_rr(list, i)) != LDNS_STATUS_OK)
			rc = fault_set_nomem(why);
		else
			rc = rrset_add(out, ldns_buffer_begin(b), ldns_buffer_position(b), why);
	}
	ldns_buffer_free(b);
	return rc;
}

int
sign_set(struct rrset *out, const struct rrset *set, const struct sign_request *r,
    enum sign_role role, struct fault *why)
{
	ldns_key_list *keys = ldns_key_list_new();
	ldns_rr_list *list = NULL, *signatures = NULL;
	size_t wanted = 0;
	int rc = keys == NULL ? fault_set_nomem(why) : ZP_OK;

	*out = rrset_make(&set->owner, RRTYPE_RRSIG, set->ttl);
	for (size_t i = 0; rc == ZP_OK && i < r->keys->n; i++) {
		ldns_key *key = r->keys->v[i].secret;

		if (!sign_keys_serve(r->keys, i, role))
			continue;
		ldns_key_set_inception(key, r->inception);
		ldns_key_set_expiration(key, r->expiration);
		ldns_key_set_use(key, true);
		wanted++;
		if (!ldns_key_list_push_key(keys, key))
			rc = fault_set_nomem(why);
	}
	if (rc == ZP_OK)
		rc = to_ldns(&list, set, why);
	if (rc != ZP_OK)
		goto out;
	signatures = ldns_sign_public(list, keys);
	/* A key that fails is passed over in silence by ldns. */
	if (signatures == NULL || ldns_rr_list_rr_count(signatures) != wanted) {
		char owner[NAME_TEXT_MAX], type[16];

		rc = fault_set(why, ZP_ELOCAL, "cannot sign %.300s %s", name_print(owner, &set->owner),
		    wire_print_type(type, set->type));
		goto out;
	}
	rc = from_ldns(out, signatures, why);
out:
	if (rc != ZP_OK)
		rrset_release(out);
	ldns_rr_list_deep_free(signatures);
	ldns_rr_list_deep_free(list);
	/* The keys stay with their owner: the list is freed without them. */
	if (keys != NULL) {
		ldns_key_list_set_key_count(keys, 0);
		ldns_key_list_free(keys);
	}
	return rc;
}

int
sign_keys_dnskey(struct rrset *out, const struct sign_keys *k, uint32_t ttl, struct fault *why)
{
	int rc = ZP_OK;

	*out = rrset_make(&k->zone, RRTYPE_DNSKEY, ttl);
	for (size_t i = 0; rc == ZP_OK && i < k->n; i++)
		rc = rrset_add(out, k->v[i].dnskey.data, k->v[i].dnskey.len, why);
	if (rc != ZP_OK)
		rrset_release(out);
	return rc;
}

int
sign_keys_print_ds(struct bytes *out, const struct sign_keys *k, uint32_t ttl, struct fault *why)
{
	struct rrset dnskey, ds = rrset_make(&k->zone, RRTYPE_DS, ttl);
	ldns_rr_list *keys = NULL, *all = ldns_rr_list_new();
	int rc = sign_keys_dnskey(&dnskey, k, ttl, why);

	if (rc == ZP_OK && all == NULL)
		rc = fault_set_nomem(why);
	if (rc == ZP_OK)
		rc = to_ldns(&keys, &dnskey, why);
	for (size_t i = 0; rc == ZP_OK && i < k->n; i++) {
		ldns_rr *rr = NULL;

		if (!sign_keys_serve(k, i, SIGN_KEYS) || (k->v[i].flags & SIGN_FLAG_REVOKE) != 0)
			continue;
		/* The set is sorted: the record of this key is where its rdata is. */
		for (size_t j = 0; j < dnskey.n; j++)
			if (rdata_compare(dnskey.v[j].data, dnskey.v[j].len, k->v[i].dnskey.data,
			    k->v[i].dnskey.len) == 0)
				rr = ldns_key_rr2ds(ldns_rr_list_rr(keys, j), LDNS_SHA256);
		if (rr == NULL || !ldns_rr_list_push_rr(all, rr)) {
			ldns_rr_free(rr);
			rc = fault_set_nomem(why);
		}
	}
	if (rc == ZP_OK)
		rc = from_ldns(&ds, all, why);
	if (rc == ZP_OK)
		rc = wire_print_rrset(out, &ds, why);
	rrset_release(&dnskey);
	rrset_release(&ds);
	ldns_rr_list_deep_free(keys);
	ldns_rr_list_deep_free(all);
	return rc;
}
