/* terminal/address.h: addresses as text, what is none, and sockets that are bound to them. */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "terminal/address.h"

Suite *terminal_address_suite(void);

static const size_t PATH_AT = offsetof(struct sockaddr_un, sun_path);

START_TEST(ipv4_with_its_type)
{
	static const struct {
		const char *text;
		int type;
	} rows[] = {{"tcp 192.0.2.7:65535", SOCK_STREAM}, {"udp 192.0.2.7:65535", SOCK_DGRAM}};
	struct address address;

	ck_assert_int_eq(address_parse(rows[_i].text, &address), 0);
	ck_assert_int_eq(address.type, rows[_i].type);
	ck_assert_uint_eq(address.length, sizeof(address.to.v4));
	ck_assert_int_eq(address.to.v4.sin_family, AF_INET);
	ck_assert_uint_eq(address.to.v4.sin_addr.s_addr, htonl(0xC0000207));
	ck_assert_uint_eq(address.to.v4.sin_port, htons(65535));
}
END_TEST

START_TEST(ipv6_in_brackets)
{
	struct address address;

	ck_assert_int_eq(address_parse("udp [2001:db8::5]:53", &address), 0);
	ck_assert_int_eq(address.type, SOCK_DGRAM);
	ck_assert_uint_eq(address.length, sizeof(address.to.v6));
	ck_assert_int_eq(address.to.v6.sin6_family, AF_INET6);
	ck_assert_mem_eq(&address.to.v6.sin6_addr, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\5", 16);
	ck_assert_uint_eq(address.to.v6.sin6_port, htons(53));
	ck_assert_int_eq(address_parse_inet("[::]:0", SOCK_STREAM, &address), 0);
	ck_assert_mem_eq(&address.to.v6.sin6_addr, &in6addr_any, sizeof(in6addr_any));
}
END_TEST

START_TEST(unix_paths_have_their_nul)
{
	struct address address;

	ck_assert_int_eq(address_parse("unix /run/x y", &address), 0);
	ck_assert_int_eq(address.type, SOCK_STREAM);
	ck_assert_int_eq(address.to.local.sun_family, AF_UNIX);
	ck_assert_str_eq(address.to.local.sun_path, "/run/x y");
	ck_assert_uint_eq(address.length, PATH_AT + sizeof("/run/x y"));
}
END_TEST

START_TEST(abstract_names_have_none)
{
	struct address address;

	ck_assert_int_eq(address_parse("unix @name", &address), 0);
	ck_assert_mem_eq(address.to.local.sun_path, "\0name", 5);
	ck_assert_uint_eq(address.length, PATH_AT + 5);
}
END_TEST

START_TEST(unix_names_as_long_as_fits)
{
	char text[5 + sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1] = "unix /";
	struct address address;

	memset(text + 6, 'a', sizeof(text) - 8);
	ck_assert_int_eq(address_parse(text, &address), 0);
	ck_assert_uint_eq(address.length, sizeof(address.to.local));
	text[sizeof(text) - 2] = 'a';
	ck_assert_int_eq(address_parse(text, &address), -EINVAL);
}
END_TEST

static const char *const refused[] = {
    "",
    "tcp",
    "tcp ",
    "tcp  127.0.0.1:80",
    "TCP 127.0.0.1:80",
    "sctp 127.0.0.1:80",
    "127.0.0.1:80",
    "tcp 127.0.0.1",
    "tcp 127.0.0.1:",
    "tcp 127.0.0.1:65536",
    "tcp 127.0.0.1:-1",
    "tcp 127.0.0.1: 80",
    "tcp 127.0.0.1:80 ",
    "tcp 127.0.0.1:http",
    "tcp 127.0.0.256:80",
    "tcp 127.1:80",
    "tcp localhost:80",
    "tcp *:80",
    "tcp :80",
    "tcp ::1:80",
    "tcp [::1]",
    "tcp [::1]80",
    "tcp [::1:80",
    "tcp [:80",
    "tcp []:80",
    "tcp [127.0.0.1]:80",
    "tcp [::1]]:80",
    "tcp [::1%lo]:80",
    "udp 1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:80",
    "unix",
    "unix ",
};

START_TEST(anything_else_is_refused_and_leaves_the_result_alone)
{
	struct address address, before;

	memset(&address, 0x5A, sizeof(address));
	before = address;
	ck_assert_int_eq(address_parse(refused[_i], &address), -EINVAL);
	ck_assert_mem_eq(&address, &before, sizeof(address));
}
END_TEST

START_TEST(a_bound_socket_tells_its_address)
{
	static const char *const hosts[] = {"127.0.0.1:", "[::1]:"};
	char text[64], wanted[64];
	struct address address;
	unsigned int port;
	int listener, client;

	(void)snprintf(text, sizeof(text), "%s0", hosts[_i]);
	ck_assert_int_eq(address_parse_inet(text, SOCK_STREAM, &address), 0);
	listener = address_listen(&address, 1);
	/* A system may have no IPv6. */
	if (listener == -EAFNOSUPPORT || listener == -EADDRNOTAVAIL)
		return;
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(address_of_socket(listener, text, sizeof(text)), 0);
	ck_assert_int_eq(strncmp(text, hosts[_i], strlen(hosts[_i])), 0);
	ck_assert_int_eq(sscanf(text + strlen(hosts[_i]), "%u", &port), 1);
	ck_assert_uint_gt(port, 0);
	(void)snprintf(wanted, sizeof(wanted), "%s%u", hosts[_i], port);
	ck_assert_str_eq(text, wanted);

	/* What it tells can be read again, and leads there; it is taken. */
	ck_assert_int_eq(address_parse_inet(text, SOCK_STREAM, &address), 0);
	ck_assert_int_eq(address_listen(&address, 1), -EADDRINUSE);
	client = address_connect(&address);
	ck_assert_int_ge(client, 0);
	ck_assert_int_eq(close(client), 0);
	ck_assert_int_eq(close(listener), 0);
	ck_assert_int_eq(address_connect(&address), -ECONNREFUSED);
}
END_TEST

/* The text does not tell the type of a Unix socket. */
START_TEST(unix_sockets_of_every_type_are_found)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
	int listener, client, type;
	socklen_t length = sizeof(type);
	struct address address;
	bool abstract = _i >= 3;
	char text[64];

	(void)snprintf(text, sizeof(text), "unix %s-%d-%d", abstract ? "@terminal-address" : "/tmp/terminal-address",
	               getpid(), _i);
	ck_assert_int_eq(address_parse(text, &address), 0);
	ck_assert_int_eq(address_connect(&address), abstract ? -ECONNREFUSED : -ENOENT);
	listener = socket(AF_UNIX, types[_i % 3] | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, &address.to.any, address.length), 0);
	if (types[_i % 3] != SOCK_DGRAM)
		ck_assert_int_eq(listen(listener, 1), 0);
	client = address_connect(&address);
	ck_assert_int_ge(client, 0);
	ck_assert_int_eq(getsockopt(client, SOL_SOCKET, SO_TYPE, &type, &length), 0);
	ck_assert_int_eq(type, types[_i % 3]);
	ck_assert_int_eq(close(client), 0);
	ck_assert_int_eq(close(listener), 0);
	ck_assert_int_eq(address_connect(&address), -ECONNREFUSED);
	if (!abstract)
		ck_assert_int_eq(unlink(address.to.local.sun_path), 0);
}
END_TEST

Suite *terminal_address_suite(void)
{
	Suite *suite = suite_create("terminal_address");
	TCase *parse = tcase_create("parse"), *sockets = tcase_create("sockets");

	tcase_add_loop_test(parse, ipv4_with_its_type, 0, 2);
	tcase_add_test(parse, ipv6_in_brackets);
	tcase_add_test(parse, unix_paths_have_their_nul);
	tcase_add_test(parse, abstract_names_have_none);
	tcase_add_test(parse, unix_names_as_long_as_fits);
	tcase_add_loop_test(parse, anything_else_is_refused_and_leaves_the_result_alone, 0,
	                    (int)(sizeof(refused) / sizeof(refused[0])));
	suite_add_tcase(suite, parse);
	tcase_add_loop_test(sockets, a_bound_socket_tells_its_address, 0, 2);
	tcase_add_loop_test(sockets, unix_sockets_of_every_type_are_found, 0, 6);
	suite_add_tcase(suite, sockets);
	return suite;
}
