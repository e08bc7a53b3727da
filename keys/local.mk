# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	keys/cert.h \
	keys/digest.h \
	keys/keyfile.h \
	keys/keygen.h
