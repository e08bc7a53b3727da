# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	audit/spf_count.c audit/spf_count.h \
	audit/spf_eval.c audit/spf_eval.h \
	audit/spf_eval_domain.c audit/spf_eval_domain.h \
	audit/spf_eval_live.c audit/spf_eval_live.h \
	audit/spf_eval_look.c audit/spf_eval_look.h \
	audit/spf_eval_macro.c audit/spf_eval_macro.h
