# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	base/argv.c base/argv.h \
	base/base64.c base/base64.h \
	base/bytes.c base/bytes.h \
	base/fault.c base/fault.h \
	base/file.c base/file.h \
	base/path.c base/path.h \
	base/strlist.c base/strlist.h \
	base/timepiece.c base/timepiece.h
