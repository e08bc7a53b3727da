# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	publish/plan.c publish/plan.h \
	publish/zonefile.h
