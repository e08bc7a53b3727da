/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/tlsrpt.h"

#include "zonegen/report_uri.h"

int
tlsrpt_owner(struct name *out, const struct name *domain, struct fault *why)
{
	return name_prepend(out, "_smtp._tls", domain, why);
}

int
tlsrpt_print(struct bytes *out, const struct strlist *rua, struct fault *why)
{
	if (rua->n == 0)
		return fault_set(why, ZP_EUSAGE, "no address for reports is given");
	bytes_append_text(out, "v=TLSRPTv1; rua=");
	for (size_t i = 0; i < rua->n; i++) {
		struct report_uri uri;
		int class = report_uri_parse(&uri, rua->v[i], why);

		if (class != ZP_OK)
			return class;
		if (uri.scheme == REPORT_OTHER || uri.has_size)
			return fault_set(why, ZP_EUSAGE,
			    "TLS reports go to mailto: and https: addresses%s, and not to '%.80s'",
			    uri.has_size ? " without a size limit" : "", rua->v[i]);
		bytes_printf(out, "%s%s", i > 0 ? "," : "", rua->v[i]);
	}
	return bytes_check(out, why);
}
