/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
server_parse(struct server *out, const char *text, struct fault *why)
{
	struct address a;
	int rc;

	*out = (struct server){ 0 };
	if ((rc = address_parse(&a, text, ADDRESS_PORT_DNS, why)) != ZP_OK)
		return rc;
	server_from_address(out, &a);
	out->origin = SERVER_GIVEN;
	return ZP_OK;
}

void
server_from_address(struct server *out, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	*out = (struct server){ .port = address_port(a) };
	(void)snprintf(out->address, sizeof out->address, "%.*s", (int)sizeof out->address - 1,
	    address_print_host(text, a));
}

int
server_address(struct address *out, const struct server *s, struct fault *why)
{
	char text[ADDRESS_TEXT_MAX];

	(void)snprintf(text, sizeof text, "%s@%u", s->address, s->port);
	return address_parse(out, text, s->port, why);
}

void
server_print(struct bytes *out, const struct server *s)
{
	char name[NAME_TEXT_MAX];

	if (!name_is_empty(&s->name))
		bytes_printf(out, "%s (", name_print_host(name, &s->name));
	bytes_append_text(out, s->address);
	if (s->port != ADDRESS_PORT_DNS)
		bytes_printf(out, "@%u", s->port);
	if (!name_is_empty(&s->name))
		bytes_append_text(out, ")");
}

bool
server_same(const struct server *a, const struct server *b)
{
	return a->port == b->port && strcmp(a->address, b->address) == 0;
}

int
server_list_add(struct server_list *l, const struct server *s, struct fault *why)
{
	struct server *v;

	for (size_t i = 0; i < l->n; i++) {
		if (!server_same(&l->v[i], s))
			continue;
		l->v[i].origin |= s->origin;
		if (name_is_empty(&l->v[i].name))
			l->v[i].name = s->name;
		return ZP_OK;
	}
	v = reallocarray(l->v, l->n + 1, sizeof *v);
	if (v == NULL)
		return fault_set_nomem(why);
	l->v = v;
	v[l->n++] = *s;
	return ZP_OK;
}

void
server_list_release(struct server_list *l)
{
	free(l->v);
	*l = (struct server_list){ 0 };
}
