/* The socket tables: made-up ones, and those of this process with sockets of every kind in them. */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/net.h"

Suite *proc_net_suite(void);

enum { HEARD_MAX = 4096 };

struct heard {
	struct proc_listener items[HEARD_MAX];
	size_t count;
};

static int hear(const struct proc_listener *listener, void *data)
{
	struct heard *heard = data;

	ck_assert_uint_lt(heard->count, HEARD_MAX);
	heard->items[heard->count++] = *listener;
	return 0;
}

static struct heard heard;

/* A copy of just this size, so that a sanitizer sees a read past the end. */
static char *exact(const char *text, size_t length)
{
	char *copy = malloc(length ? length : 1);

	memcpy(copy, text, length);
	return copy;
}

static int parse(enum proc_net net, const char *text)
{
	char *copy = exact(text, strlen(text));
	int status;

	heard.count = 0;
	status = proc_parse_net(net, copy, strlen(text), hear, &heard);
	free(copy);
	return status;
}

static void assert_heard(size_t index, uint64_t inode, const char *address)
{
	ck_assert_uint_lt(index, heard.count);
	ck_assert_uint_eq(heard.items[index].inode, inode);
	ck_assert_str_eq(heard.items[index].address, address);
}

#define TCP_HEAD                                                                                                       \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode            " \
	"\n"
#define REST " 00000000:00000000 00:00000000 00000000     0        0 "

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
START_TEST(test_tcp)
{
	static const char text[] = TCP_HEAD
	    "   0: 00000000:07E8 00000000:0000 0A" REST "126 1 00000000fe425a59 100 0 0 10 0                       \n"
	    "   1: 0100007F:0050 0200007F:1234 01" REST "127 1 0 100 0 0 10 0\n"
	    "  12: 0100007F:FFFF 00000000:0000 0A 00000000:00000080 02:00000005 00000000  1000     -1 128 2 0\n"
	    "  13: 0100007F:FFFF 00000000:0000 0A" REST "12";

	ck_assert_int_eq(parse(PROC_NET_TCP, text), 0);
	ck_assert_uint_eq(heard.count, 2);
	assert_heard(0, 126, "0.0.0.0:2024");
	assert_heard(1, 128, "127.0.0.1:65535");
	ck_assert_int_eq(heard.items[1].net, PROC_NET_TCP);
}
END_TEST

START_TEST(test_udp)
{
	static const char text[] = TCP_HEAD "  290: 0100007F:0044 00000000:0000 07" REST "9 2 0000000000000000 0\n"
	                                    "  291: 0100007F:0045 0100007F:0035 01" REST "10 2 0000000000000000 0\n"
	                                    "  292: 0100007F:0000 00000000:0000 07" REST "11 2 0000000000000000 0\n"
	                                    "  293: 0100007F:0046 0100007F:0035 07" REST "12 2 0000000000000000 0\n";

	ck_assert_int_eq(parse(PROC_NET_UDP, text), 0);
	ck_assert_uint_eq(heard.count, 1);
	assert_heard(0, 9, "127.0.0.1:68");
}
END_TEST

START_TEST(test_v6)
{
#define ANY6 "00000000000000000000000000000000"
	static const char text[] = TCP_HEAD "   0: " ANY6 ":0050 " ANY6 ":0000 0A" REST "1 1\n"
	                                    "   1: 00000000000000000000000001000000:0051 " ANY6 ":0000 0A" REST "2 1\n"
	                                    "   2: B80D0120000000000000000001000000:0052 " ANY6 ":0000 0A" REST "3 1\n"
	                                    "   3: 0000000000000000FFFF00000100007F:0053 " ANY6 ":0000 0A" REST "4 1\n"
	                                    "   4: 00000000:0053 00000000:0000 0A" REST "5 1\n";

	ck_assert_int_eq(parse(PROC_NET_TCP6, text), 0);
	ck_assert_uint_eq(heard.count, 4);
	assert_heard(0, 1, "[::]:80");
	assert_heard(1, 2, "[::1]:81");
	assert_heard(2, 3, "[2001:db8::1]:82");
	assert_heard(3, 4, "[::ffff:127.0.0.1]:83");
}
END_TEST
#endif

