/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "tests/unit/tap.h"

static struct bytes
octets(const char *text)
{
	struct bytes b = { 0 };

	bytes_append_text(&b, text);
	return b;
}

/* The content of path, or "(none)". */
static const char *
content_of(const char *path)
{
	static char text[256];
	struct bytes b;

	if (file_read(&b, path, sizeof text - 1, NULL) != ZP_OK)
		return "(none)";
	(void)snprintf(text, sizeof text, "%s", bytes_text(&b));
	bytes_release(&b);
	return text;
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? (unsigned)st.st_mode & 07777 : 0;
}

/* Files in folder, the dotted ones too. */
static unsigned
count(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		(void)closedir(dir);
	return n < 2 ? 0 : n - 2;
}

static void
test_replace(void)
{
	struct bytes one = octets("one"), two = octets("two");
	struct fault why = { 0 };
	struct stat st;

	(void)umask(077);
	tap_is_int(file_replace("new", &one, 0644, &why), ZP_OK, "a new file");
	tap_is_int(mode_of("new"), 0644, "has the mode that was asked for, whatever the umask");
	(void)chmod("new", 0640);
	if (geteuid() == 0)
		(void)!chown("new", 12345, 23456);
	tap_is_int(file_replace("new", &two, 0600, &why), ZP_OK, "it is replaced");
	tap_is(content_of("new"), "two", "by the new content");
	tap_ok(mode_of("new") == 0640, "and keeps its mode");
	if (geteuid() == 0)
		tap_ok(stat("new", &st) == 0 && st.st_uid == 12345 && st.st_gid == 23456,
		    "and its owner and group");
	tap_is_int(count("."), 1, "nothing else is left");
	(void)unlink("new");
	(void)umask(026);
	tap_is_int(file_create("new", &one, FILE_BY_UMASK, &why), ZP_OK, "a new file that is no secret");
	tap_is_int(mode_of("new"), 0640, "has the mode that the umask leaves");
	(void)chmod("new", 0600);
	tap_is_int(file_replace("new", &one, FILE_BY_UMASK, &why), ZP_OK, "and replaced");
	tap_is_int(mode_of("new"), 0600, "the one that it had");
	(void)unlink("new");
	(void)umask(077);
	bytes_release(&one);
	bytes_release(&two);
}

/* A folder that hands down its group must not hand it to a file that has another. */
static void
test_group(void)
{
	struct bytes one = octets("one");
	struct stat st;

	if (geteuid() != 0) {
		tap_ok(true, "# SKIP groups: not root");
		return;
	}
	(void)mkdir("handed", 0700);
	(void)!chown("handed", 0, 23456);
	(void)chmod("handed", 02770);
	tap_is_int(file_replace("handed/f", &one, 0640, NULL), ZP_OK, "a file in a set-group-id folder");
	(void)!chown("handed/f", 0, getegid());
	tap_is_int(file_replace("handed/f", &one, 0640, NULL), ZP_OK, "is replaced");
	tap_ok(stat("handed/f", &st) == 0 && st.st_gid == getegid(), "and keeps the group it had");
	(void)unlink("handed/f");
	(void)rmdir("handed");
	bytes_release(&one);
}

static void
test_links(void)
{
	struct bytes one = octets("one"), two = octets("two");
	struct fault why = { 0 };
	struct stat st;

	(void)mkdir("there", 0700);
	(void)!symlink("there/target", "link");
	(void)!symlink("link", "second");
	tap_is_int(file_replace("second", &one, 0600, &why), ZP_OK, "links to a file that is not there yet");
	tap_is(content_of("there/target"), "one", "the file they lead to is made");
	tap_ok(lstat("link", &st) == 0 && S_ISLNK(st.st_mode) && lstat("second", &st) == 0 &&
	    S_ISLNK(st.st_mode), "the links stay links");
	tap_is_int(file_replace("link", &two, 0600, &why), ZP_OK, "a link to a file");
	tap_is(content_of("there/target"), "two", "the file is replaced");
	tap_ok(lstat("link", &st) == 0 && S_ISLNK(st.st_mode), "the link stays a link");
	tap_is_int(file_create("link", &one, 0600, &why), ZP_EREFUSED, "a link is something that exists");
	(void)unlink("there/target");
	tap_is_int(file_create("link", &one, 0600, &why), ZP_EREFUSED, "also if it leads nowhere");
	(void)unlink("link");
	(void)!symlink("link", "link");
	tap_is_int(file_replace("link", &one, 0600, &why), ZP_ELOCAL, "a link to itself is refused");
	(void)unlink("link");
	(void)unlink("second");
	(void)rmdir("there");
	bytes_release(&one);
	bytes_release(&two);
}

