# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	zonegen/tlsa.c zonegen/tlsa.h \
	zonegen/spf_macro.c zonegen/spf_macro.h \
	zonegen/spf_record.c zonegen/spf_record.h \
	zonegen/dkim.c zonegen/dkim.h \
	zonegen/finding.c zonegen/finding.h \
	zonegen/lint.c zonegen/lint.h zonegen/lint_kinds.h \
	zonegen/dmarc.c zonegen/dmarc.h \
	zonegen/lint_dkim.c \
	zonegen/lint_dmarc.c \
	zonegen/lint_mtasts.c \
	zonegen/lint_spf.c \
	zonegen/lint_tlsa.c \
	zonegen/lint_tlsrpt.c \
	zonegen/mtasts.c zonegen/mtasts.h \
	zonegen/report_uri.c zonegen/report_uri.h \
	zonegen/srv.c zonegen/srv.h \
	zonegen/tlsrpt.c zonegen/tlsrpt.h \
	zonegen/taglist.c zonegen/taglist.h \
	zonegen/txt.c zonegen/txt.h