START_TEST(test_unix)
{
	static const char text[] =
	    "Num       RefCount Protocol Flags    Type St Inode Path\n"
	    "0000000028d9452e: 00000003 00000000 00000000 0001 03   123\n"
	    "0000000028d9452e: 00000003 00000000 00000000 0001 03   124 /connected\n"
	    "0000000028d9452e: 00000002 00000000 00010000 0001 01   125 /run/a path: 7 with blanks \n"
	    "0000000028d9452e: 00000002 00000000 00010000 0005 01   126 @abstract@\n"
	    "(____ptrval____): 00000002 00000000 00000000 0002 01 12345 /dev/log\n"
	    "0000000028d9452e: 00000002 00000000 00000000 0002 01   127\n"
	    "0000000028d9452e: 00000002 00000000 00010000 0001 01   128 /a\n"
	    "newline: of a name\n"
	    "\n"
	    "0000000028d9452e: 00000002 00000000 00010000 0001 01   129 /cut";

	ck_assert_int_eq(parse(PROC_NET_UNIX, text), 0);
	ck_assert_uint_eq(heard.count, 4);
	assert_heard(0, 125, "/run/a path: 7 with blanks ");
	assert_heard(1, 126, "@abstract@");
	assert_heard(2, 12345, "/dev/log");
	assert_heard(3, 128, "/a");
}
END_TEST

START_TEST(test_refused)
{
	static const char *const bad[] = {"", "\n", "  sl", "nonsense\n", "Number\n"};

	for (enum proc_net net = PROC_NET_TCP; net <= PROC_NET_UNIX; net++)
		ck_assert_int_eq(parse(net, bad[_i]), -EINVAL);
}
END_TEST

static int hear_one(const struct proc_listener *listener, void *data)
{
	(void)listener;
	*(int *)data += 1;
	return 42;
}

START_TEST(test_ended_by_the_caller)
{
	static const char text[] = "Num \nx: 2 0 10000 0001 01 1 /a\nx: 2 0 10000 0001 01 2 /b\n";
	int calls = 0;

	ck_assert_int_eq(proc_parse_net(PROC_NET_UNIX, text, sizeof(text) - 1, hear_one, &calls), 42);
	ck_assert_int_eq(calls, 1);
}
END_TEST

static uint64_t inode_of(int fd)
{
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	return status.st_ino;
}

