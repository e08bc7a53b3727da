# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += bench/startup bench/nsupdate bench/records.py
