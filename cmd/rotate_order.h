/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/rotate_order.h - orders from options and configuration.
 *
 * An option beats the tls section of the host, which beats the zone section,
 * which beats the defaults.
 */
#ifndef CMD_ROTATE_ORDER_H
#define CMD_ROTATE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "cmd/options.h"
#include "conf/conf.h"
#include "publish/order.h"

/* What the command line says; unset members are null, empty or -1. */
struct rotate_options {
	struct strlist ports, params, deploy, reload, authorities, exclude, probes;
	const char *cert, *key, *live_chain, *live_cert, *live_key, *scheme, *next_dir;
	const char *zone, *server, *tsig_file, *transport, *tls_name, *tls_ca;
	const char *zonefile, *sign_keys;
	int64_t deploy_timeout, safety, hold, max_wait, ttl, probe_repeat;
	bool no_probe, allow_insecure, prune, wait, no_wait;
};

enum { ROTATE_ROWS = 32 };

struct rotate_options rotate_options_make(void);
void rotate_options_release(struct rotate_options *o);

/* The rows for options_parse(), pointing into o. Returns how many there are. */
size_t rotate_options_rows(struct option_row rows[ROTATE_ROWS], struct rotate_options *o);

struct order_list {
	struct order *v;
	size_t n;
};

/*
 * One order for each service among hosts (hosts whose live pair is the same
 * one move together).  conf may be null.
 * Fails: ZP_EUSAGE, with file and line where the configuration is at fault; ZP_ELOCAL.
 */
int rotate_orders_make(struct order_list *out, const struct rotate_options *options,
    const struct globals *globals, const struct conf *conf, const struct strlist *hosts,
    struct fault *why) MUST_CHECK;

/*
 * Add the defaults to an order and judge its words; rotate_orders_make() does it.
 * Fails: ZP_EUSAGE naming the option; ZP_ELOCAL.
 */
int rotate_complete(struct order *o, struct fault *why) MUST_CHECK;

/* How long to stay at most, ms: --max-wait, else the least of the hosts' sections; -1: no bound. */
int64_t rotate_max_wait(const struct rotate_options *options, const struct conf *conf,
    const struct strlist *hosts);

/*
 * One line for each tls section that uses the live files of an order without
 * being named: the flip would be its flip too.  Fails: ZP_ELOCAL.
 */
int rotate_orders_left_out(struct strlist *lines, const struct order_list *l,
    const struct conf *conf, struct fault *why) MUST_CHECK;

void order_list_release(struct order_list *l);

#endif
