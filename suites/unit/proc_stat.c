/* stat, schedstat and syscall: what the kernel writes, what a process may smuggle in, and what is cut. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "proc/stat.h"

Suite *proc_stat_suite(void);

#define TAIL                                                                                                           \
	" 4194304 99 0 0 0 3 4 0 0 20 -5 7 0 235754 3133440 390 18446744073709551615 94845543776256 94845543796137 "   \
	"140720882083584 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 94845543812144 94845543813760 94846367510528 "               \
	"140720882088373 140720882088433 140720882088433 140720882089963 0\n"
#define NUMBERS    " 25040 25041 22597 34817 -1"
#define STAT(comm) "25055 (" comm ") S" NUMBERS TAIL

/* A copy of just this size, so that a sanitizer sees a read past the end. */
static char *exact(const char *text, size_t length)
{
	char *copy = malloc(length ? length : 1);

	memcpy(copy, text, length);
	return copy;
}

static int parse_stat(const char *text, struct proc_stat *stat)
{
	char *copy = exact(text, strlen(text));
	int status = proc_parse_stat(copy, strlen(text), stat);

	free(copy);
	return status;
}

START_TEST(test_stat_fields)
{
	struct proc_stat stat;

	ck_assert_int_eq(parse_stat(STAT("cat"), &stat), 0);
	ck_assert_int_eq(stat.pid, 25055);
	ck_assert_str_eq(stat.comm, "cat");
	ck_assert_int_eq(stat.state, 'S');
	ck_assert_int_eq(stat.ppid, 25040);
	ck_assert_int_eq(stat.pgrp, 25041);
	ck_assert_int_eq(stat.session, 22597);
	ck_assert_int_eq(stat.tty_nr, 34817);
	ck_assert_int_eq(stat.tpgid, -1);
	ck_assert_uint_eq(stat.flags, 4194304);
	ck_assert_int_eq(stat.nice, -5);
	ck_assert_int_eq(stat.num_threads, 7);
	ck_assert_uint_eq(stat.starttime, 235754);
	ck_assert_uint_eq(stat.rss_pages, 390);
	ck_assert_int_eq(stat.processor, 1);
}
END_TEST

START_TEST(test_stat_odd_names)
{
	static const struct {
		const char *text, *comm;
	} cases[] = {
	    {STAT(") R 1 ("), ") R 1 ("},
	    {STAT(") R 1 1 1 0 -1"), ") R 1 1 1 0 -1"},
	    {STAT("a\nb) Z"), "a\nb) Z"},
	    {STAT(""), ""},
	    {STAT("((("), "((("},
	    {STAT(")))"), ")))"},
	    {STAT("\xff\x80\x1b[31m"), "\xff\x80\x1b[31m"},
	    {STAT("kworker/u256:0-events_unbound_and_a_long_name_of_63_bytes_in_al"),
	     "kworker/u256:0-events_unbound_and_a_long_name_of_63_bytes_in_al"},
	};
	struct proc_stat stat;

	ck_assert_int_eq(parse_stat(cases[_i].text, &stat), 0);
	ck_assert_str_eq(stat.comm, cases[_i].comm);
	ck_assert_int_eq(stat.state, 'S');
	ck_assert_int_eq(stat.ppid, 25040);
}
END_TEST

START_TEST(test_stat_refused)
{
	static const char *const cases[] = {
	    "",
	    "\n",
	    "1",
	    "1 (a",
	    "1 (a)",
	    "1 (a) ",
	    "1 (a) S\n",
	    "1 (a) S 0 1 1 0 -1\n",
	    "x (a) S" NUMBERS TAIL,
	    "1  (a) S" NUMBERS TAIL,
	    "1 (a)  S" NUMBERS TAIL,
	    "1 (a) 7" NUMBERS TAIL,
	    "1 (a) SS" NUMBERS TAIL,
	    "1 (a) S 1 1 1 0 99999999999" TAIL,
	    "1 (a) S 1 1 1 0 --1" TAIL,
	    "1 (a) S 1 1 1 0 +1" TAIL,
	    "1 (a) S 1 1 1 0  1" TAIL,
	    "99999999999 (a) S" NUMBERS TAIL,
	    STAT("a") "\n",
	    STAT("a") "2 (b) S",
	    STAT("a name of 64 bytes is longer than any that the kernel can print!"),
	};
	struct proc_stat stat, before;

	memset(&stat, 0x5a, sizeof(stat));
	before = stat;
	ck_assert_int_eq(parse_stat(cases[_i], &stat), -EINVAL);
	ck_assert_mem_eq(&stat, &before, sizeof(stat));
}
END_TEST

