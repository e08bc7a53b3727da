/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

enum { LINKS_MAX = 40 };

/*
 * The target of the symbolic link path, as seen from the current folder; null
 * with errno 0 if path is no link.
 */
static char *
link_target(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target - 1);
	const char *slash = strrchr(path, '/');
	struct bytes out = { 0 };

	if (n < 0) {
		if (errno == EINVAL || errno == ENOENT)
			errno = 0;
		return NULL;
	}
	target[n] = '\0';
	if (target[0] != '/' && slash != NULL)
		bytes_append(&out, path, (size_t)(slash - path) + 1);
	bytes_append_text(&out, target);
	return bytes_take_text(&out);
}

char *
path_target(const char *path)
{
	char *target = realpath(path, NULL), *next;

	if (target != NULL || errno != ENOENT)
		return target;
	target = strdup(path);
	for (int i = 0; i < LINKS_MAX && target != NULL; i++) {
		next = link_target(target);
		if (next == NULL && errno == 0)
			return target;
		free(target);
		target = next;
	}
	free(target);
	errno = ELOOP;
	return NULL;
}

char *
path_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	struct bytes out = { 0 };

	if (slash != NULL)
		bytes_append(&out, path, (size_t)(slash - path) + 1);
	bytes_append_text(&out, name);
	return bytes_take_text(&out);
}

/* Do a and b, which need not exist, have one name in one folder? */
static bool
is_same_name(const char *a, const char *b)
{
	const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
	char *folder_a = path_beside(a, "."), *folder_b = path_beside(b, ".");
	struct stat st_a, st_b;
	bool same = folder_a != NULL && folder_b != NULL && stat(folder_a, &st_a) == 0 &&
	    stat(folder_b, &st_b) == 0 && st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino &&
	    strcmp(slash_a != NULL ? slash_a + 1 : a, slash_b != NULL ? slash_b + 1 : b) == 0;

	free(folder_a);
	free(folder_b);
	return same;
}

bool
path_is_same(const char *a, const char *b)
{
	char *real_a = path_target(a), *real_b = path_target(b);
	struct stat st_a, st_b;
	bool same = false;

	if (real_a != NULL && real_b != NULL)
		same = is_same_name(real_a, real_b) || (stat(real_a, &st_a) == 0 &&
		    stat(real_b, &st_b) == 0 && st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino);
	free(real_a);
	free(real_b);
	return same;
}
