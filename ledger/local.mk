# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	ledger/ledger.c ledger/ledger.h \
	ledger/ledger_db.h \
	ledger/ledger_entry.c \
	ledger/ledger_lock.c
