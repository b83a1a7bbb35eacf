/* fdinfo, limits, cgroup and the lists of strings. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "proc/cgroup.h"
#include "proc/fdinfo.h"
#include "proc/limits.h"
#include "proc/strings.h"

Suite *proc_text_suite(void);

/* A copy of just this size, so that a sanitizer sees a read past the end. */
static char *exact(const char *text, size_t length)
{
	char *copy = malloc(length ? length : 1);

	memcpy(copy, text, length);
	return copy;
}

static int parse_fdinfo(const char *text, struct proc_fdinfo *info)
{
	char *copy = exact(text, strlen(text));
	int status = proc_parse_fdinfo(copy, strlen(text), info);

	free(copy);
	return status;
}

START_TEST(test_fdinfo)
{
	struct proc_fdinfo info;

	ck_assert_int_eq(
	    parse_fdinfo("pos:\t-9223372036854775808\nflags:\t012100000\nmnt_id:\t24\nino:\t18446744073709551615\n",
	                 &info),
	    0);
	ck_assert_int_eq(info.pos, INT64_MIN);
	ck_assert_uint_eq(info.flags, 012100000);
	ck_assert_int_eq(info.mount, 24);
	ck_assert_uint_eq(info.inode, UINT64_MAX);
	ck_assert(!info.locked);
	ck_assert_int_eq(parse_fdinfo("pos:\t0\nflags:\t02\nmnt_id:\t24\nino:\t3\n"
	                              "lock:\t1: FLOCK  ADVISORY  WRITE 7 00:1a:5 0 EOF\n",
	                              &info),
	                 0);
	ck_assert(info.locked);
	/* Linux before 3.15, and before 5.14 */
	ck_assert_int_eq(parse_fdinfo("pos:\t0\nflags:\t02\n", &info), 0);
	ck_assert_int_eq(info.mount, 0);
	ck_assert_int_eq(parse_fdinfo("pos:\t0\nflags:\t02\nmnt_id:\t9\nlock:\t1: POSIX", &info), 0);
	ck_assert_uint_eq(info.inode, 0);
	ck_assert(info.locked);
}
END_TEST

START_TEST(test_fdinfo_of_drivers)
{
	/* What a driver adds cannot pass for the kernel's own lines. */
	static const char text[] =
	    "pos:\t0\nflags:\t02\nmnt_id:\t9\nino:\t5\nname:\tx\nlock:\t1: FLOCK\nflags:\t0\nino:\t7\n";
	struct proc_fdinfo info;

	ck_assert_int_eq(parse_fdinfo(text, &info), 0);
	ck_assert(!info.locked);
	ck_assert_uint_eq(info.flags, 2);
	ck_assert_uint_eq(info.inode, 5);
}
END_TEST

START_TEST(test_fdinfo_refused)
{
	static const char *const bad[] = {
	    "",
	    "pos:\t0\n",
	    "pos:\t0\nflags:\t02",
	    "flags:\t02\npos:\t0\n",
	    "pos:\t0x\nflags:\t02\n",
	    "pos:\t0\nflags:\t08\n",
	    "pos:\t0\nflags:\t0777777777777\n",
	    "pos:\t0\nflags:\t02\nmnt_id:\tx\n",
	    "pos:\t0\nflags:\t02\nmnt_id:\t1",
	    "pos:\t0\nflags:\t02\nmnt_id:\t1\nino:\t-1\n",
	};
	struct proc_fdinfo info = {.flags = 77};

	ck_assert_int_eq(parse_fdinfo(bad[_i], &info), -EINVAL);
	ck_assert_uint_eq(info.flags, 77);
}
END_TEST

