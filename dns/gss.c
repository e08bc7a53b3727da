/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/gss.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <stdlib.h>
#include <string.h>

/* SPNEGO (RFC 4178): servers of either world take it, RFC 3645 3.1.1. */
static const char SPNEGO[] = "\x2b\x06\x01\x05\x05\x02";

enum { FLAGS = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_INTEG_FLAG };

struct gss_context {
	gss_ctx_id_t handle;
	gss_name_t target;
	bool is_complete;
};

bool
gss_is_built(void)
{
	return true;
}

/* One line of what GSS-API has to say about a status. */
static void
append_status(struct bytes *out, OM_uint32 status, int kind)
{
	OM_uint32 more = 0, minor;
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;

	if (GSS_ERROR(gss_display_status(&minor, status, kind, GSS_C_NO_OID, &more, &text)))
		return;
	if (out->len > 0)
		bytes_append_text(out, ": ");
	bytes_append(out, text.value, text.length);
	(void)gss_release_buffer(&minor, &text);
}

/* The mechanism's word says more than the general one. */
static int
refuse(struct fault *why, int class, const char *what, OM_uint32 major, OM_uint32 minor)
{
	struct bytes text = { 0 };

	if (minor != 0)
		append_status(&text, minor, GSS_C_MECH_CODE);
	if (text.len == 0)
		append_status(&text, major, GSS_C_GSS_CODE);
	(void)fault_set(why, class, "%s: %.600s", what, bytes_text(&text));
	bytes_release(&text);
	return class;
}

int
gss_context_make(struct gss_context **out, const char *service, struct fault *why)
{
	gss_buffer_desc text = { .length = strlen(service) };
	OM_uint32 major, minor;
	char *copy = strdup(service);
	int class = ZP_OK;

	*out = calloc(1, sizeof **out);
	if (*out == NULL || copy == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	text.value = copy;
	(*out)->handle = GSS_C_NO_CONTEXT;
	major = gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &(*out)->target);
	if (GSS_ERROR(major)) {
		class = refuse(why, ZP_EUSAGE, "GSS-API does not take the server's name", major, minor);
		(void)fault_prepend(why, "%.300s", service);
	}
out:
	free(copy);
	if (class != ZP_OK) {
		gss_context_free(*out);
		*out = NULL;
	}
	return class;
}

void
gss_context_free(struct gss_context *g)
{
	OM_uint32 minor;

	if (g == NULL)
		return;
	if (g->handle != GSS_C_NO_CONTEXT)
		(void)gss_delete_sec_context(&minor, &g->handle, GSS_C_NO_BUFFER);
	if (g->target != GSS_C_NO_NAME)
		(void)gss_release_name(&minor, &g->target);
	free(g);
}

int
gss_own_realm(struct bytes *out, struct fault *why)
{
	gss_OID_set_desc kerberos = { .count = 1, .elements = gss_mech_krb5 };
	gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 major, minor, ignored;
	size_t at;
	int class = ZP_OK;

	bytes_clear(out);
	major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &kerberos, GSS_C_INITIATE,
	    &credential, NULL, NULL);
	if (!GSS_ERROR(major))
		major = gss_inquire_cred(&minor, credential, &name, NULL, NULL, NULL);
	if (!GSS_ERROR(major))
		major = gss_display_name(&minor, name, &text, NULL);
	if (GSS_ERROR(major)) {
		class = refuse(why, ZP_ELOCAL, "there is no Kerberos ticket to use (get one with kinit)",
		    major, minor);
		goto out;
	}
	at = text.length;
	while (at > 0 && ((const char *)text.value)[at - 1] != '@')
		at--;
	bytes_append(out, (const char *)text.value + at, text.length - at);
	class = bytes_check(out, why);
out:
	(void)gss_release_buffer(&ignored, &text);
	(void)gss_release_name(&ignored, &name);
	(void)gss_release_cred(&ignored, &credential);
	return class;
}

int
gss_context_step(struct bytes *token, struct gss_context *g, const struct bytes *received,
    struct fault *why)
{
	char oid[sizeof SPNEGO];
	gss_OID_desc mechanism = { .length = sizeof SPNEGO - 1, .elements = oid };
	gss_buffer_desc in = { .length = received->len, .value = received->data };
	gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor, flags = 0, ignored;
	int class = ZP_OK;

	bytes_clear(token);
	memcpy(oid, SPNEGO, sizeof oid);
	major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &g->handle, g->target, &mechanism,
	    FLAGS, 0, GSS_C_NO_CHANNEL_BINDINGS, received->len > 0 ? &in : GSS_C_NO_BUFFER, NULL,
	    &made, &flags, NULL);
	if (GSS_ERROR(major)) {
		class = refuse(why, GSS_ROUTINE_ERROR(major) == GSS_S_NO_CRED ? ZP_ELOCAL : ZP_EREFUSED,
		    "GSS-API finds no agreement with the server", major, minor);
		goto out;
	}
	bytes_append(token, made.value, made.length);
	class = bytes_check(token, why);
	if (class != ZP_OK)
		goto out;
	g->is_complete = major == GSS_S_COMPLETE;
	if (g->is_complete && (flags & (GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG)) !=
	    (GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG)) {
		g->is_complete = false;
		class = fault_set(why, ZP_EREFUSED,
		    "the server did not prove who it is, or its context cannot sign");
	}
out:
	(void)gss_release_buffer(&ignored, &made);
	return class;
}

bool
gss_context_is_complete(const struct gss_context *g)
{
	return g->is_complete;
}

int
gss_context_sign(struct bytes *mac, const struct gss_context *g, const struct bytes *data,
    struct fault *why)
{
	gss_buffer_desc in = { .length = data->len, .value = data->data };
	gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor, ignored;
	int class;

	bytes_clear(mac);
	major = gss_get_mic(&minor, g->handle, GSS_C_QOP_DEFAULT, &in, &made);
	if (GSS_ERROR(major))
		return refuse(why, ZP_ELOCAL, "GSS-API does not sign (has the ticket expired?)", major,
		    minor);
	bytes_append(mac, made.value, made.length);
	class = bytes_check(mac, why);
	(void)gss_release_buffer(&ignored, &made);
	return class;
}

bool
gss_context_verify(const struct gss_context *g, const struct bytes *data, const void *mac,
    size_t mac_len)
{
	gss_buffer_desc in = { .length = data->len, .value = data->data };
	gss_buffer_desc given = { .length = mac_len };
	struct bytes copy = { 0 };
	OM_uint32 major = GSS_S_FAILURE, minor;

	bytes_append(&copy, mac, mac_len);
	if (!bytes_is_broken(&copy)) {
		given.value = copy.data;
		major = gss_verify_mic(&minor, g->handle, &in, &given, NULL);
	}
	bytes_release(&copy);
	return !GSS_ERROR(major);
}
