# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	dns/address.c dns/address.h \
	dns/charstr.c dns/charstr.h \
	dns/denial.c dns/denial.h \
	dns/exchange.c dns/exchange.h \
	dns/exchange_inner.h \
	dns/exchange_pool.c \
	dns/exchange_task.c \
	dns/gss.h \
	dns/layout.c dns/layout.h \
	dns/message.c dns/message.h \
	dns/message_pack.c \
	dns/name.c dns/name.h \
	dns/reply.c dns/reply.h \
	dns/rrset.c dns/rrset.h \
	dns/sign.c dns/sign.h \
	dns/sign_chain.c \
	dns/sign_impl.h \
	dns/sign_keys.c \
	dns/sign_sig0.c dns/sign_sig0.h \
	dns/sign_zone.c \
	dns/soa.c dns/soa.h \
	dns/stream.c dns/stream.h \
	dns/tkey.c dns/tkey.h \
	dns/tls.c dns/tls.h \
	dns/tsig.c dns/tsig.h \
	dns/verify.c dns/verify.h \
	dns/wire.c dns/wire.h \
	dns/wire_inner.h \
	dns/wire_print.c
if GSSAPI
libzonepub_a_SOURCES += dns/gss.c
else
libzonepub_a_SOURCES += dns/gss_none.c
endif
