/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration reader on any text: it must yield a configuration or a
 * message with file and line, never both, and hold on to nothing.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "conf/conf.h"
#include "conf/conf_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = { 0 };
	struct conf *c = NULL;
	struct fault why = { 0 };
	int rc;

	bytes_append(&text, data, size);
	rc = conf_read_text(&c, bytes_text(&text), "seed.conf", &why);
	if ((rc == ZP_OK) != (c != NULL) ||
	    (rc != ZP_OK && strncmp(why.text, "seed.conf:", 10) != 0))
		abort();
	for (size_t i = 0; c != NULL && i < c->tls_n; i++)
		if (c->tls[i].ports_n == 0 || c->tls[i].params_n == 0 || c->tls[i].where.line < 1)
			abort();
	conf_free(c);
	bytes_release(&text);
	return 0;
}
