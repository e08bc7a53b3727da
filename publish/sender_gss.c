/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/tkey.h"
#include "publish/sender_inner.h"

/* What was agreed with one server, for as long as the sender lives. */
struct sender_gss {
	struct sender_gss *next;
	struct address server;
	struct name host;
	struct tkey tkey;
	bool is_stale;		/* the server has forgotten the key */
};

void
sender_set_gss(struct sender *s, bool is_on, const char *realm)
{
	if (is_on != s->is_gss || strcmp(realm, s->realm) != 0)
		sender_gss_forget(s);
	s->is_gss = is_on;
	(void)snprintf(s->realm, sizeof s->realm, "%s", realm);
}

void
sender_gss_forget(struct sender *s)
{
	while (s->gss != NULL) {
		struct sender_gss *next = s->gss->next;

		tkey_release(&s->gss->tkey);
		free(s->gss);
		s->gss = next;
	}
}

static struct sender_gss *
find(const struct sender *s, const struct letter *l)
{
	for (struct sender_gss *g = s->gss; g != NULL; g = g->next) {
		if (!g->is_stale && address_equal(&g->server, &l->servers.v[l->at]) &&
		    name_equal(&g->host, &l->primary))
			return g;
	}
	return NULL;
}

int
sender_gss_agree(struct sender *s, struct letter *l, struct fault *why)
{
	struct exchange like = sender_exchange(s, l, NULL);
	struct tkey_peer peer = { .like = &like, .host = &l->primary,
		.realm = *s->realm != '\0' ? s->realm : NULL, .pool = s->pool };
	struct sender_gss *g = find(s, l);
	char text[NAME_TEXT_MAX];
	int class;

	l->gss = NULL;
	if (g == NULL) {
		sender_tell(s, NULL, "Negotiating GSS-TSIG with %s", name_print_host(text, peer.host));
		g = calloc(1, sizeof *g);
		if (g == NULL)
			return fault_set_nomem(why);
		class = tkey_agree(&g->tkey, &peer, why);
		if (class != ZP_OK) {
			free(g);
			return class;
		}
		g->server = l->servers.v[l->at];
		g->host = l->primary;
		g->next = s->gss;
		s->gss = g;
	}
	l->gss = &g->tkey.key;
	return ZP_OK;
}

void
sender_gss_drop(struct sender *s, const struct letter *l)
{
	for (struct sender_gss *g = s->gss; g != NULL; g = g->next)
		g->is_stale |= l->gss == &g->tkey.key;
}
