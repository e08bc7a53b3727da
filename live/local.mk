# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	live/anchor.c live/anchor.h \
	live/authority.h \
	live/dane.c live/dane.h \
	live/discover.h \
	live/reply.c live/reply.h \
	live/resolver.c live/resolver.h \
	live/server.c live/server.h \
	live/sighting.c live/sighting.h \
	live/trust.c live/trust.h \
	live/handshake.c live/handshake.h \
	live/probe.c live/probe.h \
	live/probe_attempt.c live/probe_attempt.h \
	live/starttls.c live/starttls.h
