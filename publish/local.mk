# SPDX-License-Identifier: BSD-2-Clause
libzonepub_a_SOURCES += \
	publish/plan.c publish/plan.h \
	publish/zonefile.c publish/zonefile.h \
	publish/zonefile_edit.c publish/zonefile_edit.h \
	publish/zonefile_generate.c \
	publish/zonefile_index.c \
	publish/zonefile_scan.c publish/zonefile_scan.h \
	publish/zonefile_serial.c \
	publish/zonefile_signed.c publish/zonefile_signed.h \
	publish/zonefile_splice.c publish/zonefile_splice.h \
	publish/zonefile_text.c publish/zonefile_text.h \
	publish/zonefile_view.c
libzonepub_a_SOURCES += \
	publish/aim.c publish/aim.h \
	publish/body.c \
	publish/deeds.h \
	publish/deeds_publish.c \
	publish/deeds_service.c \
	publish/deeds_zone.c \
	publish/guide.c publish/guide.h \
	publish/look.c \
	publish/look_file.c publish/look_file.h \
	publish/order.c publish/order.h \
	publish/outside.c publish/outside.h \
	publish/past.c publish/past.h \
	publish/preflight.c publish/preflight.h \
	publish/prepare.c \
	publish/rfc2136.c publish/rfc2136.h \
	publish/rollover.c publish/rollover.h \
	publish/runner.c publish/runner.h \
	publish/steps_tlsa.c publish/steps_tlsa.h \
	publish/swap.c publish/swap.h \
	publish/world.c publish/world.h
libzonepub_a_SOURCES += \
	publish/script.c publish/script.h \
	publish/script_check.c \
	publish/script_inner.h \
	publish/script_print.c publish/script_print.h \
	publish/script_record.c \
	publish/sender.c publish/sender.h \
	publish/sender_find.c \
	publish/sender_gss.c \
	publish/sender_inner.h \
	publish/sender_look.c \
	publish/split.c publish/split.h
