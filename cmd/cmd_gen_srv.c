/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen srv: where mail programs find their servers. */
#include "config.h"

#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/show.h"
#include "zonegen/srv.h"

struct call {
	struct strlist hosts[SRV_SERVICES_N];	/* in the order of srv_services */
	const char *domain;
	struct emit emit;
	struct recset records;
};

static int
add_service(struct call *call, size_t service, const struct name *domain, struct fault *why)
{
	const struct strlist *hosts = &call->hosts[service];
	struct bytes rdata = { 0 };
	struct name owner;
	int class = ZP_OK;

	if (hosts->n == 0)
		return ZP_OK;
	if (hosts->n > 1 && strlist_has(hosts, "."))
		return fault_set(why, ZP_EUSAGE,
		    "--%s: '.' says that there is no such service, and a host is given as well",
		    srv_services[service].name);
	class = srv_owner(&owner, &srv_services[service], domain, why);
	for (size_t i = 0; class == ZP_OK && i < hosts->n; i++) {
		bytes_clear(&rdata);
		class = srv_make(&rdata, &srv_services[service], hosts->v[i], (unsigned)i, why);
		if (class == ZP_OK)
			class = recset_add(&call->records, &owner, RRTYPE_SRV, (uint32_t)call->emit.ttl,
			    rdata.data, rdata.len, why);
	}
	bytes_release(&rdata);
	return class;
}

static int
make(struct call *call, const struct invocation *inv, struct fault *why)
{
	struct name domain;
	int class = gen_no_arguments(inv, why);

	if (class == ZP_OK)
		class = gen_domain(&domain, call->domain, why);
	for (size_t i = 0; class == ZP_OK && i < SRV_SERVICES_N; i++)
		class = add_service(call, i, &domain, why);
	if (class == ZP_OK && call->records.n == 0)
		class = fault_set(why, ZP_EUSAGE,
		    "no service is given: for instance --submissions HOST or --imaps HOST");
	return class;
}

int
cmd_gen_srv(struct invocation *inv)
{
	struct call call = { .emit = EMIT_DEFAULTS };
	static const char help[] = "HOST[:PORT] of this service, '.' if there is none; repeatable";
	struct option_row rows[SRV_SERVICES_N + 8] = {
		{ '\0', "domain", OPTION_TEXT, &call.domain, "D", "the mail domain" },
		EMIT_ROWS(&call.emit),
	};
	size_t n = 0;
	struct usage usage = {
		.synopsis = "gen srv --domain D [--SERVICE HOST]... [OPTIONS]",
		.about = "Prints the SRV records by which mail programs find their servers (RFC 6186,\n"
		    "RFC 8314).  Of several hosts of a service the first is preferred.",
		.rows = rows,
		.example = "  zonepub gen srv --domain example.com --submissions mail.example.com \\\n"
		    "      --imaps mail.example.com --pop3s .",
	};
	struct emission emission = { &call.records, NULL };
	struct fault why = { 0 };
	enum options_outcome outcome;
	int status;

	while (rows[n].name != NULL)
		n++;
	for (size_t i = 0; i < SRV_SERVICES_N; i++)
		rows[n++] = (struct option_row){ '\0', srv_services[i].name, OPTION_LIST,
			&call.hosts[i], "HOST", help };
	usage.rows_n = n;
	outcome = options_parse(inv, &usage);
	status = outcome;
	if (outcome != OPTIONS_RUN)
		goto out;
	status = EXIT_DONE;
	if (make(&call, inv, &why) != ZP_OK ||
	    emit_write(&emission, &call.emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&call.records);
	for (size_t i = 0; i < SRV_SERVICES_N; i++)
		strlist_release(&call.hosts[i]);
	return status;
}
