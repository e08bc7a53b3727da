# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	dns/name.c dns/name.h \
	dns/rrset.c dns/rrset.h \
	dns/sign.h
