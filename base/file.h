/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/file.h - the only reader and writer of files.
 *
 * A file is replaced whole: a temporary file beside it is written, synced and
 * renamed over it, and the folder is synced.  Each of these steps can fail,
 * and a failure of any of them is a failure of the whole; the old file then
 * still stands.  A path that is a symbolic link stays one: the file it leads
 * to is replaced, or made.
 *
 * A temporary file is called .zonepub-draft-XXXXXX.  What a process that died
 * has left of them is removed by a later write to the same folder, an hour
 * later at the earliest.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/fault.h"

/*
 * Read all of path, at most max octets.
 * Fails: ZP_EABSENT if there is no such file; ZP_EUSAGE if it is larger than
 * max or not a regular file, pipe or character device; ZP_ELOCAL.
 */
int file_read(struct bytes *out, const char *path, size_t max, struct fault *why) MUST_CHECK;

/* The same for what is left to read of the descriptor fd, which messages call label. */
int file_read_fd(struct bytes *out, int fd, const char *label, size_t max, struct fault *why)
    MUST_CHECK;

/* A file that is written and synced but not yet at its place. Owns the temporary file. */
struct file_draft {
	char *path;		/* where it goes, symbolic links followed */
	char *temporary;	/* where it is now; NULL when there is none */
};

/* A mode that the umask narrows; any other is given as it is. */
enum { FILE_BY_UMASK = 0666 };

/*
 * Write and sync a temporary file beside path.  Where path exists, its owner,
 * group and mode are kept (a failure to keep them is a failure); a new file
 * gets mode.
 */
int file_draft_make(struct file_draft *d, const char *path, const struct bytes *content,
    mode_t mode, struct fault *why) MUST_CHECK;
/* Rename the draft to its place and sync the folder. Ends the draft. */
int file_draft_commit(struct file_draft *d, struct fault *why) MUST_CHECK;
/* Remove what was not committed; a committed or empty draft is welcome. */
void file_draft_drop(struct file_draft *d);

/* Draft and commit in one. */
int file_replace(const char *path, const struct bytes *content, mode_t mode,
    struct fault *why) MUST_CHECK;

/* True if path is a device, a pipe or a socket, or leads to one: it can be written, not replaced. */
bool file_is_special(const char *path);

/* Write content to what file_is_special(). Fails: ZP_ELOCAL. */
int file_send(const char *path, const struct bytes *content, struct fault *why) MUST_CHECK;

/*
 * Create path with content and mode; never touches an existing file.
 * Fails: ZP_EREFUSED if path exists; ZP_ELOCAL.
 */
int file_create(const char *path, const struct bytes *content, mode_t mode,
    struct fault *why) MUST_CHECK;

/*
 * Create or replace path with content, with owner, group and mode of the
 * file model.  Fails: ZP_ELOCAL.
 */
int file_duplicate(const char *path, const char *model, const struct bytes *content,
    struct fault *why) MUST_CHECK;

/*
 * Rename from to to, over what stands there, and sync the folder of to.
 * Fails: ZP_EABSENT if from does not exist; ZP_ELOCAL.
 */
int file_move(const char *from, const char *to, struct fault *why) MUST_CHECK;

/* True if path exists; a failure other than "no such file" counts as existing. */
bool file_exists(const char *path);

/* True if path is a regular file that others (not owner, not group) can read. */
bool file_is_exposed(const char *path);

/* Make the folder and its missing parents, mode 0700, and sync where they were made. */
int file_make_folder(const char *path, struct fault *why) MUST_CHECK;

/*
 * Take the lock file path (made if need be) for this process; *fd is closed
 * to let go of it.  Waits at most wait_ms milliseconds.
 * Fails: ZP_ERETRY if another process holds it; ZP_ELOCAL.
 */
int file_lock(int *fd, const char *path, int wait_ms, struct fault *why) MUST_CHECK;

#endif
