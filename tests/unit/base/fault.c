/* SPDX-License-Identifier: BSD-2-Clause */
/* struct fault and struct strlist. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "tests/unit/tap.h"

static void
test_fault(void)
{
	struct fault why = { 0 };
	char longer[3000];

	tap_is_int(fault_set(&why, ZP_EREFUSED, "%s says %d", "it", 5), ZP_EREFUSED, "the class comes back");
	tap_is(why.text, "it says 5", "the sentence stands");
	tap_is_int(fault_prepend(&why, "zone %s", "z"), ZP_EREFUSED, "more in front keeps the class");
	tap_is(why.text, "zone z: it says 5", "and the sentence");
	errno = ENOSPC;
	tap_is_int(fault_set_errno(&why, ZP_ELOCAL, "cannot write"), ZP_ELOCAL, "with errno");
	tap_is(why.text, "cannot write: No space left on device", "its text is behind");
	tap_is_int(fault_set(NULL, ZP_EWAIT, "nobody asks"), ZP_EWAIT, "nobody needs to ask why");

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	(void)fault_set(&why, ZP_EUSAGE, "%s", longer);
	(void)fault_prepend(&why, "%s", "front");
	tap_ok(strlen(why.text) == sizeof why.text - 1 && strncmp(why.text, "front: xx", 9) == 0,
	    "a sentence that is too long is cut at its end");
	(void)fault_prepend(&why, "%s", longer);
	tap_ok(strlen(why.text) == sizeof why.text - 1, "so is what comes in front");
	fault_clear(&why);
	tap_ok(why.class == ZP_OK && why.text[0] == '\0', "forgotten");
}

static void
test_strlist(void)
{
	struct strlist a = { 0 }, b = { 0 };
	struct fault why = { 0 };

	tap_ok(!strlist_has(&a, "x"), "an empty list has nothing");
	tap_ok(strlist_copy(&b, &a, &why) == ZP_OK && b.n == 0, "an empty copy");
	tap_is_int(strlist_take(&a, NULL, &why), ZP_ELOCAL, "no string: memory ran out before");
	tap_ok(strlist_add(&a, "x", &why) == ZP_OK && strlist_take(&a, strdup("y"), &why) == ZP_OK &&
	    a.n == 2, "two strings");
	tap_ok(a.v[2] == NULL, "a null behind the last");
	tap_ok(strlist_has(&a, "y") && !strlist_has(&a, "Y"), "found by its octets");
	tap_ok(strlist_copy(&b, &a, &why) == ZP_OK && b.n == 2 && b.v[0] != a.v[0] && b.v[2] == NULL,
	    "a copy of its own");
	strlist_release(&a);
	strlist_release(&a);
	tap_ok(a.n == 0 && a.v == NULL && strlist_has(&b, "x"), "released, twice; the copy stays");
	strlist_release(&b);
}

int
main(void)
{
	test_fault();
	test_strlist();
	return tap_done();
}