#define LIMITS_HEAD "Limit                     Soft Limit           Hard Limit           Units     \n"
#define LIMITS_REST                                                                                                    \
	"Max file size             unlimited            unlimited            bytes     \n"                             \
	"Max data size             unlimited            unlimited            bytes     \n"                             \
	"Max stack size            8388608              unlimited            bytes     \n"                             \
	"Max core file size        0                    unlimited            bytes     \n"                             \
	"Max resident set          unlimited            unlimited            bytes     \n"                             \
	"Max processes             96343                96344                processes \n"                             \
	"Max open files            20000                1048576              files     \n"                             \
	"Max locked memory         8388608              8388608              bytes     \n"                             \
	"Max address space         unlimited            unlimited            bytes     \n"                             \
	"Max file locks            unlimited            unlimited            locks     \n"                             \
	"Max pending signals       96343                96343                signals   \n"                             \
	"Max msgqueue size         819200               819200               bytes     \n"                             \
	"Max nice priority         0                    0                    \n"                                       \
	"Max realtime priority     7                    8                    \n"                                       \
	"Max realtime timeout      unlimited            18446744073709551614 us        \n"
#define LIMITS_CPU "Max cpu time              1                    unlimited            seconds   \n"

static int parse_limits(const char *text, struct proc_limits *limits)
{
	char *copy = exact(text, strlen(text));
	int status = proc_parse_limits(copy, strlen(text), limits);

	free(copy);
	return status;
}

START_TEST(test_limits)
{
	/* Another order, and a limit of the future. */
	static const char *const texts[] = {LIMITS_HEAD LIMITS_CPU LIMITS_REST,
	                                    LIMITS_HEAD "Max thoughts  1  2  thoughts\n" LIMITS_REST LIMITS_CPU};
	struct proc_limits limits;

	ck_assert_int_eq(parse_limits(texts[_i], &limits), 0);
	ck_assert_uint_eq(limits.soft[RLIMIT_CPU], 1);
	ck_assert_uint_eq(limits.hard[RLIMIT_CPU], UINT64_MAX);
	ck_assert_uint_eq(limits.soft[RLIMIT_STACK], 8388608);
	ck_assert_uint_eq(limits.soft[RLIMIT_NPROC], 96343);
	ck_assert_uint_eq(limits.hard[RLIMIT_NPROC], 96344);
	ck_assert_uint_eq(limits.soft[RLIMIT_NOFILE], 20000);
	ck_assert_uint_eq(limits.hard[RLIMIT_NOFILE], 1048576);
	ck_assert_uint_eq(limits.soft[RLIMIT_RTPRIO], 7);
	ck_assert_uint_eq(limits.hard[RLIMIT_RTPRIO], 8);
	ck_assert_uint_eq(limits.hard[RLIMIT_RTTIME], UINT64_MAX - 1);
}
END_TEST

START_TEST(test_limits_refused)
{
	static const char *const bad[] = {
	    "",
	    LIMITS_HEAD,
	    LIMITS_CPU LIMITS_REST,
	    LIMITS_HEAD LIMITS_REST,
	    LIMITS_HEAD LIMITS_CPU LIMITS_CPU LIMITS_REST,
	    LIMITS_HEAD LIMITS_REST "Max cpu time              1  \n",
	    LIMITS_HEAD LIMITS_REST "Max cpu time              -1  2  s\n",
	    LIMITS_HEAD LIMITS_REST "Max cpu time              1  2s\n",
	    LIMITS_HEAD LIMITS_REST "Max cpu time              1  2  s",
	    LIMITS_HEAD LIMITS_REST "Max cpu time              1  18446744073709551616  s\n",
	};
	struct proc_limits limits = {.soft = {77}};

	ck_assert_int_eq(parse_limits(bad[_i], &limits), -EINVAL);
	ck_assert_uint_eq(limits.soft[0], 77);
}
END_TEST

