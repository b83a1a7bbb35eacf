/* Pipes, sockets and the readiness descriptor that the candidate is given. */
#include "terminal/passed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "terminal/address.h"
#include "terminal/look.h"
#include "terminal/prepare.h"

enum { LISTEN_BACKLOG = 128 };

int passed_move(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, PASSED_BASE), status = moved < 0 ? -errno : moved;

	(void)close(fd);
	return status;
}

static uint64_t inode_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static int make_pipe(int *ret_reader, int *ret_writer)
{
	int ends[2], reader, writer;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* Of the reading end alone: the harness must not wait in it. */
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	reader = passed_move(ends[0]);
	writer = passed_move(ends[1]);
	if (reader < 0 || writer < 0) {
		cleanup_close(&reader);
		cleanup_close(&writer);
		return reader < 0 ? reader : writer;
	}
	*ret_reader = reader;
	*ret_writer = writer;
	return 0;
}

static int make_pipes(struct passed *passed, struct error *error)
{
	for (size_t i = 0; i < 2; i++) {
		int status = make_pipe(&passed->pipe_readers[i], &passed->pipe_writers[i]);

		if (status < 0)
			return error_errno(error, status, "cannot make a pipe for standard %s", i ? "error" : "output");
		(void)look_stat(passed->pipe_writers[i], "", false, &passed->pipe_files[i]);
	}
	return 0;
}

/* The options before the bind: no datagram may come without its sender and the time when it was sent. */
static int bind_notify(const char *name, int *ret_fd)
{
	CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct address address;
	char text[PASSED_NAME_MAX + 8] = "unix ";
	int yes = 1, status;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) < 0)
		return -errno;
	text_append(text, sizeof(text), "%s", name);
	status = address_parse(text, &address);
	if (status < 0)
		return status;
	if (bind(fd, &address.to.any, address.length) < 0)
		return -errno;
	status = passed_move(take_fd(&fd));
	if (status < 0)
		return status;
	*ret_fd = status;
	return 0;
}

static int make_notify(enum variation_notify kind, struct passed *passed, struct error *error)
{
	/* An ordinary user may have no right to write to /run. */
	const char *const names[] = {kind == VARIATION_NOTIFY_PATH ? VARIATION_NOTIFY_SOCKET : VARIATION_NOTIFY_NAME,
	                             kind == VARIATION_NOTIFY_PATH ? VARIATION_NOTIFY_OTHER : NULL};
	int status = -EACCES;

	for (size_t i = 0; i < 2 && names[i] && status < 0; i++) {
		status = bind_notify(names[i], &passed->notify);
		if (status == 0)
			text_append(passed->notify_name, sizeof(passed->notify_name), "%s", names[i]);
	}
	return status < 0 ? error_errno(error, status, "cannot bind the socket for notifications") : 0;
}

static int make_listener(const char *where, struct passed *passed, struct error *error)
{
	struct address address;
	int fd = address_parse_inet(where, SOCK_STREAM, &address);

	if (fd == 0)
		fd = address_listen(&address, LISTEN_BACKLOG);
	if (fd >= 0)
		fd = passed_move(fd);
	if (fd < 0)
		return error_errno(error, fd, "cannot listen for the candidate");
	passed->listener = fd;
	passed->listener_inode = inode_of(fd);
	(void)address_of_socket(fd, passed->listener_address, sizeof(passed->listener_address));
	return 0;
}

static int make_s6(int number, struct passed *passed, struct error *error)
{
	int status;

	if (number < 0 || number >= PASSED_BASE)
		return error_set(error, -EINVAL, "the readiness descriptor must be lower than %d", PASSED_BASE);
	status = make_pipe(&passed->s6_reader, &passed->s6_writer);
	return status < 0 ? error_errno(error, status, "cannot make a pipe for the readiness descriptor") : 0;
}

int passed_make(const struct variation *variation, struct passed *passed, struct error *error)
{
	int status = variation->pipes ? make_pipes(passed, error) : 0;

	if (status == 0 && variation->notify != VARIATION_NOTIFY_NONE)
		status = make_notify(variation->notify, passed, error);
	if (status == 0 && variation->listen)
		status = make_listener(variation->listen, passed, error);
	if (status == 0 && variation->s6)
		status = make_s6(variation->s6_number, passed, error);
	return status;
}

static int occupy(const char *where)
{
	struct address address;
	int fd = address_parse(where, &address);

	if (fd < 0)
		return fd;
	if (address.to.any.sa_family == AF_UNIX && address.to.local.sun_path[0] != '\0')
		(void)prepare_parents(address.to.local.sun_path);
	fd = address_listen(&address, 1);
	return fd < 0 ? fd : passed_move(fd);
}

int passed_occupy(const struct variation *variation, struct passed *passed, struct error *error)
{
	for (const char *const *where = variation->occupy; where && *where; where++) {
		int *grown = realloc(passed->occupied, (passed->n_occupied + 1) * sizeof(grown[0])), fd;
		char shown[LEADER_ADDRESS_MAX];

		if (!grown)
			return error_set(error, -ENOMEM, "out of memory");
		passed->occupied = grown;
		fd = occupy(*where);
		if (fd < 0)
			return error_errno(error, fd, "cannot take the address '%s' before the candidate",
			                   text_escape_into(shown, sizeof(shown), *where));
		passed->occupied[passed->n_occupied++] = fd;
	}
	return 0;
}

bool passed_has(const struct variation *variation, int number)
{
	return (variation->listen && number == PASSED_LISTEN) || (variation->s6 && number == variation->s6_number) ||
	       (variation->pipes && (number == STDOUT_FILENO || number == STDERR_FILENO));
}

int passed_place(const struct variation *variation, const struct passed *passed)
{
	for (int i = 0; i < 2; i++) {
		if (passed->pipe_writers[i] >= 0 && dup2(passed->pipe_writers[i], STDOUT_FILENO + i) < 0)
			return -errno;
	}
	if (passed->listener >= 0 && dup2(passed->listener, PASSED_LISTEN) < 0)
		return -errno;
	if (passed->s6_writer >= 0 && dup2(passed->s6_writer, variation->s6_number) < 0)
		return -errno;
	return 0;
}

static void forget(int *fd)
{
	cleanup_close(fd);
	*fd = -1;
}

void passed_forget(struct passed *passed)
{
	for (size_t i = 0; i < 2; i++) {
		forget(&passed->pipe_readers[i]);
		forget(&passed->pipe_writers[i]);
	}
	forget(&passed->s6_reader);
	forget(&passed->s6_writer);
	forget(&passed->listener);
	/* The socket of the notifications is read here. */
}

bool passed_is_ours(const struct passed *passed, uint64_t inode)
{
	if (passed->notify >= 0 && inode_of(passed->notify) == inode)
		return true;
	for (size_t i = 0; i < passed->n_occupied; i++) {
		if (inode_of(passed->occupied[i]) == inode)
			return true;
	}
	return false;
}
