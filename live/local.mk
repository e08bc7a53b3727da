# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	live/dane.c live/dane.h \
	live/probe.h
