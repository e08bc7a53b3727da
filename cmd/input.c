/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/input.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"

int
input_read(struct bytes *out, const char *path, size_t max, struct fault *why)
{
	if (strcmp(path, "-") == 0)
		return file_read_fd(out, STDIN_FILENO, "standard input", max, why);
	return file_read(out, path, max, why);
}
