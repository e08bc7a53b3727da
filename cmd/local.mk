# SPDX-License-Identifier: BSD-2-Clause
bin_PROGRAMS += zonepub
zonepub_SOURCES = \
	cmd/cmd_gen.c cmd/gen.h \
	cmd/cmd_gen_dkim.c \
	cmd/cmd_gen_dmarc.c \
	cmd/cmd_gen_mtasts.c \
	cmd/cmd_gen_spf.c \
	cmd/cmd_gen_srv.c \
	cmd/cmd_gen_tlsa.c \
	cmd/cmd_verify_chain.c \
	cmd/cmd_spf_eval.c \
	cmd/cmd_gen_tlsrpt.c \
	cmd/cmd_keygen.c cmd/keygen.h \
	cmd/cmd_keygen_tls.c \
	cmd/cmd_keygen_tsig.c \
	cmd/cmd_keygen_dkim.c \
	cmd/cmd_lint.c \
	cmd/cmd_nsupdate.c \
	cmd/linereader.c cmd/linereader.h \
	cmd/update_report.c cmd/update_report.h \
	cmd/update_session.c cmd/update_session.h \
	cmd/commands.h \
	cmd/settings.c cmd/settings.h \
	cmd/emit.c cmd/emit.h \
	cmd/gen_record.c cmd/gen_record.h \
	cmd/input.c cmd/input.h \
	cmd/json.c cmd/json.h \
	cmd/kind.c cmd/kind.h \
	cmd/live_chain.c cmd/live_chain.h \
	cmd/main.c \
	cmd/predict.c cmd/predict.h \
	cmd/output.c cmd/output.h \
	cmd/secret.c cmd/secret.h \
	cmd/options.c cmd/options.h \
	cmd/workers.c cmd/workers.h \
	cmd/show.c cmd/show.h \
	cmd/tint.c cmd/tint.h
zonepub_SOURCES += \
	cmd/cmd_rollovers.c \
	cmd/cmd_rotate_tlsa.c \
	cmd/rotate_options.c cmd/rotate_complete.c cmd/rotate_order.c cmd/rotate_order.h \
	cmd/rotate_settle.c cmd/rotate_settle.h \
	cmd/session.c cmd/session.h
