# SPDX-License-Identifier: BSD-2-Clause
bin_PROGRAMS += zonepub
zonepub_SOURCES = \
	cmd/commands.h \
	cmd/main.c \
	cmd/options.c cmd/options.h \
	cmd/show.c cmd/show.h
