# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	publish/plan.c publish/plan.h \
	publish/zonefile.h \
	publish/zonefile_edit.c publish/zonefile_edit.h \
	publish/zonefile_generate.c \
	publish/zonefile_index.c \
	publish/zonefile_scan.c publish/zonefile_scan.h \
	publish/zonefile_serial.c \
	publish/zonefile_splice.c publish/zonefile_splice.h \
	publish/zonefile_text.c publish/zonefile_text.h
