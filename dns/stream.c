/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dns/message.h"

enum { CHUNK = 16384, LENGTH = 2 };

enum phase { CONNECTING, SHAKING, OPEN };

struct stream {
	int fd;
	enum phase phase;
	struct tls_session *tls;	/* NULL: plain */
	bool want_read;			/* what TLS waits for */
	bool want_write;
	struct bytes out;
	size_t out_at;			/* of out, what has been written */
	uint64_t queued;		/* positions */
	uint64_t written;
	struct bytes in;
	size_t in_at;			/* of in, what has been taken */
};

int
stream_make(struct stream **out, const struct address *server, const struct address *source,
    const struct tls_context *tls, struct fault *why)
{
	char text[ADDRESS_TEXT_MAX];
	struct stream *s;
	int class = ZP_OK, on = 1;

	*out = NULL;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return fault_set_nomem(why);
	s->fd = socket(server->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		class = fault_set_errno(why, ZP_ELOCAL, "a socket for %s", address_print(text, server));
		goto out;
	}
	/* Small questions in a row must not wait for each other's acknowledgement. */
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (!address_is_empty(source) &&
	    bind(s->fd, (const struct sockaddr *)&source->at, source->len) != 0) {
		class = fault_set_errno(why, ZP_EUSAGE, "cannot ask from %s",
		    address_print(text, source));
		goto out;
	}
	if (connect(s->fd, (const struct sockaddr *)&server->at, server->len) != 0 &&
	    errno != EINPROGRESS) {
		class = fault_set_errno(why, ZP_ERETRY, "cannot connect");
		goto out;
	}
	if (tls != NULL)
		class = tls_session_make(&s->tls, tls, s->fd, why);
out:
	if (class == ZP_OK)
		*out = s;
	else
		stream_free(s);
	return class;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	tls_close(s->tls);
	tls_session_free(s->tls);
	if (s->fd >= 0)
		(void)close(s->fd);
	bytes_release(&s->out);
	bytes_release(&s->in);
	free(s);
}

int
stream_send(struct stream *s, const struct bytes *message, uint64_t *end, struct fault *why)
{
	size_t before;

	if (s->out_at == s->out.len) {
		bytes_clear(&s->out);
		s->out_at = 0;
	}
	before = s->out.len;
	bytes_append_u16(&s->out, (uint16_t)message->len);
	bytes_append(&s->out, message->data, message->len);
	if (bytes_is_broken(&s->out)) {
		s->out.len = before;
		s->out.broken = false;
		return fault_set_nomem(why);
	}
	s->queued += s->out.len - before;
	*end = s->queued;
	return ZP_OK;
}

uint64_t
stream_written(const struct stream *s)
{
	return s->written;
}

int
stream_fd(const struct stream *s)
{
	return s->fd;
}

short
stream_events(const struct stream *s)
{
	short events = POLLIN;

	if (s->phase == CONNECTING)
		return POLLOUT;
	if (s->phase == SHAKING)
		return s->want_write ? POLLOUT : POLLIN;
	/* TLS that waits to read before it can write is not helped by POLLOUT. */
	if ((s->out_at < s->out.len && !s->want_read) || s->want_write)
		events |= POLLOUT;
	return events;
}

static int
closed(struct fault *why)
{
	return fault_set(why, ZP_ERETRY, "the server closed the connection");
}

static int
finish_connect(struct stream *s, struct fault *why)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };
	int number = 0;
	socklen_t len = sizeof number;

	if (poll(&p, 1, 0) != 1)
		return ZP_OK;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
		number = errno;
	if (number != 0) {
		errno = number;
		return fault_set_errno(why, ZP_ERETRY, "cannot connect");
	}
	s->phase = s->tls != NULL ? SHAKING : OPEN;
	return ZP_OK;
}

static int
shake(struct stream *s, struct fault *why)
{
	enum tls_step step = tls_handshake(s->tls, why);

	s->want_write = step == TLS_WANT_WRITE;
	if (step == TLS_DONE)
		s->phase = OPEN;
	if (step == TLS_CLOSED)
		return fault_set(why, ZP_ERETRY, "the server closed the connection in the TLS handshake");
	return step == TLS_FAILED ? why->class : ZP_OK;
}

