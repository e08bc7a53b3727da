/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "ledger/ledger.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "ledger/ledger_db.h"

enum { PID_TEXT = 24 };

/*
 * Leave the number of this process in the lock file.  It only helps the
 * message of whoever finds the lock taken, so that a failure is let pass.
 */
static void
sign(int fd)
{
	struct bytes text = { 0 };

	bytes_printf(&text, "%ld\n", (long)getpid());
	if (!bytes_is_broken(&text) && ftruncate(fd, 0) == 0 &&
	    pwrite(fd, text.data, text.len, 0) != (ssize_t)text.len)
		(void)ftruncate(fd, 0);
	bytes_release(&text);
}

/* The process that signed the lock file; 0 if that cannot be told. */
static long
signed_by(const char *path)
{
	char text[PID_TEXT] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	long pid;

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	pid = strtol(text, NULL, 10);
	return pid > 0 ? pid : 0;
}

int
ledger_lock(struct ledger_lock *out, struct ledger *l, int64_t id, struct fault *why)
{
	struct bytes path = { 0 };
	bool open;
	int64_t last;
	long pid;
	int rc;

	*out = (struct ledger_lock){ .fd = -1 };
	/* No lock file for what does not exist. */
	rc = ledger_db_stand(&open, &last, l, id, why);
	if (rc != ZP_OK)
		return rc;
	out->rollover = id;
	bytes_printf(&path, "%s/rollover-%" PRId64 ".lock", l->folder, id);
	out->path = bytes_take_text(&path);
	if (out->path == NULL)
		return fault_set_nomem(why);
	rc = file_lock(&out->fd, out->path, 0, why);
	if (rc == ZP_OK) {
		sign(out->fd);
		return ZP_OK;
	}
	if (rc == ZP_ERETRY) {
		pid = signed_by(out->path);
		rc = pid == 0 ?
		    fault_set(why, ZP_ERETRY, "another process works on rollover %" PRId64, id) :
		    fault_set(why, ZP_ERETRY, "another process (%ld) works on rollover %" PRId64, pid, id);
	}
	free(out->path);
	*out = (struct ledger_lock){ .fd = -1 };
	return rc;
}

void
ledger_unlock(struct ledger *l, struct ledger_lock *lock)
{
	bool open = true;
	int64_t last;

	if (lock->path == NULL)
		return;
	/* Nothing more is done to a closed rollover, so that two holders of its lock do no harm. */
	if (ledger_db_stand(&open, &last, l, lock->rollover, NULL) == ZP_OK && !open)
		(void)unlink(lock->path);
	close(lock->fd);
	free(lock->path);
	*lock = (struct ledger_lock){ .fd = -1 };
}
