/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/linereader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static const uint8_t *
find_end(const struct linereader *r)
{
	return r->at < r->buffer.len ?
	    memchr(r->buffer.data + r->at, '\n', r->buffer.len - r->at) : NULL;
}

/* Drop what was handed out, and read more. */
static int
fill(struct linereader *r, struct fault *why)
{
	uint8_t chunk[16384];
	ssize_t n;

	if (r->at > 0) {
		r->buffer.len -= r->at;
		memmove(r->buffer.data, r->buffer.data + r->at, r->buffer.len);
		r->at = 0;
	}
	if (r->buffer.len > LINEREADER_MAX)
		return fault_set(why, ZP_EUSAGE, "a line of more than %d octets", LINEREADER_MAX);
	do {
		n = read(r->fd, chunk, sizeof chunk);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_set_errno(why, ZP_ELOCAL, "cannot read the script");
	r->is_over = n == 0;
	bytes_append(&r->buffer, chunk, (size_t)n);
	return bytes_check(&r->buffer, why);
}

int
linereader_next(char **line, struct linereader *r, struct fault *why)
{
	const uint8_t *end;
	size_t begin, len;

	*line = NULL;
	while ((end = find_end(r)) == NULL && !r->is_over) {
		int class = fill(r, why);

		if (class != ZP_OK)
			return class;
	}
	if (end == NULL && r->at == r->buffer.len)
		return ZP_OK;
	begin = r->at;
	len = end != NULL ? (size_t)(end - r->buffer.data) - begin : r->buffer.len - begin;
	r->at = begin + len + (end != NULL ? 1 : 0);
	r->buffer.data[begin + len] = '\0';
	if (memchr(r->buffer.data + begin, '\0', len) != NULL)
		return fault_set(why, ZP_EUSAGE, "a NUL in the line");
	if (len > 0 && r->buffer.data[begin + len - 1] == '\r')
		r->buffer.data[begin + len - 1] = '\0';
	*line = (char *)r->buffer.data + begin;
	return ZP_OK;
}

bool
linereader_would_wait(const struct linereader *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	return !r->is_over && find_end(r) == NULL && poll(&p, 1, 0) == 0;
}

void
linereader_release(struct linereader *r)
{
	bytes_release(&r->buffer);
}