/* How often the real table of NET tells of FD, and that it is ADDRESS. */
static int count_real(enum proc_net net, int fd, const char *address)
{
	CLEANUP_CLOSE int directory = open("/proc/self/net", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FREE char *text = NULL;
	ssize_t length = io_read_all_at(directory, proc_net_name(net), 1 << 24, &text);
	int count = 0;

	ck_assert_int_gt(length, 0);
	heard.count = 0;
	ck_assert_int_eq(proc_parse_net(net, text, (size_t)length, hear, &heard), 0);
	for (size_t i = 0; i < heard.count; i++) {
		if (heard.items[i].inode != inode_of(fd))
			continue;
		ck_assert_str_eq(heard.items[i].address, address);
		count++;
	}
	return count;
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Binds to IP and a port that the kernel chooses, which then stands in BOUND. */
static int bind_inet(int family, int type, const void *ip, union address *bound, socklen_t *length)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	memset(bound, 0, sizeof(*bound));
	bound->any.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		memcpy(&bound->v4.sin_addr, ip, sizeof(bound->v4.sin_addr));
	else
		memcpy(&bound->v6.sin6_addr, ip, sizeof(bound->v6.sin6_addr));
	*length = family == AF_INET ? sizeof(bound->v4) : sizeof(bound->v6);
	ck_assert_int_eq(bind(fd, &bound->any, *length), 0);
	ck_assert_int_eq(getsockname(fd, &bound->any, length), 0);
	return fd;
}

static void check_inet(enum proc_net net, int family, int type, const void *ip, const char *host)
{
	union address bound;
	socklen_t length;
	CLEANUP_CLOSE int fd = bind_inet(family, type, ip, &bound, &length);
	char address[64];

	/* The port lies in the same place in both. */
	(void)snprintf(address, sizeof(address), "%s:%u", host, ntohs(bound.v4.sin_port));
	if (type == SOCK_STREAM) {
		ck_assert_int_eq(count_real(net, fd, address), 0);
		ck_assert_int_eq(listen(fd, 1), 0);
	}
	ck_assert_int_eq(count_real(net, fd, address), 1);
	if (type == SOCK_DGRAM) {
		/* A client of itself is bound but waits for nobody else. */
		ck_assert_int_eq(connect(fd, &bound.any, length), 0);
		ck_assert_int_eq(count_real(net, fd, address), 0);
	}
}

START_TEST(test_real_inet)
{
	struct in_addr loopback = {htonl(INADDR_LOOPBACK)}, any = {htonl(INADDR_ANY)};

	check_inet(PROC_NET_TCP, AF_INET, SOCK_STREAM, &loopback, "127.0.0.1");
	check_inet(PROC_NET_UDP, AF_INET, SOCK_DGRAM, &loopback, "127.0.0.1");
	check_inet(PROC_NET_TCP, AF_INET, SOCK_STREAM, &any, "0.0.0.0");
}
END_TEST

START_TEST(test_real_inet6)
{
	CLEANUP_CLOSE int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};

	if (fd < 0 || bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) < 0)
		return; /* a machine without IPv6 on its loopback; the table is tested above */
	check_inet(PROC_NET_TCP6, AF_INET6, SOCK_STREAM, &in6addr_loopback, "[::1]");
	check_inet(PROC_NET_UDP6, AF_INET6, SOCK_DGRAM, &in6addr_loopback, "[::1]");
	check_inet(PROC_NET_TCP6, AF_INET6, SOCK_STREAM, &in6addr_any, "[::]");
}
END_TEST

static void check_unix(int type, const char *name, size_t size, const char *address)
{
	CLEANUP_CLOSE int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	memcpy(un.sun_path, name, size);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size)),
	                 0);
	if (type != SOCK_DGRAM) {
		ck_assert_int_eq(count_real(PROC_NET_UNIX, fd, address), 0);
		ck_assert_int_eq(listen(fd, 1), 0);
	}
	ck_assert_int_eq(count_real(PROC_NET_UNIX, fd, address), 1);
}

START_TEST(test_real_unix)
{
	char directory[] = "/tmp/proc-net.XXXXXX", path[64], name[64];
	static const char *const names[] = {"plain", "with a blank ", "x: 2 0 10000 0001 01 1 y"};

	ck_assert_ptr_nonnull(mkdtemp(directory));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		check_unix(SOCK_STREAM, path, strlen(path), path);
		(void)unlink(path);
		check_unix(SOCK_DGRAM, path, strlen(path), path);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/new\nline", directory);
	(void)snprintf(name, sizeof(name), "%s/new", directory);
	check_unix(SOCK_SEQPACKET, path, strlen(path), name);
	(void)unlink(path);
	(void)rmdir(directory);
	name[0] = '\0';
	(void)snprintf(name + 1, sizeof(name) - 1, "abstract-%d", getpid());
	(void)snprintf(path, sizeof(path), "@%s", name + 1);
	check_unix(SOCK_STREAM, name, strlen(name + 1) + 1, path);
}
END_TEST

Suite *proc_net_suite(void)
{
	Suite *suite = suite_create("proc/net");
	TCase *tcase = tcase_create("tables");

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	tcase_add_test(tcase, test_tcp);
	tcase_add_test(tcase, test_udp);
	tcase_add_test(tcase, test_v6);
#endif
	tcase_add_test(tcase, test_unix);
	tcase_add_loop_test(tcase, test_refused, 0, 5);
	tcase_add_test(tcase, test_ended_by_the_caller);
	tcase_add_test(tcase, test_real_inet);
	tcase_add_test(tcase, test_real_inet6);
	tcase_add_test(tcase, test_real_unix);
	suite_add_tcase(suite, tcase);
	return suite;
}
