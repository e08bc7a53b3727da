# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	live/anchor.c live/anchor.h \
	live/authority.c live/authority.h \
	live/dane.c live/dane.h \
	live/discover.c live/discover.h \
	live/discover_servers.c \
	live/forwarder.c live/forwarder.h \
	live/handshake.c live/handshake.h \
	live/judge.c live/judge.h \
	live/probe.c live/probe.h \
	live/probe_attempt.c live/probe_attempt.h \
	live/reply.c live/reply.h \
	live/resolver.c live/resolver.h \
	live/resolver_answer.c \
	live/server.c live/server.h \
	live/sighting.c live/sighting.h \
	live/starttls.c live/starttls.h \
	live/trust.c live/trust.h
