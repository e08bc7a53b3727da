# SPDX-License-Identifier: BSD-2-Clause
# Programs that system tests drive to look at one part alone.
check_PROGRAMS += tests/tools/ask tests/tools/exchange tests/tools/zonefile
