# SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += man/zonepub.1 man/zonepub-nsupdate.1
