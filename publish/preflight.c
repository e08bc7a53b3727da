/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/preflight.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/file.h"
#include "keys/keyfile.h"
#include "keys/tsigfile.h"

/* A file is replaced by a rename in the folder in which it really is. */
static int
check_folder_of(const char *path, const char *use, struct fault *why)
{
	char *target, *copy;
	const char *folder;
	struct stat st;
	int rc = ZP_OK;

	if (path == NULL)
		return ZP_OK;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return fault_set(why, ZP_ELOCAL, "%s %s is no regular file", use, path);
	target = realpath(path, NULL);
	if (target == NULL && errno != ENOENT)
		return fault_set_errno(why, ZP_ELOCAL, "%s %s cannot be used", use, path);
	copy = target != NULL ? target : strdup(path);
	if (copy == NULL)
		return fault_set_nomem(why);
	folder = dirname(copy);
	if (access(folder, W_OK | X_OK) != 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "%s %s cannot be replaced: its folder %s cannot be "
		    "written to", use, path, folder);
	free(copy);
	return rc;
}

static int
check_command(const struct strlist *words, const char *use, struct fault *why)
{
	char *path = NULL;
	struct stat st;
	int rc;

	if (words->n == 0)
		return ZP_OK;
	if (strchr(words->v[0], '/') == NULL) {
		rc = argv_find(&path, words->v[0], why);
		free(path);
		return rc == ZP_OK ? ZP_OK : fault_prepend(why, "the %s command", use);
	}
	if (stat(words->v[0], &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (access(words->v[0], X_OK) == 0)
		return ZP_OK;
	return fault_set_errno(why, ZP_EABSENT, "the %s command %s cannot be run", use, words->v[0]);
}

static int
check_key(const char *file, struct fault *why)
{
	struct tsig_key key = { 0 };
	struct tsigfile_notes notes;
	int rc = tsigfile_read(&key, &notes, file, why);

	tsig_key_release(&key);
	return rc;
}

/* A public key belongs to the certificate as well.  What cannot be read is told when it is used. */
static int
check_private(const char *path, struct fault *why)
{
	struct key_facts key;
	bool is_public = path != NULL && keyfile_read(&key, path, NULL, NULL) == ZP_OK && !key.is_private;

	if (path != NULL)
		key_facts_release(&key);
	return !is_public ? ZP_OK :
	    fault_set(why, ZP_EUSAGE, "%s: a public key, where the private one is wanted", path);
}

int
preflight_check(const struct order *o, struct fault *why)
{
	int rc = o->tsig_file == NULL ? ZP_OK : check_key(o->tsig_file, why);

	if (rc == ZP_OK)
		rc = check_private(o->key, why);
	if (rc == ZP_OK && o->zonefile != NULL && !file_exists(o->zonefile))
		rc = fault_set(why, ZP_EABSENT, "there is no zone file %s", o->zonefile);
	if (rc == ZP_OK)
		rc = check_folder_of(o->zonefile, "the zone file", why);
	if (rc == ZP_OK && o->sign_keys != NULL && access(o->sign_keys, R_OK | X_OK) != 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "the keys in %s cannot be read", o->sign_keys);
	if (rc == ZP_OK)
		rc = check_folder_of(o->live_chain, "the live file", why);
	if (rc == ZP_OK)
		rc = check_folder_of(o->live_cert, "the live file", why);
	if (rc == ZP_OK)
		rc = check_folder_of(o->live_key, "the live file", why);
	if (rc == ZP_OK)
		rc = check_command(&o->deploy, "deploy", why);
	if (rc == ZP_OK)
		rc = check_command(&o->reload, "reload", why);
	return rc;
}