static void
test_failures(void)
{
	struct bytes one = octets("one"), two = octets("two");
	struct rlimit small = { 2, 2 }, had;
	struct file_draft d = { 0 };
	struct fault why = { 0 };

	tap_is_int(file_replace("old", &one, 0600, &why), ZP_OK, "a file that stands");
	tap_is_int(file_draft_make(&d, "old", &two, 0600, &why), ZP_OK, "a draft of another");
	tap_is_int(count("."), 2, "lies beside it");
	tap_is(content_of("old"), "one", "the old one still stands");
	file_draft_drop(&d);
	tap_is_int(count("."), 1, "a draft that is dropped is gone");
	file_draft_drop(&d);

	tap_is_int(file_draft_make(&d, "folder", &two, 0600, &why), ZP_OK, "a draft that cannot go to its place");
	(void)mkdir("folder", 0700);
	tap_is_int(file_draft_commit(&d, &why), ZP_ELOCAL, "fails");
	tap_ok(strstr(why.text, "folder") != NULL && count(".") == 2, "says where and leaves nothing: %s",
	    why.text);
	tap_is_int(file_draft_make(&d, "folder", &two, 0600, &why), ZP_ELOCAL, "none is made for a folder");
	tap_ok(strstr(why.text, "is a folder") != NULL && count(".") == 2, "which is said: %s", why.text);
	(void)rmdir("folder");

	/* A disk that is full, as far as a process can arrange it. */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &had);
	small.rlim_max = had.rlim_max;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	tap_is_int(file_replace("old", &two, 0600, &why), ZP_ELOCAL, "a write that fails half-way");
	(void)setrlimit(RLIMIT_FSIZE, &had);
	tap_is(content_of("old"), "one", "leaves the old file");
	tap_is_int(count("."), 1, "and nothing else");
	tap_is_int(file_replace("absent/f", &two, 0600, &why), ZP_ELOCAL, "no folder, no file");
	(void)unlink("old");
	bytes_release(&one);
	bytes_release(&two);
}

static void
test_long_name(void)
{
	struct bytes one = octets("one");
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	tap_is_int(file_replace(name, &one, 0600, NULL), ZP_OK, "a name of 255 octets");
	tap_is_int(file_replace(name, &one, 0600, NULL), ZP_OK, "can be replaced too");
	(void)unlink(name);
	bytes_release(&one);
}

static void
test_left_drafts(void)
{
	struct bytes one = octets("one");
	struct timeval old[2] = { { 0 } };

	tap_is_int(file_create(".zonepub-draft-oldone", &one, 0600, NULL), ZP_OK, "a draft of long ago");
	tap_is_int(file_create(".zonepub-draft-recent", &one, 0600, NULL), ZP_OK, "and a recent one");
	(void)utimes(".zonepub-draft-oldone", old);
	tap_is_int(file_replace("f", &one, 0600, NULL), ZP_OK, "a write");
	tap_ok(!file_exists(".zonepub-draft-oldone"), "removes the one that nobody will finish");
	tap_ok(file_exists(".zonepub-draft-recent"), "and leaves the other");
	(void)unlink(".zonepub-draft-recent");
	(void)unlink("f");
	bytes_release(&one);
}

/* From here on there are no hard links for this process; false if that cannot be arranged. */
static bool
forbid_links(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef __NR_link
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_link, 1, 0),
#endif
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_linkat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof rules / sizeof rules[0], rules };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* What a child that has no hard links made of it, as an exit code; 77: not to be tried. */
static int
create_unlinked(const struct bytes *one)
{
	if (!forbid_links())
		return 77;
	if (link("c", "d") == 0 || errno != EPERM)
		return 1;
	if (file_create("c", one, 0640, NULL) != ZP_OK || strcmp(content_of("c"), "one") != 0)
		return 2;
	if (mode_of("c") != 0640 || count(".") != 1)
		return 3;
	return file_create("c", one, 0640, NULL) == ZP_EREFUSED && count(".") == 1 ? 0 : 4;
}

static void
test_no_links(void)
{
	struct bytes one = octets("one");
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(create_unlinked(&one));
	(void)waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		tap_ok(true, "# SKIP a file system without hard links: no seccomp");
	else
		tap_is_int(status, 0, "a file is created, once, on a file system without hard links");
	(void)unlink("c");
	bytes_release(&one);
}

static void
test_same(void)
{
	struct bytes one = octets("one");

	(void)mkdir("in", 0700);
	(void)symlink("in/none", "to-none");
	tap_ok(path_is_same("x", "./x") && path_is_same("in/../x", "x"), "one file, by several names");
	tap_ok(path_is_same("to-none", "in/none"), "also behind a link");
	tap_ok(!path_is_same("x", "y") && !path_is_same("x", "in/x"), "two that are not there");
	tap_is_int(file_create("x", &one, 0600, NULL), ZP_OK, "one of them is made");
	(void)!link("x", "y");
	tap_ok(path_is_same("x", "in/../x") && path_is_same("x", "y"), "one file, by several names");
	tap_ok(!path_is_same("x", "in") && !path_is_same("x", "z") && !path_is_same("none/x", "x"),
	    "others");
	(void)unlink("x");
	(void)unlink("y");
	(void)unlink("to-none");
	(void)rmdir("in");
	bytes_release(&one);
}

