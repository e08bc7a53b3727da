/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The main program of a fuzz target in a build without libFuzzer: it runs the
 * seeds of the target, so that every build tests them.  TAP; the target is
 * known by the name of the program.
 */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "tests/unit/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEED_MAX = 1 << 20 };

static void
replay(const char *folder, const char *name)
{
	struct bytes path = { 0 };
	struct bytes seed = { 0 };
	struct fault why = { 0 };
	uint8_t *exact;

	bytes_printf(&path, "%s/%s", folder, name);
	if (file_read(&seed, bytes_text(&path), SEED_MAX, &why) == ZP_OK) {
		/* Of exactly its size, so that a sanitizer sees a read past the end. */
		exact = malloc(seed.len > 0 ? seed.len : 1);
		if (exact == NULL)
			abort();
		if (seed.len > 0)
			memcpy(exact, seed.data, seed.len);
		tap_ok(LLVMFuzzerTestOneInput(exact, seed.len) == 0, "%s", name);
		free(exact);
	} else {
		tap_ok(false, "%s", why.text);
	}
	bytes_release(&path);
	bytes_release(&seed);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *target = slash == NULL ? argv[0] : slash + 1;
	struct bytes folder = { 0 };
	struct dirent **seeds;
	int n;

	bytes_printf(&folder, "%s/tests/fuzz/seeds/%s", top == NULL ? "." : top, target);
	n = scandir(bytes_text(&folder), &seeds, NULL, alphasort);
	if (n < 0) {
		tap_ok(false, "no seeds in %s", bytes_text(&folder));
		return tap_done();
	}
	for (int i = 0; i < n; i++) {
		if (seeds[i]->d_name[0] != '.')
			replay(bytes_text(&folder), seeds[i]->d_name);
		free(seeds[i]);
	}
	free(seeds);
	bytes_release(&folder);
	return tap_done();
}
