# SPDX-License-Identifier: BSD-2-Clause
# man/zonepub.1 is the source; what is installed names the real folders.
dist_man_MANS += man/zonepub-nsupdate.1
man_MANS = man/installed/zonepub.1
EXTRA_DIST += man/zonepub.1
CLEANFILES += man/installed/zonepub.1

man/installed/zonepub.1: man/zonepub.1 Makefile
	$(AM_V_GEN)$(MKDIR_P) man/installed && \
	    sed -e 's|SYSCONFDIR|$(sysconfdir)|g' -e 's|LOCALSTATEDIR|$(localstatedir)|g' \
	    '$(srcdir)/man/zonepub.1' >$@.tmp && mv $@.tmp $@
