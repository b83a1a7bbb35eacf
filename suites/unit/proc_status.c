/* status: its lines, in any order, each once, whatever stands around them. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/status.h"

Suite *proc_status_suite(void);

#define HEAD "Name:\tcat\nUmask:\t0027\nState:\tR (running)\n"
#define IDS                                                                                                            \
	"Tgid:\t25056\nNgid:\t0\nPid:\t25057\nPPid:\t25040\nTracerPid:\t0\nUid:\t1\t2\t3\t4\n"                         \
	"Gid:\t5\t6\t7\t4294967295\nFDSize:\t256\n"
#define GROUPS  "Groups:\t4 24 4294967295 \n"
#define SPACES  "NStgid:\t25056\t3\nNSpid:\t25057\t12\t3\nNSpgid:\t25040\t0\nThreads:\t2\n"
#define SIGNALS "SigQ:\t0/96343\nSigPnd:\t0000000000000001\nShdPnd:\t0000000000000002\nSigBlk:\t8000000000000004\n"
#define MORE    "SigIgn:\t0000000000001000\nSigCgt:\t0000000180004002\n"
#define CAPS                                                                                                           \
	"CapInh:\t0000000000000001\nCapPrm:\t000001fffeffffff\nCapEff:\t0000000000000002\nCapBnd:\t0000000000000003\n"
#define NEW   "CapAmb:\t0000000000000004\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t9\nCpus_allowed:\t3\n"
#define WHOLE HEAD IDS GROUPS SPACES SIGNALS MORE CAPS NEW

/* A copy of just this size, so that a sanitizer sees a read past the end. */
static char *exact(const char *text, size_t length)
{
	char *copy = malloc(length ? length : 1);

	memcpy(copy, text, length);
	return copy;
}

static int parse(const char *text, uint32_t *groups, size_t room, struct proc_status *status)
{
	char *copy = exact(text, strlen(text));
	int result = proc_parse_status(copy, strlen(text), groups, room, status);

	free(copy);
	return result;
}

START_TEST(test_fields)
{
	uint32_t groups[4] = {9, 9, 9, 9};
	struct proc_status status;

	ck_assert_int_eq(parse(WHOLE, groups, 4, &status), 0);
	ck_assert(status.umask_known);
	ck_assert_uint_eq(status.umask, 027);
	ck_assert_int_eq(status.tgid, 25056);
	ck_assert_int_eq(status.pid, 25057);
	ck_assert_int_eq(status.inner_pid, 3);
	ck_assert_int_eq(status.threads, 2);
	ck_assert_uint_eq(status.uid.real, 1);
	ck_assert_uint_eq(status.uid.effective, 2);
	ck_assert_uint_eq(status.uid.saved, 3);
	ck_assert_uint_eq(status.uid.filesystem, 4);
	ck_assert_uint_eq(status.gid.real, 5);
	ck_assert_uint_eq(status.gid.filesystem, UINT32_MAX);
	ck_assert_uint_eq(status.n_groups, 3);
	ck_assert_uint_eq(groups[0], 4);
	ck_assert_uint_eq(groups[1], 24);
	ck_assert_uint_eq(groups[2], UINT32_MAX);
	ck_assert_uint_eq(groups[3], 9);
	ck_assert_uint_eq(status.pending, 1);
	ck_assert_uint_eq(status.shared_pending, 2);
	ck_assert_uint_eq(status.blocked, UINT64_C(0x8000000000000004));
	ck_assert_uint_eq(status.ignored, 0x1000);
	ck_assert_uint_eq(status.caught, 0x180004002);
	ck_assert_uint_eq(status.cap_inheritable, 1);
	ck_assert_uint_eq(status.cap_permitted, 0x1fffeffffff);
	ck_assert_uint_eq(status.cap_effective, 2);
	ck_assert_uint_eq(status.cap_bounding, 3);
	ck_assert_uint_eq(status.cap_ambient, 4);
	ck_assert(status.no_new_privileges);
	ck_assert_int_eq(status.seccomp, 2);
}
END_TEST

START_TEST(test_what_may_be_missing)
{
	static const char zombie[] = "Name:\tz\nState:\tZ (zombie)\n" IDS "Groups:\t \nThreads:\t1\n" SIGNALS MORE CAPS;
	struct proc_status status;

	ck_assert_int_eq(parse(zombie, NULL, 0, &status), 0);
	ck_assert(!status.umask_known);
	ck_assert_int_eq(status.inner_pid, 0);
	ck_assert_uint_eq(status.n_groups, 0);
	ck_assert_uint_eq(status.cap_ambient, 0);
	ck_assert(!status.no_new_privileges);
	ck_assert_int_eq(status.seccomp, 0);
}
END_TEST

