#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tests/house/check.sh - the rules of HOUSE.md that a machine can check. TAP.
#
# Needs top_srcdir; with top_builddir it also looks at the library.

LC_ALL=C
export LC_ALL
built=$(cd "${top_builddir:-.}" && pwd) || exit 1
cd "${top_srcdir:?}" || exit 1

rooms="base dns keys conf ledger zonegen live publish audit cmd"
below="base dns keys conf ledger zonegen live publish audit"
run=0
failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
offenders=$work/offenders

# report NAME: the rule holds if no offender was written down.
report() {
	run=$((run + 1))
	if [ -s "$offenders" ]; then
		failed=$((failed + 1))
		echo "not ok $run - $1"
		sed 's/^/# /' "$offenders"
	else
		echo "ok $run - $1"
	fi
	: >"$offenders"
}
: >"$offenders"

# The C files of the rooms that are named.
files_of() {
	for room; do
		find "$room" -name '*.[ch]' | sort
	done
}

# Every file that people wrote in a language with comments.
all_sources() {
	files_of $rooms
	find tests bench contrib quickstart run-tests .ci -type f \
	    \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name '*.mk' -o ! -name '*.*' \) \
	    ! -path '*/seeds/*' ! -path '*/__pycache__/*' ! -path '*/completions/*' 2>/dev/null | sort
	ls */local.mk Makefile.am configure.ac autogen.sh
}

# Print FILE:LINE:code for the C files on standard input, without comments and strings.
code_of() {
	while read -r file; do
		awk -v file="$file" '
		{
			line = $0
			out = ""
			while (line != "") {
				if (inside) {
					end = index(line, "*/")
					if (end == 0)
						break
					line = substr(line, end + 2)
					inside = 0
				} else if (match(line, /\/\*|\/\/|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/)) {
					found = substr(line, RSTART, RLENGTH)
					out = out substr(line, 1, RSTART - 1)
					line = substr(line, RSTART + RLENGTH)
					if (found == "//")
						break
					if (found == "/*")
						inside = 1
					else
						out = out " "
				} else {
					out = out line
					break
				}
			}
			print file ":" FNR ":" out
		}' "$file"
	done
}

# floor ROOM ROOMS: what ROOM may include besides itself.
floor() {
	from=$1
	shift
	allowed=" $from $* "
	[ -d "$from" ] || return 0
	grep -rnE '^#[[:space:]]*include[[:space:]]*"[a-z]+/' --include='*.[ch]' "$from" |
	while IFS= read -r hit; do
		to=${hit#*\"}
		to=${to%%/*}
		case $allowed in
		*" $to "*) ;;
		*) echo "$hit" ;;
		esac
	done >>"$offenders"
	report "$from includes only:${*:+ $*}"
}

floor base
floor dns base
floor conf base dns
floor keys base dns
floor ledger base
floor zonegen base dns conf keys
floor live base dns keys
floor publish base dns conf keys ledger zonegen live
floor audit base dns conf keys zonegen live
floor cmd base dns conf keys ledger zonegen live publish audit

# wall LIBRARY HEADERS PATTERN...: only files that match a pattern include the headers.
wall() {
	library=$1
	headers=$2
	shift 2
	grep -rnE "^#[[:space:]]*include[[:space:]]*[<\"]$headers" --include='*.[ch]' $rooms |
	while IFS= read -r hit; do
		file=${hit%%:*}
		for pattern; do
			case $file in
			$pattern) continue 2 ;;
			esac
		done
		echo "$hit"
	done >>"$offenders"
	report "$library stays behind its wall"
}

wall ldns 'ldns/' 'dns/wire*.c' 'dns/verify*.c' 'dns/sign*.c'
wall libunbound 'unbound' 'live/resolver.c'
wall OpenSSL 'openssl/' 'keys/*.c' 'dns/tsig.c' 'dns/tls.c' 'live/dane.c' 'live/handshake.c'
wall jansson 'jansson' 'publish/body.c' 'cmd/json.c'
wall SQLite 'sqlite3' 'ledger/ledger*.c'
wall libgssapi 'gssapi' 'dns/gss.c'
wall libconfuse 'confuse' 'conf/conf_read.c'

files_of $rooms tests | while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || echo "$file: $lines lines"
done >"$offenders"
report "no file has more than 600 lines"

all_sources | while read -r file; do
	[ ! -s "$file" ] || head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || echo "$file"
done >"$offenders"
report "every source names its licence"

files_of $below | code_of >"$work/below"
files_of $rooms | code_of >"$work/all"

grep -E '(^|[^[:alnum:]_])((v?printf|puts|putchar|perror|exit|abort|errx?|warnx?) *\(|stdout|stderr)' \
    "$work/below" >"$offenders"
report "nobody prints or exits below cmd"

grep -E '(^|[^[:alnum:]_])(strcpy|strcat|v?sprintf|strtok|ato[il]|atoll|atof|gets|system|popen|alloca) *\(' \
    "$work/all" >"$offenders"
report "no function that overflows, guesses or starts a shell"

{ files_of $rooms tests; find tests -name '*.py'; } | sort -u |
    xargs grep -nE '(^|[^[:alnum:]_])(TODO|FIXME|XXX)([^[:alnum:]_]|$)' >"$offenders"
report "nothing is marked as left to do"

files_of $rooms | grep '\.h$' | while read -r file; do
	guard=$(echo "$file" | tr 'a-z/.-' 'A-Z___')
	grep -q "^#ifndef $guard\$" "$file" && grep -q "^#define $guard\$" "$file" ||
	    echo "$file: no guard $guard"
	sed -n 2p "$file" | grep -q '^/\*' && sed -n 3p "$file" | grep -qF " * $file - " ||
	    echo "$file: does not open with what it is (\" * $file - ...\")"
done >"$offenders"
report "every header says what it is and is guarded"

files_of $rooms tests | xargs grep -nE "^ +	|^ {8}" >"$offenders"
report "indentation is by tabs"

files_of $rooms tests | xargs grep -nE '[[:space:]]$' >"$offenders"
report "no line ends in blanks"

# What the library holds in writable sections.  A sanitizer adds its own: then the point is left
# to the build without.
library=$built/libzonepub.a
if ! nm "$library" | grep -q '__[au][sb]san'; then
	objdump -t "$library" | awk '/:     file format/ { member = $1 }
	    $3 == "O" && $4 ~ /^(\.data|\.bss|\*COM\*)/ && $4 !~ /^\.data\.rel\.ro/ { print member, $NF }' |
	    grep -v '__gcov' >"$offenders"
	report "no mutable statics"
fi

echo "1..$run"
[ "$failed" -eq 0 ]
