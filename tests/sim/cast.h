/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/sim/cast.h - who plays: made-up certificate chains, and TLSA records as bits.
 *
 * A set of records is a mask of bits, a chain a small number; which record
 * accepts which chain is computed once, by the code that is under test
 * nowhere else but in its digests.
 */
#ifndef TESTS_SIM_CAST_H
#define TESTS_SIM_CAST_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/rrset.h"
#include "keys/cert.h"

enum { CAST_CHAINS = 32, CAST_RECORDS = 32 };

struct cast {
	struct chain chains[CAST_CHAINS];
	struct key_facts keys[CAST_CHAINS];
	unsigned chains_n;
	struct rdata records[CAST_RECORDS];
	unsigned records_n;
	uint32_t accepts[CAST_CHAINS];	/* the records that accept the chain */
};

/* A chain of a leaf and an issuer; the same key number is the same key. */
unsigned cast_add_chain(struct cast *c, enum key_kind kind, unsigned key, unsigned issuer);
/* The bit of a record; it is added if it is new. */
uint32_t cast_bit(struct cast *c, const void *rdata, size_t len);
uint32_t cast_mask(struct cast *c, const struct rrset *set);
/* The records of params for a chain. */
uint32_t cast_records(struct cast *c, const struct strlist *params, unsigned chain);
/* A record that stands for nothing here. */
uint32_t cast_foreign(struct cast *c, unsigned number);
/* The set of a mask; aborts without memory. */
struct rrset cast_set(const struct cast *c, uint32_t mask, const struct name *owner, uint32_t ttl);
/* The number of a chain, CAST_CHAINS if it is not in the play. */
unsigned cast_find(const struct cast *c, const struct chain *chain);
/* A copy that needs no certificate to be read; aborts without memory. */
void cast_copy_chain(struct chain *to, const struct chain *from);
bool cast_accepts(const struct cast *c, uint32_t mask, unsigned chain);
void cast_release(struct cast *c);

/* Ends the program if a condition of the play itself does not hold. */
void cast_need(bool ok, const char *what);

#endif
