# SPDX-License-Identifier: BSD-2-Clause
# Completion for bash: the program's own --help is the source, so it is never out of date.

_zonepub_words() { # COMMAND WORDS...: commands, kinds and options that its help lists
	zonepub "$@" --help 2>/dev/null |
	    sed -n -e 's/^ \{2,6\}\(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' \
	        -e '/^\(Commands\|Kinds\):/,/^$/s/^  \([a-z][a-z0-9-]*\) .*/\1/p'
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
	--cert|--key|--csr|--p12|--live-*|--tsig-file|--zonefile|--chain|--config|-c|-o|--output|--out|--*-file|--sign-keys|--state|-S|--trust-anchor)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$(_zonepub_words "${words[@]}")" -- "$cur")
		[ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _zonepub zonepub
