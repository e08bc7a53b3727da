/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/gss.h"

static int
refuse(struct fault *why)
{
	return fault_set(why, ZP_EUSAGE,
	    "GSS-TSIG is not supported: this program was built without GSSAPI");
}

bool
gss_is_built(void)
{
	return false;
}

int
gss_context_make(struct gss_context **out, const char *service, struct fault *why)
{
	(void)service;
	*out = NULL;
	return refuse(why);
}

void
gss_context_free(struct gss_context *g)
{
	(void)g;
}

int
gss_own_realm(struct bytes *out, struct fault *why)
{
	bytes_clear(out);
	return refuse(why);
}

int
gss_context_step(struct bytes *token, struct gss_context *g, const struct bytes *received,
    struct fault *why)
{
	(void)g;
	(void)received;
	bytes_clear(token);
	return refuse(why);
}

bool
gss_context_is_complete(const struct gss_context *g)
{
	(void)g;
	return false;
}

int
gss_context_sign(struct bytes *mac, const struct gss_context *g, const struct bytes *data,
    struct fault *why)
{
	(void)g;
	(void)data;
	bytes_clear(mac);
	return refuse(why);
}

bool
gss_context_verify(const struct gss_context *g, const struct bytes *data, const void *mac,
    size_t mac_len)
{
	(void)g;
	(void)data;
	(void)mac;
	(void)mac_len;
	return false;
}
