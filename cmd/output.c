/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/output.h"

#include <stdio.h>

int
output_print(const struct bytes *text, struct fault *why)
{
	if ((text->len > 0 && fwrite(text->data, text->len, 1, stdout) != 1) || fflush(stdout) != 0)
		return fault_set_errno(why, ZP_ELOCAL, "standard output");
	return ZP_OK;
}
