# SPDX-License-Identifier: BSD-2-Clause
dist_check_SCRIPTS = tests/house/check.sh
TESTS += tests/house/check.sh
