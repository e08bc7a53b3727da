/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/aim.h"

#include <stdlib.h>
#include <string.h>

/* PORT of ADDR@PORT; 0 without. */
static unsigned long
at_of(const struct order *o, size_t probe)
{
	const char *at = strrchr(o->probes.v[probe], '@');

	return at == NULL ? 0 : strtoul(at + 1, NULL, 10);
}

static unsigned long
port_of(const struct order *o, size_t port)
{
	return strtoul(o->ports.v[port], NULL, 10);
}

static bool
is_port(const struct order *o, unsigned long number)
{
	for (size_t i = 0; i < o->ports.n; i++)
		if (port_of(o, i) == number)
			return true;
	return false;
}

/* True if a probe names this port. */
static bool
is_named(const struct order *o, size_t port)
{
	for (size_t i = 0; i < o->probes.n; i++)
		if (at_of(o, i) == port_of(o, port))
			return true;
	return false;
}

/* True if the probe names a port that is none of the service's. */
static bool
is_elsewhere(const struct order *o, size_t probe)
{
	return at_of(o, probe) != 0 && !is_port(o, at_of(o, probe));
}

bool
aim_fits(const struct order *o, size_t probe, size_t port)
{
	size_t elsewhere = 0, probes_before = 0, left = 0, ports_before = 0;

	if (at_of(o, probe) == 0)
		return true;
	if (!is_elsewhere(o, probe))
		return at_of(o, probe) == port_of(o, port);
	for (size_t i = 0; i < o->probes.n; i++) {
		elsewhere += is_elsewhere(o, i);
		probes_before += i < probe && is_elsewhere(o, i);
	}
	for (size_t i = 0; i < o->ports.n; i++) {
		left += !is_named(o, i);
		ports_before += i < port && !is_named(o, i);
	}
	if (left == 0)
		return true;
	if (is_named(o, port))
		return false;
	return elsewhere != left || probes_before == ports_before;
}

int
aim_check(const struct order *o, struct fault *why)
{
	for (size_t i = 0; o->probes.n > 0 && i < o->ports.n; i++) {
		bool any = false;

		for (size_t j = 0; j < o->probes.n; j++)
			any = any || aim_fits(o, j, i);
		if (!any)
			return fault_set(why, ZP_EUSAGE, "no --probe looks at port %s: each is for the port that it "
			    "names; give one for every port, or an address alone", o->ports.v[i]);
	}
	return ZP_OK;
}
