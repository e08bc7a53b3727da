/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/aim.h"
#include "base/argv.h"
#include "base/bytes.h"
#include "tests/unit/tap.h"

/* "PROBE:PORT,PORT PROBE:PORT": what looks at what. */
static void
print_aims(struct bytes *to, const struct order *o)
{
	for (size_t i = 0; i < o->probes.n; i++) {
		const char *before = ":";

		bytes_printf(to, "%s%s", i > 0 ? " " : "", o->probes.v[i]);
		for (size_t j = 0; j < o->ports.n; j++)
			if (aim_fits(o, i, j)) {
				bytes_printf(to, "%s%s", before, o->ports.v[j]);
				before = ",";
			}
	}
}

int
main(void)
{
	static const struct {
		const char *ports, *probes, *aims;
		bool fine;
	} rows[] = {
		{ "25", "a", "a:25", true },
		{ "25", "a@2525 b@2525", "a@2525:25 b@2525:25", true },
		{ "25", "a@25 b@2525", "a@25:25 b@2525:25", true },
		{ "25 465", "a ::1", "a:25,465 ::1:25,465", true },
		{ "25 465", "a@2525 b@4465", "a@2525:25 b@4465:465", true },
		{ "465 25", "a@2525 b@4465", "a@2525:465 b@4465:25", true },
		{ "25 465", "a@465 b@25", "a@465:465 b@25:25", true },
		{ "25 465", "a@465 ::1@25 c@25", "a@465:465 ::1@25:25 c@25:25", true },
		{ "25 465", "a@465 b@2525", "a@465:465 b@2525:25", true },
		{ "25 465 587", "a@25 b@2525", "a@25:25 b@2525:465,587", true },
		{ "25 465", "a@2525 b@2526 c@4465", "a@2525:25,465 b@2526:25,465 c@4465:25,465", true },
		{ "25 465", "a b@4465", "a:25,465 b@4465:25,465", true },
		{ "25/tcp 465", "a@25 b@465", "a@25:25/tcp b@465:465", true },
		{ "25 465", "a@25", "a@25:25", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct order o = order_make();
		struct bytes aims = { 0 };
		struct fault why = { 0 };

		if (argv_split(&o.ports, rows[i].ports, &why) != ZP_OK ||
		    argv_split(&o.probes, rows[i].probes, &why) != ZP_OK)
			return 1;
		print_aims(&aims, &o);
		tap_is(bytes_text(&aims), rows[i].aims, rows[i].probes);
		tap_is_int(aim_check(&o, &why), rows[i].fine ? ZP_OK : ZP_EUSAGE, "every port is looked at, or not");
		bytes_release(&aims);
		order_release(&o);
	}
	return tap_done();
}