/* One write; *put 0: nothing more can be done now. */
static int
write_some(struct stream *s, size_t *put, struct fault *why)
{
	const uint8_t *data = s->out.data + s->out_at;
	size_t len = s->out.len - s->out_at;
	ssize_t n;

	*put = 0;
	if (s->tls != NULL) {
		enum tls_step step = tls_write(s->tls, data, len, put, why);

		s->want_read = step == TLS_WANT_READ;
		s->want_write = step == TLS_WANT_WRITE;
		if (step == TLS_CLOSED)
			return closed(why);
		return step == TLS_FAILED ? why->class : ZP_OK;
	}
	n = send(s->fd, data, len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return fault_set_errno(why, ZP_ERETRY, "the connection broke");
	*put = n > 0 ? (size_t)n : 0;
	return ZP_OK;
}

/* One read; *got 0: nothing is there now. */
static int
read_some(struct stream *s, void *data, size_t *got, struct fault *why)
{
	ssize_t n;

	*got = 0;
	if (s->tls != NULL) {
		enum tls_step step = tls_read(s->tls, data, CHUNK, got, why);

		s->want_write |= step == TLS_WANT_WRITE;
		if (step == TLS_CLOSED)
			return closed(why);
		return step == TLS_FAILED ? why->class : ZP_OK;
	}
	n = recv(s->fd, data, CHUNK, 0);
	if (n == 0)
		return closed(why);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return fault_set_errno(why, ZP_ERETRY, "the connection broke");
	*got = n > 0 ? (size_t)n : 0;
	return ZP_OK;
}

/* Room for one message of the largest size and what was read behind it. */
static bool
is_full(const struct stream *s)
{
	return s->in.len - s->in_at > LENGTH + MESSAGE_MAX;
}

int
stream_work(struct stream *s, struct fault *why)
{
	struct fault local, second;
	uint8_t chunk[CHUNK];
	size_t n = 0;
	int class = ZP_OK, write_class = ZP_OK;

	if (why == NULL)
		why = &local;
	if (s->phase == CONNECTING)
		class = finish_connect(s, why);
	if (class == ZP_OK && s->phase == SHAKING)
		class = shake(s, why);
	if (class != ZP_OK || s->phase != OPEN)
		return class;

	s->want_read = s->want_write = false;
	do {
		if (s->out_at == s->out.len)
			break;
		write_class = write_some(s, &n, why);
		s->out_at += n;
		s->written += n;
	} while (write_class == ZP_OK && n > 0);

	/* Also after a failed write: replies may have come before the end. */
	do {
		class = read_some(s, chunk, &n, write_class == ZP_OK ? why : &second);
		bytes_append(&s->in, chunk, n);
		if (bytes_is_broken(&s->in))
			return fault_set_nomem(why);
	} while (class == ZP_OK && n > 0 && !is_full(s));
	return write_class != ZP_OK ? write_class : class;
}

bool
stream_take(struct stream *s, struct bytes *message)
{
	size_t left = s->in.len - s->in_at;
	size_t len;

	bytes_clear(message);
	if (left >= LENGTH) {
		len = (size_t)s->in.data[s->in_at] << 8 | s->in.data[s->in_at + 1];
		if (left >= LENGTH + len) {
			bytes_append(message, s->in.data + s->in_at + LENGTH, len);
			s->in_at += LENGTH + len;
			return !bytes_is_broken(message);
		}
	}
	if (s->in_at > 0) {
		memmove(s->in.data, s->in.data + s->in_at, left);
		s->in.len = left;
		s->in_at = 0;
	}
	return false;
}

bool
stream_is_usable(struct stream *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	if (s->phase != OPEN || s->in.len != s->in_at || s->out.len != s->out_at)
		return false;
	if (poll(&p, 1, 0) == 0)
		return true;
	/* It has ended, brings what nobody asked for, or it is TLS talking of itself. */
	return stream_work(s, NULL) == ZP_OK && s->in.len == s->in_at;
}
