/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the text of TLSA records and parameters, and the judging of rdata. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "zonegen/tlsa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int condition)
{
	if (!condition)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = { 0 }, rdata = { 0 }, printed = { 0 }, again = { 0 };
	struct tlsa_params params;
	struct fault why = { 0 };
	char protocol[8];
	uint16_t port;

	bytes_append(&text, data, size);
	if (tlsa_parse_params(&params, bytes_text(&text), &why) == ZP_OK)
		require(params.usage <= 3 && params.selector <= 1 && params.matching <= 2);
	if (tlsa_parse_port(&port, protocol, bytes_text(&text), &why) == ZP_OK)
		require(port > 0 && protocol[0] != '\0');
	if (tlsa_parse(&rdata, bytes_text(&text), &why) == ZP_OK) {
		require(rdata.len > 3);
		tlsa_print(&printed, rdata.data, rdata.len);
		require(tlsa_parse(&again, bytes_text(&printed), &why) == ZP_OK);
		require(again.len == rdata.len && memcmp(again.data, rdata.data, rdata.len) == 0);
	}
	if (tlsa_check(data, size, &why) == ZP_OK)
		require(size > 3 && data[0] <= 3 && data[1] <= 1 && data[2] <= 2);
	bytes_release(&text);
	bytes_release(&rdata);
	bytes_release(&printed);
	bytes_release(&again);
	return 0;
}
