# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	zonegen/tlsa.h
