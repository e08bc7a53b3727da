# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += \
	contrib/completions/_zonepub \
	contrib/completions/zonepub.bash \
	contrib/systemd/zonepub.service \
	contrib/systemd/zonepub.timer
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = contrib/completions/_zonepub

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) $(srcdir)/contrib/completions/zonepub.bash \
	    '$(DESTDIR)$(bashcompletiondir)/zonepub'
uninstall-local:
	rm -f '$(DESTDIR)$(bashcompletiondir)/zonepub'