static void
test_others(void)
{
	struct bytes one = octets("one"), got;
	struct fault why = { 0 };
	int fd = -1, second = -1;

	tap_is_int(file_create("c", &one, 0640, &why), ZP_OK, "a file is created");
	tap_ok(mode_of("c") == 0640, "with its mode");
	tap_is_int(file_create("c", &one, 0640, &why), ZP_EREFUSED, "never twice");
	tap_is_int(file_duplicate("d", "c", &one, &why), ZP_OK, "a duplicate");
	tap_ok(mode_of("d") == 0640, "has the mode of its model");
	tap_is_int(file_read(&got, "c", 2, &why), ZP_EUSAGE, "larger than allowed");
	tap_ok(got.data == NULL, "nothing is kept of it");
	tap_is_int(file_read(&got, "c", 3, &why), ZP_OK, "just as large");
	bytes_release(&got);
	fd = open("c", O_RDONLY);
	(void)lseek(fd, 1, SEEK_SET);
	tap_is_int(file_read_fd(&got, fd, "it", 2, &why), ZP_OK, "a descriptor");
	tap_is(bytes_text(&got), "ne", "is read from where it stands");
	bytes_release(&got);
	tap_ok(file_read_fd(&got, fd, "it", 2, &why) == ZP_OK && got.len == 0, "and is then at its end");
	(void)close(fd);
	tap_ok(file_read_fd(&got, fd, "it", 2, &why) == ZP_ELOCAL && strstr(why.text, "read it") != NULL,
	    "none that is closed: %s", why.text);
	tap_is_int(file_read(&got, "absent", 3, &why), ZP_EABSENT, "no such file");
	tap_is_int(file_read(&got, ".", 3, &why), ZP_EUSAGE, "a folder is no file");
	tap_ok(!file_is_exposed("c"), "the group may read: not exposed");
	(void)chmod("c", 0644);
	tap_ok(file_is_exposed("c"), "all may read: exposed");

	tap_is_int(file_make_folder("p/q/r", &why), ZP_OK, "folders are made");
	tap_is_int(mode_of("p/q"), 0700, "for the owner alone");
	tap_is_int(file_make_folder("p/q/r/", &why), ZP_OK, "again is no failure");
	tap_is_int(file_make_folder("", &why), ZP_ELOCAL, "no name, no folder");
	tap_is_int(file_make_folder("c/q", &why), ZP_ELOCAL, "a file is no folder");

	tap_is_int(file_create("from", &one, 0600, &why), ZP_OK, "a file to move");
	tap_is_int(file_create("to", &(struct bytes){ 0 }, 0600, &why), ZP_OK, "and one in its way");
	tap_is_int(file_move("from", "to", &why), ZP_OK, "it is moved");
	tap_ok(!file_exists("from") && file_read(&got, "to", 4096, &why) == ZP_OK && got.len == one.len,
	    "over the other");
	bytes_release(&got);
	tap_is_int(file_move("from", "to", &why), ZP_EABSENT, "what is not there is not moved");
	tap_is_int(file_move("to", "none/to", &why), ZP_ELOCAL, "nor into a folder that is not there");
	tap_ok(file_exists("to"), "and stays then");
	(void)unlink("to");

	tap_is_int(file_lock(&fd, "lock", 0, &why), ZP_OK, "a lock");
	tap_is_int(file_lock(&second, "lock", 50, &why), ZP_ERETRY, "is held by one");
	tap_ok(second == -1, "and leaves nothing open");
	(void)close(fd);
	tap_is_int(file_lock(&fd, "lock", 0, &why), ZP_OK, "and is free again");
	(void)close(fd);
	bytes_release(&one);
}

int
main(void)
{
	char folder[] = "/tmp/zonepub-file-XXXXXX";
	char command[64];

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	test_replace();
	test_group();
	test_links();
	test_failures();
	test_long_name();
	test_left_drafts();
	test_no_links();
	test_same();
	test_others();
	(void)snprintf(command, sizeof command, "%s", folder);
	(void)unlink("c");
	(void)unlink("d");
	(void)unlink("lock");
	(void)rmdir("p/q/r");
	(void)rmdir("p/q");
	(void)rmdir("p");
	tap_is_int(chdir("/"), 0, "left the folder");
	tap_is_int(rmdir(command), 0, "which is empty at the end");
	return tap_done();
}
