/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/path.h - where paths lead.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>

/*
 * Where a write to path really goes: links are followed, also one that leads
 * to no file yet.  The caller frees it; null with errno set on failure.
 */
char *path_target(const char *path);

/* The folder part of path with its slash, then name. The caller frees it; null: no memory. */
char *path_beside(const char *path, const char *name);

/* True if a and b are one file, or would be if they were made. */
bool path_is_same(const char *a, const char *b);

#endif
