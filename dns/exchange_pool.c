/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/exchange_inner.h"

#include <stdlib.h>
#include <string.h>

int
exchange_pool_make(struct exchange_pool **out, const struct exchange_limits *limits,
    struct fault *why)
{
	struct exchange_pool *pool;

	*out = NULL;
	pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		return fault_set_nomem(why);
	if (limits != NULL)
		pool->limits = *limits;
	if (pool->limits.in_flight == 0)
		pool->limits.in_flight = 16;
	if (pool->limits.connections == 0)
		pool->limits.connections = 4;
	if (pool->limits.total == 0)
		pool->limits.total = 64;
	if (pool->limits.idle_ms == 0)
		pool->limits.idle_ms = 5000;
	pool->made = timepiece_now();
	*out = pool;
	return ZP_OK;
}

void
exchange_pool_free(struct exchange_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->lines != NULL)
		exchange_pool_drop(pool, pool->lines);
	while (pool->tls != NULL) {
		struct tls_entry *entry = pool->tls;

		pool->tls = entry->next;
		bytes_release(&entry->options);
		tls_context_free(entry->context);
		free(entry);
	}
	free(pool);
}

void
exchange_pool_drop(struct exchange_pool *pool, struct line *line)
{
	struct line **link = &pool->lines;

	while (*link != line)
		link = &(*link)->next;
	*link = line->next;
	stream_free(line->stream);
	free(line);
}

void
exchange_pool_settle(struct exchange_pool *pool, const struct turn *turn)
{
	for (struct line *line = pool->lines, *next; line != NULL; line = next) {
		next = line->next;
		if (line->is_closing || !line->is_open || !stream_is_usable(line->stream))
			exchange_pool_drop(pool, line);
		else
			line->idle_since = turn->now;
	}
}

static void
append_option(struct bytes *out, const char *text)
{
	bytes_append_text(out, text == NULL ? "" : text);
	bytes_append_u8(out, '\n');
}

/* The context for these options: files are read once for a pool. */
static int
find_context(const struct tls_context **out, struct exchange_pool *pool,
    const struct tls_options *options, struct fault *why)
{
	static const struct tls_options opportunistic = { .opportunistic = true };
	struct tls_entry *entry;
	struct bytes text = { 0 };
	int class;

	*out = NULL;
	if (options == NULL)
		options = &opportunistic;
	append_option(&text, options->server_name);
	append_option(&text, options->ca_file);
	append_option(&text, options->cert_file);
	append_option(&text, options->key_file);
	append_option(&text, options->opportunistic ? "opportunistic" : "");
	class = bytes_check(&text, why);
	if (class != ZP_OK)
		goto out;
	for (entry = pool->tls; entry != NULL; entry = entry->next) {
		if (strcmp(bytes_text(&entry->options), bytes_text(&text)) == 0) {
			*out = entry->context;
			goto out;
		}
	}
	entry = calloc(1, sizeof *entry);
	if (entry == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	class = tls_context_make(&entry->context, options, why);
	if (class != ZP_OK) {
		free(entry);
		goto out;
	}
	entry->options = text;
	text = (struct bytes){ 0 };
	entry->next = pool->tls;
	pool->tls = entry;
	*out = entry->context;
out:
	bytes_release(&text);
	return class;
}

int
exchange_pool_take(struct line **out, struct exchange_pool *pool, const struct exchange *x,
    const struct turn *turn, struct fault *why)
{
	const struct tls_context *tls = NULL;
	struct line *best = NULL, *line;
	unsigned count = 0, most = pool->is_single_use ? 1 : pool->limits.in_flight;
	int class = ZP_OK;

	*out = NULL;
	if (x->transport == TRANSPORT_TLS)
		class = find_context(&tls, pool, x->tls, why);
	if (class != ZP_OK)
		return class;
	for (struct line *l = pool->lines, *next; l != NULL; l = next) {
		next = l->next;
		if (l->tls != tls || !address_equal(&l->server, &x->server) ||
		    !address_equal(&l->source, &x->source))
			continue;
		if (l->in_flight == 0 && l->is_open && (turn->now - l->idle_since >
		    pool->limits.idle_ms || (pool->is_single_use && l->has_served) ||
		    !stream_is_usable(l->stream))) {
			exchange_pool_drop(pool, l);
			continue;
		}
		count += !l->is_closing;
		if (!l->is_closing && l->in_flight < most &&
		    (best == NULL || l->in_flight < best->in_flight))
			best = l;
	}
	*out = best;
	if (best != NULL || count >= pool->limits.connections)
		return ZP_OK;

	line = calloc(1, sizeof *line);
	if (line == NULL)
		return fault_set_nomem(why);
	*line = (struct line){ .server = x->server, .source = x->source, .tls = tls };
	class = stream_make(&line->stream, &x->server, &x->source, tls, why);
	if (class != ZP_OK) {
		free(line);
		return class;
	}
	line->next = pool->lines;
	pool->lines = line;
	*out = line;
	return ZP_OK;
}
