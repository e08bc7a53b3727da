/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/probe_attempt.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Close what is open; keeps the result. */
void
attempt_release(struct attempt *a)
{
	handshake_free(a->tls);
	a->tls = NULL;
	if (a->fd >= 0)
		(void)close(a->fd);
	a->fd = -1;
	bytes_release(&a->out);
}

/* The end: the sentence in why gets the address in front. */
static void
finish(struct attempt *a, enum probe_outcome outcome, const struct fault *why)
{
	char where[ADDRESS_TEXT_MAX];

	a->result->outcome = outcome;
	a->result->seen = timepiece_now();
	a->result->has_greeted = a->phase == ATTEMPT_SHAKING ||
	    (a->phase == ATTEMPT_TALKING && starttls_has_greeted(&a->talk));
	a->result->why = (struct fault){ 0 };
	if (outcome != PROBE_SHOWN) {
		a->result->why = *why;
		(void)fault_prepend(&a->result->why, "%s", address_print(where, &a->to));
	}
	a->phase = ATTEMPT_DONE;
	attempt_release(a);
}

static void
finish_errno(struct attempt *a, enum probe_outcome outcome, int error, const char *what)
{
	struct fault why = { 0 };

	(void)fault_set(&why, ZP_ERETRY, "%s: %s", what, strerror(error));
	finish(a, outcome, &why);
}

int
attempt_start(struct attempt *a, struct fault *why)
{
	a->fd = socket(a->to.at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->fd < 0 && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT)) {
		finish_errno(a, PROBE_UNREACHABLE, errno, "no connection");
		return ZP_OK;
	}
	if (a->fd < 0)
		return fault_set_errno(why, ZP_ELOCAL, "cannot open a socket");
	a->phase = ATTEMPT_CONNECTING;
	a->events = POLLOUT;
	if (connect(a->fd, (const struct sockaddr *)&a->to.at, a->to.len) != 0 &&
	    errno != EINPROGRESS)
		finish_errno(a, PROBE_UNREACHABLE, errno, "no connection");
	return ZP_OK;
}

/* What EHLO says: this host's full name, else the address that it comes from (RFC 5321 4.1.4). */
static void
own_name(char *buf, size_t size, int fd)
{
	struct address own = { .len = sizeof own.at };
	char text[ADDRESS_TEXT_MAX];
	size_t n;

	if (gethostname(buf, size) == 0) {
		buf[size - 1] = '\0';
		for (n = 0; isalnum((unsigned char)buf[n]) || buf[n] == '-' || buf[n] == '.'; n++)
			continue;
		if (n > 0 && buf[n] == '\0' && strchr(buf, '.') != NULL)
			return;
	}
	if (getsockname(fd, (struct sockaddr *)&own.at, &own.len) != 0)
		own.len = 0;
	(void)address_print_host(text, &own);
	text[strcspn(text, "%")] = '\0';
	(void)snprintf(buf, size, "[%s%s]", address_is_ipv6(&own) ? "IPv6:" : "",
	    own.len > 0 ? text : "127.0.0.1");
}

static int
begin_handshake(struct attempt *a, const struct attempt_setting *setting, struct fault *why)
{
	enum handshake_algorithm algorithm = (enum handshake_algorithm)a->result->target.algorithm;

	a->phase = ATTEMPT_SHAKING;
	a->events = POLLOUT;
	return handshake_make(&a->tls, setting->contexts[algorithm], a->fd, setting->sni, why);
}

/* A session that stands: take the chain, part politely. */
static void
take_chain(struct attempt *a)
{
	struct probe_result *r = a->result;
	struct fault why = { 0 };

	if (handshake_chain(&r->chain, a->tls, &why) != ZP_OK) {
		finish(a, PROBE_TLS_FAILED, &why);
		return;
	}
	(void)snprintf(r->tls_version, sizeof r->tls_version, "%s", handshake_version(a->tls));
	handshake_close(a->tls, a->talk.protocol == STARTTLS_SMTP ? "QUIT\r\n" : "");
	finish(a, PROBE_SHOWN, &why);
}

static void
shake(struct attempt *a)
{
	struct fault why = { 0 };

	switch (handshake_go(a->tls, &why)) {
	case HANDSHAKE_DONE:
		take_chain(a);
		return;
	case HANDSHAKE_WANT_READ:
		a->events = POLLIN;
		return;
	case HANDSHAKE_WANT_WRITE:
		a->events = POLLOUT;
		return;
	case HANDSHAKE_NO_SUCH_KEY:
		finish(a, PROBE_NO_SUCH_KEY, &why);
		return;
	case HANDSHAKE_GARBAGE:
		finish(a, PROBE_GARBAGE, &why);
		return;
	case HANDSHAKE_CLOSED:
		finish(a, PROBE_CLOSED, &why);
		return;
	case HANDSHAKE_FAILED:
		finish(a, PROBE_TLS_FAILED, &why);
		return;
	}
}

