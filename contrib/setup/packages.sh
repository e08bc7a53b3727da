# SPDX-License-Identifier: BSD-2-Clause
# Sourced by quickstart and run-tests: have_packages FILE installs those of the
# Debian packages listed in FILE that are missing, where apt may be used.

have_packages() {
	missing=
	for package in $(cat "$1"); do
		state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0

	as_root=
	if [ "$(id -u)" != 0 ]; then
		if ! sudo -n true 2>/dev/null; then
			echo "These packages are missing and need root to be installed:" >&2
			echo "    apt-get install$missing" >&2
			return 1
		fi
		as_root="sudo -n"
	fi
	echo "installing:$missing"
	$as_root apt-get update -qq >/dev/null 2>&1 || true
	# Daemons are wanted as programs for the tests, not as running services.
	$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq \
	    --no-install-recommends $missing >/dev/null
}