START_TEST(test_groups_beyond_the_room)
{
	uint32_t groups[2] = {9, 9};
	struct proc_status status;

	ck_assert_int_eq(parse(WHOLE, groups, 1, &status), 0);
	ck_assert_uint_eq(status.n_groups, 3);
	ck_assert_uint_eq(groups[0], 4);
	ck_assert_uint_eq(groups[1], 9);
	ck_assert_int_eq(parse(WHOLE, NULL, 0, &status), 0);
	ck_assert_uint_eq(status.n_groups, 3);
}
END_TEST

START_TEST(test_other_order_and_decoys)
{
	/* A key counts at the start of a line alone, and whole. */
	static const char text[] =
	    "Name:\tUid:\t0\t0\t0\t0\nXUid:\t9\t9\t9\t9\n Uid:\t9\t9\t9\t9\nUids:\t8\nUid: 8\n" NEW CAPS MORE SIGNALS
	        SPACES GROUPS IDS "Umask:\t0022\n";
	struct proc_status status;

	ck_assert_int_eq(parse(text, NULL, 0, &status), 0);
	ck_assert_uint_eq(status.uid.real, 1);
	ck_assert_uint_eq(status.umask, 022);
	ck_assert_int_eq(status.seccomp, 2);
}
END_TEST

static const char *const refused[] = {
    "",
    "\n",
    HEAD,
    WHOLE "Uid:\t0\t0\t0\t0\n",
    WHOLE "Umask:\t0000\n",
    WHOLE "a line that is cut",
    HEAD GROUPS SPACES SIGNALS MORE CAPS NEW,
    HEAD IDS GROUPS SPACES MORE CAPS NEW,
    HEAD IDS GROUPS SPACES SIGNALS CAPS NEW,
    HEAD IDS GROUPS SPACES SIGNALS MORE NEW,
    HEAD IDS SPACES SIGNALS MORE CAPS NEW,
    "Umask:\t0099\n" IDS GROUPS SPACES SIGNALS MORE CAPS,
    "Umask:\t17777\n" IDS GROUPS SPACES SIGNALS MORE CAPS,
    HEAD IDS "Groups:\t4 24x\n" SPACES SIGNALS MORE CAPS,
    HEAD IDS "Groups:\t4 4294967296\n" SPACES SIGNALS MORE CAPS,
    HEAD IDS "Groups:\t4 -1\n" SPACES SIGNALS MORE CAPS,
    HEAD IDS GROUPS "NSpid:\t1\t\nThreads:\t1\n" SIGNALS MORE CAPS,
    HEAD IDS GROUPS "Threads:\t-1\n" SIGNALS MORE CAPS,
    HEAD IDS GROUPS "Threads:\t1 2\n" SIGNALS MORE CAPS,
    HEAD IDS GROUPS SPACES SIGNALS "SigIgn:\t10000000000000000\nSigCgt:\t0\n" CAPS,
    HEAD IDS GROUPS SPACES SIGNALS "SigIgn:\t0x1\nSigCgt:\t0\n" CAPS,
    HEAD IDS GROUPS SPACES SIGNALS MORE CAPS "NoNewPrivs:\t2\n",
};
enum { N_REFUSED = sizeof(refused) / sizeof(refused[0]) };

START_TEST(test_refused)
{
	uint32_t groups[1] = {9};
	struct proc_status status, before;

	memset(&status, 0x5a, sizeof(status));
	before = status;
	ck_assert_int_eq(parse(refused[_i], groups, 1, &status), -EINVAL);
	ck_assert_mem_eq(&status, &before, sizeof(status));
	ck_assert_uint_eq(groups[0], 9);
}
END_TEST

/* A cut is refused, unless it falls between lines after all that is needed. */
START_TEST(test_cut)
{
	static const char text[] = WHOLE;
	size_t needed = sizeof(text) - sizeof(NEW);
	struct proc_status status;

	for (size_t length = 0; length < sizeof(text) - 1; length++) {
		bool whole = length >= needed && text[length - 1] == '\n';

		ck_assert_int_eq(proc_parse_status(text, length, NULL, 0, &status), whole ? 0 : -EINVAL);
	}
}
END_TEST

Suite *proc_status_suite(void)
{
	Suite *suite = suite_create("proc/status");
	TCase *tcase = tcase_create("parser");

	tcase_add_test(tcase, test_fields);
	tcase_add_test(tcase, test_what_may_be_missing);
	tcase_add_test(tcase, test_groups_beyond_the_room);
	tcase_add_test(tcase, test_other_order_and_decoys);
	tcase_add_loop_test(tcase, test_refused, 0, N_REFUSED);
	tcase_add_test(tcase, test_cut);
	suite_add_tcase(suite, tcase);
	return suite;
}
