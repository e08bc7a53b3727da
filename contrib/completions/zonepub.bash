# SPDX-License-Identifier: BSD-2-Clause
# Completion for bash: the program's own --help is the source, so it is never out of date.

_zonepub_words() { # COMMAND WORDS...: commands, kinds and options that its help lists
	zonepub "$@" --help 2>/dev/null |
	    sed -n -e '/^Example:/,/^$/d' -e 's/^ \{2,6\}\(-[a-zA-Z0-9], \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' \
	        -e '/^\(Commands\|Kinds\):/,/^$/s/^  \([a-z][a-z0-9-]*\) .*/\1/p' \
	        -e '1s/^Usage: zonepub [a-z-]* \([a-z0-9.-]*|[a-z0-9.|-]*\).*/\1/p' | tr '|' '\n'
}

_zonepub() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=() i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD && ${#words[@]} < 2; i++)); do
		case ${COMP_WORDS[i]} in
		-c|--config|-S|--state|--color|--resolver|--trust-anchor) ((i++)) ;;
		-*) ;;
		*) words+=("${COMP_WORDS[i]}") ;;
		esac
	done
	case ${words[0]:-} in
	gen|keygen) ;;
	*) words=("${words[@]:0:1}") ;;
	esac
	case $prev in
	--format) mapfile -t COMPREPLY < <(compgen -W 'zone line nsupdate json' -- "$cur"); return ;;
	--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
	--transport) mapfile -t COMPREPLY < <(compgen -W 'auto udp tcp tls' -- "$cur"); return ;;
	--scheme) mapfile -t COMPREPLY < <(compgen -W 'staged next-key' -- "$cur"); return ;;
	--cert|--key|--csr|--p12|--live-chain|--live-cert|--live-key|--ca-file|--batch|--next-dir|--tls-*|--tsig-file|--zonefile|--chain|--config|-c|-o|--output|--out|--*-file|--sign-keys|--state|-S|--trust-anchor)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$(_zonepub_words "${words[@]}")" -- "$cur")
		[ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _zonepub zonepub
