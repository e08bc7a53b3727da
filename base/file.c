/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"

#define DRAFT_NAME ".zonepub-draft-"

enum { DRAFT_AGE_MAX = 3600, DRAFT_TRIES = 100, DRAFT_RANDOM = 6 };

/* The next octets of fd, also of one that does not wait by itself. */
static ssize_t
read_some(int fd, void *to, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		ssize_t n = read(fd, to, size);

		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
		if (errno == EAGAIN && poll(&p, 1, -1) < 0 && errno != EINTR)
			return -1;
	}
}

int
file_read_fd(struct bytes *out, int fd, const char *label, size_t max, struct fault *why)
{
	uint8_t chunk[16384];
	struct stat st;
	ssize_t n = 0;
	int rc = ZP_OK;

	*out = (struct bytes){ 0 };
	if (fstat(fd, &st) != 0)
		return fault_set_errno(why, ZP_ELOCAL, "cannot read %s", label);
	if (S_ISDIR(st.st_mode))
		return fault_set(why, ZP_EUSAGE, "cannot read %s: it is a folder, not a file", label);
	while (rc == ZP_OK && (n = read_some(fd, chunk, sizeof chunk)) > 0)
		if ((size_t)n > max - out->len)
			rc = fault_set(why, ZP_EUSAGE, "%s is larger than %zu octets", label, max);
		else
			bytes_append(out, chunk, (size_t)n);
	if (n < 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot read %s", label);
	if (rc == ZP_OK)
		rc = bytes_check(out, why);
	explicit_bzero(chunk, sizeof chunk);
	if (rc != ZP_OK)
		bytes_wipe(out);
	return rc;
}

int
file_read(struct bytes *out, const char *path, size_t max, struct fault *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	*out = (struct bytes){ 0 };
	if (fd < 0)
		return fault_set_errno(why, errno == ENOENT ? ZP_EABSENT : ZP_ELOCAL,
		    "cannot read %s", path);
	rc = file_read_fd(out, fd, path, max, why);
	(void)close(fd);
	return rc;
}

static int
write_all(int fd, const struct bytes *content)
{
	size_t at = 0;

	while (at < content->len) {
		ssize_t n = write(fd, content->data + at, content->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

static int
sync_folder_of(const char *path, struct fault *why)
{
	char *copy = strdup(path);
	const char *folder;
	int fd, rc = ZP_OK;

	if (copy == NULL)
		return fault_set_nomem(why);
	folder = dirname(copy);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot sync the folder %s", folder);
	if (fd >= 0)
		close(fd);
	free(copy);
	return rc;
}

/*
 * Remove the drafts beside path that a process which died has left: they may
 * hold keys.  One that is being written is never that old.
 */
static void
sweep_drafts(const char *path)
{
	char *folder = path_beside(path, ".");
	DIR *dir = folder == NULL ? NULL : opendir(folder);
	time_t now = time(NULL);
	const struct dirent *e;
	struct stat st;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (strncmp(e->d_name, DRAFT_NAME, strlen(DRAFT_NAME)) == 0 &&
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mtime < now - DRAFT_AGE_MAX)
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	free(folder);
}

/* Give the draft the looks of old: owner, group and mode. */
static int
keep_looks(int fd, const struct stat *old)
{
	struct stat now;

	/* The group is compared with what the draft has: folders may hand down theirs. */
	if (fstat(fd, &now) != 0)
		return -1;
	/* The owner first: chown clears set-id bits, and the mode must not open it to the old owner. */
	if ((old->st_uid != now.st_uid || old->st_gid != now.st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) != 0)
		return -1;
	return fchmod(fd, old->st_mode & 07777);
}

/* As mkostemp(): the last letters of path are drawn.  The umask narrows mode. */
static int
open_draft(char *path, mode_t mode)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char *end = path + strlen(path) - DRAFT_RANDOM;
	uint8_t drawn[DRAFT_RANDOM];

	for (int i = 0; i < DRAFT_TRIES; i++) {
		int fd;

		if (getrandom(drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn)
			return -1;
		for (size_t j = 0; j < sizeof drawn; j++)
			end[j] = letters[drawn[j] % (sizeof letters - 1)];
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Write and sync a temporary file beside path, with the looks of model, or mode if there is none. */
static int
make_draft(struct file_draft *d, const char *path, const struct bytes *content, mode_t mode,
    const char *model, struct fault *why)
{
	struct stat old;
	bool exists, exact;
	int fd = -1, rc;

	*d = (struct file_draft){ 0 };
	d->path = path_target(path);
	if (d->path == NULL) {
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot write %s", path);
		goto out;
	}
	if (file_is_special(d->path)) {
		rc = fault_set(why, ZP_ELOCAL, "%s is a device or a pipe, and is not replaced by a file", path);
		goto out;
	}
	if (stat(d->path, &old) == 0 && S_ISDIR(old.st_mode)) {
		rc = fault_set(why, ZP_ELOCAL, "%s is a folder, and is not replaced by a file", path);
		goto out;
	}
	sweep_drafts(d->path);
	/* No part of the name that it will have: that may be as long as names can be. */
	d->temporary = path_beside(d->path, DRAFT_NAME "XXXXXX");
	if (d->temporary == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	exists = stat(model != NULL ? model : d->path, &old) == 0;
	exact = !exists && mode != FILE_BY_UMASK;
	fd = open_draft(d->temporary, exists || exact ? 0600 : mode);
	if (fd < 0) {
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot write beside %s", d->path);
		free(d->temporary);
		d->temporary = NULL;
		goto out;
	}
	if (exists && keep_looks(fd, &old) != 0) {
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot keep owner, group and mode of %s",
		    model != NULL ? model : d->path);
		goto out;
	}
	if ((exact && fchmod(fd, mode) != 0) || write_all(fd, content) != 0 || fsync(fd) != 0) {
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot write %s", d->path);
		goto out;
	}
	rc = ZP_OK;
out:
	if (fd >= 0 && close(fd) != 0 && rc == ZP_OK)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot write %s", d->path);
	if (rc != ZP_OK)
		file_draft_drop(d);
	return rc;
}

int
file_draft_make(struct file_draft *d, const char *path, const struct bytes *content,
    mode_t mode, struct fault *why)
{
	return make_draft(d, path, content, mode, NULL, why);
}

int
file_duplicate(const char *path, const char *model, const struct bytes *content,
    struct fault *why)
{
	struct file_draft d;
	int rc = make_draft(&d, path, content, 0600, model, why);

	return rc == ZP_OK ? file_draft_commit(&d, why) : rc;
}

int
file_draft_commit(struct file_draft *d, struct fault *why)
{
	int rc = ZP_OK;

	if (rename(d->temporary, d->path) != 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot rename %s to %s", d->temporary,
		    d->path);
	else {
		free(d->temporary);
		d->temporary = NULL;
		rc = sync_folder_of(d->path, why);
	}
	file_draft_drop(d);
	return rc;
}

int
file_move(const char *from, const char *to, struct fault *why)
{
	if (rename(from, to) != 0)
		return fault_set_errno(why, errno == ENOENT && !file_exists(from) ? ZP_EABSENT : ZP_ELOCAL,
		    "cannot rename %s to %s", from, to);
	return sync_folder_of(to, why);
}

void
file_draft_drop(struct file_draft *d)
{
	if (d->temporary != NULL)
		(void)unlink(d->temporary);
	free(d->temporary);
	free(d->path);
	*d = (struct file_draft){ 0 };
}

int
file_replace(const char *path, const struct bytes *content, mode_t mode, struct fault *why)
{
	struct file_draft d;
	int rc = file_draft_make(&d, path, content, mode, why);

	return rc == ZP_OK ? file_draft_commit(&d, why) : rc;
}

bool
file_is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

int
file_send(const char *path, const struct bytes *content, struct fault *why)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	int rc = ZP_OK;

	if (fd < 0)
		return fault_set_errno(why, ZP_ELOCAL, "cannot open %s", path);
	if (write_all(fd, content) != 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot write to %s", path);
	if (close(fd) != 0 && rc == ZP_OK)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot write to %s", path);
	return rc;
}

/* Give the draft its name, unless that is taken.  link(), unlike rename(), looks. */
static int
name_draft(struct file_draft *d)
{
	if (link(d->temporary, d->path) == 0)
		return 0;
	/* A file system without hard links. */
	if ((errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) ||
	    renameat2(AT_FDCWD, d->temporary, AT_FDCWD, d->path, RENAME_NOREPLACE) != 0)
		return -1;
	free(d->temporary);
	d->temporary = NULL;
	return 0;
}

int
file_create(const char *path, const struct bytes *content, mode_t mode, struct fault *why)
{
	struct file_draft d;
	int rc = file_draft_make(&d, path, content, mode, why);

	if (rc != ZP_OK)
		return rc;
	if (file_exists(path))
		rc = fault_set(why, ZP_EREFUSED, "%s exists: it is never overwritten", path);
	else if (name_draft(&d) != 0)
		rc = errno == EEXIST ?
		    fault_set(why, ZP_EREFUSED, "%s exists: it is never overwritten", path) :
		    fault_set_errno(why, ZP_ELOCAL, "cannot create %s", path);
	else
		rc = sync_folder_of(d.path, why);
	file_draft_drop(&d);
	return rc;
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

bool
file_is_exposed(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0;
}

int
file_make_folder(const char *path, struct fault *why)
{
	char *copy = strdup(path);
	int rc = ZP_OK;

	if (copy == NULL)
		return fault_set_nomem(why);
	if (*copy == '\0') {
		free(copy);
		return fault_set(why, ZP_ELOCAL, "the name of a folder is empty");
	}
	for (char *p = copy + 1; rc == ZP_OK; p++) {
		char keep = *p;

		if (keep != '/' && keep != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) == 0)
			rc = sync_folder_of(copy, why);
		else if (errno != EEXIST)
			rc = fault_set_errno(why, ZP_ELOCAL, "cannot make the folder %s", copy);
		*p = keep;
		if (keep == '\0')
			break;
	}
	free(copy);
	return rc;
}

int
file_lock(int *fd, const char *path, int wait_ms, struct fault *why)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000000L };

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return fault_set_errno(why, ZP_ELOCAL, "cannot open the lock %s", path);
	for (int waited = 0; flock(*fd, LOCK_EX | LOCK_NB) != 0; waited += 20) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || waited >= wait_ms) {
			int rc = errno == EWOULDBLOCK ?
			    fault_set(why, ZP_ERETRY, "another process holds %s", path) :
			    fault_set_errno(why, ZP_ELOCAL, "cannot lock %s", path);

			close(*fd);
			*fd = -1;
			return rc;
		}
		(void)nanosleep(&pause, NULL);
	}
	return ZP_OK;
}
