# SPDX-License-Identifier: BSD-2-Clause
# The simulation of the rollover core. SIM_SEED and SIM_RUNS repeat and extend it.
check_PROGRAMS += tests/sim/sim
TESTS += tests/sim/sim
tests_sim_sim_SOURCES = \
	tests/sim/cast.c tests/sim/cast.h \
	tests/sim/lies.c \
	tests/sim/play.c tests/sim/play.h \
	tests/sim/sim.c \
	tests/sim/stage.c tests/sim/stage.h \
	tests/sim/stage_host.c \
	tests/sim/stage_mischief.c \
	tests/sim/stage_zone.c
# lies.c stands between the core and its rules.
tests_sim_sim_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=steps_time -Wl,--wrap=steps_wanted -Wl,--wrap=evidence_judge \
	-Wl,--wrap=timepiece_elapsed -Wl,--wrap=steps_safe_deploy -Wl,--wrap=deeds_need_target \
	-Wl,--wrap=deeds_probe -Wl,--wrap=steps_remainder -Wl,--wrap=cert_is_issued_by \
	-Wl,--wrap=pair_judge
