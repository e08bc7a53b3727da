# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	conf/conf.c conf/conf.h \
	conf/conf_form.c conf/conf_form.h \
	conf/conf_form_dkim.c \
	conf/conf_form_domain.c \
	conf/conf_read.c conf/conf_read.h \
	conf/conf_scan.c conf/conf_scan.h \
	conf/conf_value.c