START_TEST(test_cgroup)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
	    {"0::/\n", "/"},
	    {"0::/user.slice/a:b (deleted)\n", "/user.slice/a:b (deleted)"},
	    {"9:name=systemd:/x\n4:memory:/m\n0::/../y\n", "/../y"},
	    {"9:cpu,cpuacct:/c\n1:name=systemd:/x:y\n", "1:name=systemd:/x:y"},
	    {"12:0::/z\n0::/y\n", NULL},
	    {"0::/y\n0::/z\n", "/y"},
	    {"4::/z\n0::/y\n", "/y"},
	    {"0:cpu:/z\n0::/y\n", "/y"},
	};
	const char *name = NULL, *text = cases[_i].text;
	size_t length = 77;
	int status = proc_parse_cgroup(text, strlen(text), &name, &length);

	if (!cases[_i].name) {
		ck_assert_int_eq(status, -EINVAL);
		ck_assert_uint_eq(length, 77);
		return;
	}
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(length, strlen(cases[_i].name));
	ck_assert_mem_eq(name, cases[_i].name, length);
}
END_TEST

START_TEST(test_cgroup_refused)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
	    {"", -ENODATA},     {"3:cpu:/\n", -ENODATA}, {"0::/", -EINVAL},  {"0:/\n", -EINVAL},
	    {"::/\n", -EINVAL}, {"0::x\n", -EINVAL},     {"0::\n", -EINVAL}, {"0::/\nx\n", -EINVAL},
	    {"\n", -EINVAL},    {"-1::/\n", -EINVAL},
	};
	const char *name = NULL;
	size_t length;

	ck_assert_int_eq(proc_parse_cgroup(cases[_i].text, strlen(cases[_i].text), &name, &length), cases[_i].status);
	ck_assert_ptr_null(name);
}
END_TEST

static void assert_strings(const char *text, size_t size, size_t maximum, const char *const *expected, bool cut)
{
	char *copy = exact(text, size), **strings;
	bool was_cut = !cut;
	size_t i = 0;

	ck_assert_int_eq(proc_parse_strings(copy, size, maximum, &strings, &was_cut), 0);
	for (; expected[i]; i++)
		ck_assert_str_eq(strings[i], expected[i]);
	ck_assert_ptr_null(strings[i]);
	ck_assert_int_eq(was_cut, cut);
	proc_strings_free(strings);
	free(copy);
}

START_TEST(test_strings)
{
	assert_strings("", 0, 9, (const char *[]){NULL}, false);
	assert_strings("", 1, 9, (const char *[]){"", NULL}, false);
	assert_strings("a\0bc", 5, 9, (const char *[]){"a", "bc", NULL}, false);
	assert_strings("a\0bc", 4, 9, (const char *[]){"a", "bc", NULL}, false);
	assert_strings("a\0\0\0b", 6, 9, (const char *[]){"a", "", "", "b", NULL}, false);
	assert_strings("a\0b\0c", 6, 2, (const char *[]){"a", "b", NULL}, true);
	assert_strings("a\0b\0c", 6, 3, (const char *[]){"a", "b", "c", NULL}, false);
	assert_strings("a", 1, 0, (const char *[]){NULL}, true);
	proc_strings_free(NULL);
}
END_TEST

START_TEST(test_many_strings)
{
	static char text[20000];
	char **strings;
	size_t count = 0;

	ck_assert_int_eq(proc_parse_strings(text, sizeof(text), 65536, &strings, NULL), 0);
	while (strings[count])
		count++;
	ck_assert_uint_eq(count, sizeof(text));
	proc_strings_free(strings);
}
END_TEST

Suite *proc_text_suite(void)
{
	Suite *suite = suite_create("proc/text");
	TCase *tcase = tcase_create("parsers");

	tcase_add_test(tcase, test_fdinfo);
	tcase_add_test(tcase, test_fdinfo_of_drivers);
	tcase_add_loop_test(tcase, test_fdinfo_refused, 0, 10);
	tcase_add_loop_test(tcase, test_limits, 0, 2);
	tcase_add_loop_test(tcase, test_limits_refused, 0, 10);
	tcase_add_loop_test(tcase, test_cgroup, 0, 8);
	tcase_add_loop_test(tcase, test_cgroup_refused, 0, 10);
	tcase_add_test(tcase, test_strings);
	tcase_add_test(tcase, test_many_strings);
	suite_add_tcase(suite, tcase);
	return suite;
}
