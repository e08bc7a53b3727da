# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	zonegen/tlsa.h \
	zonegen/spf_macro.c zonegen/spf_macro.h \
	zonegen/spf_record.c zonegen/spf_record.h
