# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += bench/nsupdate bench/records.py