/* Every cut of a good text is refused. */
START_TEST(test_stat_cut)
{
	static const char text[] = STAT(") x");
	struct proc_stat stat;

	for (size_t length = 0; length < sizeof(text) - 1; length++)
		ck_assert_int_eq(proc_parse_stat(text, length, &stat), -EINVAL);
	ck_assert_int_eq(proc_parse_stat(text, sizeof(text) - 1, &stat), 0);
	ck_assert_int_eq(proc_parse_stat(NULL, 0, &stat), -EINVAL);
	ck_assert_int_eq(proc_parse_stat("1 (a\0b) S" NUMBERS TAIL, sizeof("1 (a\0b) S" NUMBERS TAIL) - 1, &stat),
	                 -EINVAL);
}
END_TEST

START_TEST(test_tty_numbers)
{
	/* The C library's own coding of device numbers is the same one with wider parts. */
	static const unsigned int minors[] = {0, 1, 255, 256, 257, 1048575};

	ck_assert_uint_eq(proc_tty_major(34816), 136);
	ck_assert_uint_eq(proc_tty_minor(34816), 0);
	ck_assert_uint_eq(proc_tty_major(1025), 4);
	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++) {
		int tty = (int)(dev_t)makedev(136, minors[i]);

		ck_assert_uint_eq(proc_tty_major(tty), 136);
		ck_assert_uint_eq(proc_tty_minor(tty), minors[i]);
	}
}
END_TEST

START_TEST(test_schedstat)
{
	static const char text[] = "1172748 12 18446744073709551615\n";
	static const char *const bad[] = {"",         "1 2\n",     "1 2 3",    "1 2 3 4\n",
	                                  "1 2 -3\n", "1 2 3\n\n", "1 2  3\n", "1 2 18446744073709551616\n"};
	struct proc_schedstat stat = {7, 7, 7};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(proc_parse_schedstat(bad[i], strlen(bad[i]), &stat), -EINVAL);
	ck_assert_uint_eq(stat.run_ns, 7);
	ck_assert_int_eq(proc_parse_schedstat(text, sizeof(text) - 1, &stat), 0);
	ck_assert_uint_eq(stat.run_ns, 1172748);
	ck_assert_uint_eq(stat.wait_ns, 12);
	ck_assert_uint_eq(stat.timeslices, UINT64_MAX);
}
END_TEST

static int parse_call(const char *text, struct proc_syscall *call)
{
	return proc_parse_syscall(text, strlen(text), call);
}

START_TEST(test_syscall)
{
	struct proc_syscall call;

	ck_assert_int_eq(parse_call("running\n", &call), 0);
	ck_assert_int_eq(call.kind, PROC_SYSCALL_RUNNING);
	ck_assert_int_eq(call.nr, -1);
	ck_assert_int_eq(parse_call("-1 0x7ffc22306458 0x7f067d3862ad\n", &call), 0);
	ck_assert_int_eq(call.kind, PROC_SYSCALL_OUTSIDE);
	ck_assert_uint_eq(call.sp, 0x7ffc22306458);
	ck_assert_uint_eq(call.pc, 0x7f067d3862ad);
	ck_assert_int_eq(
	    parse_call("7 0x3 0x7f067d20c000 0xffffffffffffffff 0x22 0xffffffff 0x0 0x7ffc 0x7f06\n", &call), 0);
	ck_assert_int_eq(call.kind, PROC_SYSCALL_IN_CALL);
	ck_assert_int_eq(call.nr, 7);
	ck_assert_uint_eq(call.args[0], 3);
	ck_assert_uint_eq(call.args[1], 0x7f067d20c000);
	ck_assert_uint_eq(call.args[2], UINT64_MAX);
	ck_assert_uint_eq(call.args[5], 0);
	ck_assert_uint_eq(call.sp, 0x7ffc);
	ck_assert_uint_eq(call.pc, 0x7f06);
}
END_TEST

START_TEST(test_syscall_refused)
{
	static const char *const bad[] = {
	    "",
	    "running",
	    "running \n",
	    "-1 0x1\n",
	    "-1 0x1 0x2 0x3\n",
	    "-1 1 2\n",
	    "-1 0x 0x\n",
	    "0 0x1 0x2\n",
	    "0 0x1 0x2 0x3 0x4 0x5 0x6 0x7\n",
	    "0 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8 0x9\n",
	    "0 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x10000000000000000\n",
	    "99999999999 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8\n",
	};
	struct proc_syscall call = {.nr = 77};

	ck_assert_int_eq(parse_call(bad[_i], &call), -EINVAL);
	ck_assert_int_eq(call.nr, 77);
}
END_TEST

Suite *proc_stat_suite(void)
{
	Suite *suite = suite_create("proc/stat");
	TCase *tcase = tcase_create("parsers");

	tcase_add_test(tcase, test_stat_fields);
	tcase_add_loop_test(tcase, test_stat_odd_names, 0, 8);
	tcase_add_loop_test(tcase, test_stat_refused, 0, 21);
	tcase_add_test(tcase, test_stat_cut);
	tcase_add_test(tcase, test_tty_numbers);
	tcase_add_test(tcase, test_schedstat);
	tcase_add_test(tcase, test_syscall);
	tcase_add_loop_test(tcase, test_syscall_refused, 0, 12);
	suite_add_tcase(suite, tcase);
	return suite;
}
