# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	keys/cert.c keys/cert.h \
	keys/cert_pair.c \
	keys/cert_pkcs12.c \
	keys/digest.c keys/digest.h \
	keys/keyfile.c keys/keyfile.h \
	keys/keygen.c keys/keygen.h \
	keys/pem.c keys/pem.h \
	keys/pkey.c keys/pkey.h \
	keys/sslfault.c keys/sslfault.h \
	keys/tsigfile.c keys/tsigfile.h \
	keys/tsigpair.c keys/tsigpair.h \
	keys/x509.c keys/x509.h
libzonepub_a_SOURCES += keys/slots.c keys/slots.h