/* Send what there is; false if the connection is gone (the attempt is then finished). */
static bool
flush(struct attempt *a)
{
	size_t done = 0;

	while (done < a->out.len) {
		ssize_t n = send(a->fd, a->out.data + done, a->out.len - done, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0) {
			finish_errno(a, PROBE_CLOSED, errno, "the connection broke");
			return false;
		}
		done += (size_t)n;
	}
	if (done > 0) {
		memmove(a->out.data, a->out.data + done, a->out.len - done);
		a->out.len -= done;
	}
	a->events = (short)(POLLIN | (a->out.len > 0 ? POLLOUT : 0));
	return true;
}

static const enum probe_outcome outcomes[] = {
	[STARTTLS_BUSY] = PROBE_BUSY, [STARTTLS_REFUSED] = PROBE_REFUSED,
	[STARTTLS_NOT_OFFERED] = PROBE_NO_STARTTLS, [STARTTLS_GARBAGE] = PROBE_GARBAGE
};

static int
talk(struct attempt *a, const struct attempt_setting *setting, struct fault *why)
{
	char data[4096];
	ssize_t n = recv(a->fd, data, sizeof data, 0);
	enum starttls_progress progress;
	struct fault said = { 0 };

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		(void)flush(a);
		return ZP_OK;
	}
	if (n <= 0) {
		(void)fault_set(&said, ZP_ERETRY, "the server closed the connection before %s%s%s",
		    starttls_awaited(&a->talk), n < 0 ? ": " : "", n < 0 ? strerror(errno) : "");
		finish(a, PROBE_CLOSED, &said);
		return ZP_OK;
	}
	progress = starttls_feed(&a->talk, &a->out, data, (size_t)n, &said);
	if (bytes_check(&a->out, why) != ZP_OK)
		return why->class;
	if (!flush(a) || progress == STARTTLS_GOES_ON)
		return ZP_OK;
	if (progress == STARTTLS_READY)
		return begin_handshake(a, setting, why);
	finish(a, outcomes[progress], &said);
	return ZP_OK;
}

static int
connected(struct attempt *a, const struct attempt_setting *setting, struct fault *why)
{
	enum starttls_protocol protocol = starttls_protocol_of(a->result->target.port);
	char helo[STARTTLS_HELO_MAX];
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error == ECONNRESET) {
		finish_errno(a, PROBE_CLOSED, error, "the server closed the connection at once");
		return ZP_OK;
	}
	if (error != 0) {
		finish_errno(a, PROBE_UNREACHABLE, error, "no connection");
		return ZP_OK;
	}
	own_name(helo, sizeof helo, a->fd);
	a->talk = starttls_make(protocol, helo);
	if (protocol == STARTTLS_NONE)
		return begin_handshake(a, setting, why);
	a->phase = ATTEMPT_TALKING;
	a->events = POLLIN;
	return ZP_OK;
}

int
attempt_step(struct attempt *a, const struct attempt_setting *setting, struct fault *why)
{
	int class = ZP_OK;

	switch (a->phase) {
	case ATTEMPT_CONNECTING:
		class = connected(a, setting, why);
		break;
	case ATTEMPT_TALKING:
		class = talk(a, setting, why);
		break;
	case ATTEMPT_SHAKING:
		shake(a);
		break;
	case ATTEMPT_WAITING:
	case ATTEMPT_DONE:
		break;
	}
	return class;
}

void
attempt_expire(struct attempt *a, int timeout_ms)
{
	struct bytes limit = { 0 };
	struct fault why = { 0 };
	enum probe_outcome outcome = PROBE_SILENT;

	timepiece_print_duration(&limit, timeout_ms);
	if (a->phase == ATTEMPT_WAITING || a->phase == ATTEMPT_CONNECTING) {
		outcome = PROBE_UNREACHABLE;
		(void)fault_set(&why, ZP_ERETRY, a->phase == ATTEMPT_WAITING ?
		    "no connection was tried within %s: too many others were slow" :
		    "no connection within %s", bytes_text(&limit));
	} else {
		(void)fault_set(&why, ZP_ERETRY, "%s did not come within %s",
		    a->phase == ATTEMPT_TALKING ? starttls_awaited(&a->talk) : "the TLS handshake",
		    bytes_text(&limit));
	}
	bytes_release(&limit);
	finish(a, outcome, &why);
}
