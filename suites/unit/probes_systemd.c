/* What systemd would log of a pid file: every branch of its rules, in the words of release 252 and of later. */
#include "probes_build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probes/systemd.h"

static struct ev_look *look(void)
{
	return &world.evidence.pidfile.settled;
}

#define assert_said(release, expected_level, expected)                                                                 \
	do {                                                                                                           \
		char text_[SYSTEMD_TEXT_MAX];                                                                          \
		enum systemd_level level_ = systemd_pidfile(&world.evidence, look(), release, text_);                  \
		ck_assert_str_eq(text_, expected);                                                                     \
		ck_assert_int_eq(level_, expected_level);                                                              \
	} while (0)

#define assert_old(level, text) assert_said(SYSTEMD_252, level, text)
#define assert_new(level, text) assert_said(SYSTEMD_DEVELOPMENT, level, text)

static void fails(int error_number)
{
	*look() = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = error_number};
}

/* The unit's control group is the one that the start was in. */
static void in_unit(void)
{
	world.evidence.start.cgroup = TEXT("/system.slice/exampled.service");
}

START_TEST(silent)
{
	in_unit();
	assert_old(SYSTEMD_SILENT, "");
	assert_new(SYSTEMD_SILENT, "");
	look()->state = EV_LOOK_NONE;
	assert_old(SYSTEMD_SILENT, "");
	set_pidfile(look(), "");
	world.evidence.pidfile.path = NULL;
	assert_old(SYSTEMD_SILENT, "");
}
END_TEST

START_TEST(not_opened)
{
	fails(ENOENT);
	assert_old(SYSTEMD_INFO, "Can't open PID file /run/exampled.pid (yet?) after start: No such file or directory");
	assert_new(SYSTEMD_INFO,
	           "Can't open PID file '/run/exampled.pid' (yet?) after start: No such file or directory");
	fails(ELOOP);
	assert_old(SYSTEMD_INFO,
	           "Can't open PID file /run/exampled.pid (yet?) after start: Too many levels of symbolic links");
	/* A link that leads nowhere. */
	fails(ENOENT);
	look()->file = file_of(S_IFLNK | 0777, 1, 9);
	assert_old(SYSTEMD_INFO, "Can't open PID file /run/exampled.pid (yet?) after start: No such file or directory");
}
END_TEST

/* What root could read, and what nobody knows. */
START_TEST(not_known)
{
	fails(EACCES);
	assert_old(SYSTEMD_SILENT, "");
	fails(EPERM);
	assert_new(SYSTEMD_SILENT, "");
	fails(EINVAL);
	look()->file = file_of(S_IFIFO | 0644, 1, 9);
	assert_old(SYSTEMD_SILENT, "");
	look()->file = file_of(S_IFLNK | 0777, 1, 9);
	assert_old(SYSTEMD_SILENT, "");
}
END_TEST

START_TEST(directory)
{
	fails(EINVAL);
	look()->file = file_of(S_IFDIR | 0755, 1, 9);
	assert_old(SYSTEMD_ERROR, "Can't convert PID files /run/exampled.pid O_PATH file descriptor to proper file "
	                          "descriptor: Is a directory");
	assert_new(SYSTEMD_ERROR, "Failed to read PID file '/run/exampled.pid': Is a directory");
}
END_TEST

START_TEST(not_parsed)
{
	static const struct {
		const char *content, *line, *error;
	} cases[] = {
	    {"", "", "Invalid argument"},
	    {"\n7\n", "", "Invalid argument"},
	    {"seven\n", "seven", "Invalid argument"},
	    {"7 \n", "7 ", "Invalid argument"},
	    {"-7\n", "-7", "Numerical result out of range"},
	    {"0\n", "0", "Numerical result out of range"},
	    {"2147483648\n", "2147483648", "Numerical result out of range"},
	    {"99999999999999999999\n", "99999999999999999999", "Numerical result out of range"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char old[SYSTEMD_TEXT_MAX], new[SYSTEMD_TEXT_MAX];

		set_pidfile(look(), cases[i].content);
		(void)snprintf(old, sizeof(old), "Failed to parse PID from file /run/exampled.pid: %s", cases[i].error);
		(void)snprintf(new, sizeof(new),
		               "Failed to create reference to PID %s from file '/run/exampled.pid': %s", cases[i].line,
		               cases[i].error);
		assert_old(SYSTEMD_INFO, old);
		assert_new(SYSTEMD_INFO, new);
	}
}
END_TEST

/* As parse_pid and read_one_line_file of release 252 took them in a comparison. */
START_TEST(numbers)
{
	static const struct {
		const char *content;
		uint64_t size;
		int pid; /* or the error */
	} cases[] = {
	    {"7\n", 2, 7},
	    {"7", 1, 7},
	    {"7\r\n", 3, 7},
	    {" 7\n", 3, 7},
	    {"\t7\n", 3, 7},
	    {"\v7\n", 3, 7},
	    {"07\n", 3, 7},
	    {"010\n", 4, 8},
	    {"0x10\n", 5, 16},
	    {"0b101\n", 6, 5},
	    {"0o17\n", 5, 15},
	    {"0B11", 4, 3},
	    {"0O11", 4, 9},
	    {"+7\n", 3, 7},
	    {"7\n/var\n", 7, 7},
	    {"7\0\n", 3, 7},
	    {"0b+1\n", 5, 1},
	    {"2147483647", 10, 2147483647},
	    {"08\n", 3, -EINVAL},
	    {"0b\n", 3, -EINVAL},
	    {"0o\n", 3, -EINVAL},
	    {"0x\n", 3, -EINVAL},
	    {"--7\n", 4, -EINVAL},
	    {"7a\n", 3, -EINVAL},
	    {"\0007\n", 3, -EINVAL},
	    {"\r7\n", 3, -EINVAL},
	    {"0b2\n", 4, -EINVAL},
	    {"0b 5\n", 5, -EINVAL},
	    {"  \n", 3, -EINVAL},
	    {"7\t\n", 3, -EINVAL},
	    {"0b0x1\n", 6, -EINVAL},
	    {"-0\n", 3, -ERANGE},
	    {"0b-1\n", 5, -ERANGE},
	    {"-0x5\n", 5, -ERANGE},
	    {"4294967296\n", 11, -ERANGE},
	    {NULL, 7, -EINVAL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int pid = 0, status = systemd_parse_pid(cases[i].content, cases[i].size, &pid);

		ck_assert_msg((status < 0 ? status : pid) == cases[i].pid, "case %zu: %d, %d", i, status, pid);
	}
}
END_TEST

START_TEST(long_line)
{
	static char digits[4096];

	memset(digits, '7', sizeof(digits));
	*look() = (struct ev_look){.state = EV_LOOK_READ, .content = digits, .size = sizeof(digits)};
	assert_old(SYSTEMD_INFO, "Failed to parse PID from file /run/exampled.pid: Numerical result out of range");
	assert_new(SYSTEMD_ERROR, "Failed to read PID file '/run/exampled.pid': No buffer space available");
}
END_TEST

START_TEST(manager)
{
	set_pidfile(look(), "1\n");
	assert_old(SYSTEMD_INFO, "New main PID 1 is the manager, refusing.");
	assert_new(SYSTEMD_INFO, "New main PID 1 is the manager, refusing.");
	world.evidence.start.reaper = 300;
	set_pidfile(look(), "300\n");
	assert_old(SYSTEMD_INFO, "New main PID 300 is the manager, refusing.");
}
END_TEST

START_TEST(control)
{
	world.evidence.launch.outcome = EV_STAYED;
	world.evidence.launch.pid = MASTER;
	assert_old(SYSTEMD_INFO, "New main PID 7 is the control process, refusing.");
	assert_new(SYSTEMD_INFO, "New main PID 7 is the control process, refusing.");
	/* Once it has ended it is nobody. */
	world.evidence.launch.outcome = EV_RETURNED;
	world.evidence.launch.pid = LAUNCHER;
	set_pidfile(look(), "3\n");
	assert_old(SYSTEMD_INFO, "New main PID 3 does not exist or is a zombie.");
}
END_TEST

START_TEST(nobody)
{
	set_pidfile(look(), "12\n");
	assert_old(SYSTEMD_INFO, "New main PID 12 does not exist or is a zombie.");
	assert_new(SYSTEMD_INFO, "Failed to create reference to PID 12 from file '/run/exampled.pid': No such process");
	set_pidfile(look(), "9\n");
	make_zombie(worker());
	assert_old(SYSTEMD_INFO, "New main PID 9 does not exist or is a zombie.");
	assert_new(SYSTEMD_INFO, "New main PID 9 does not exist or is a zombie.");
}
END_TEST

START_TEST(stranger)
{
	set_pidfile(look(), "2\n");
	assert_old(SYSTEMD_DEBUG,
	           "New main PID 2 does not belong to service, but we'll accept it since PID file is owned by root.");
	assert_new(SYSTEMD_DEBUG, "New main PID 2 does not belong to service, accepting anyway since PID file is owned "
	                          "by 0.");
	look()->file.uid = 33;
	assert_old(SYSTEMD_ERROR,
	           "New main PID 2 does not belong to service, and PID file is not owned by root. Refusing.");
	assert_new(SYSTEMD_ERROR,
	           "New main PID 2 from PID file does not belong to service, and PID file is owned by 33 "
	           "(must be owned by 0). Refusing.");
	world.evidence.start.stranger = 12;
	set_pidfile(look(), "12\n");
	look()->file.uid = 33;
	assert_old(SYSTEMD_ERROR,
	           "New main PID 12 does not belong to service, and PID file is not owned by root. Refusing.");
}
END_TEST

/* A process of the daemon that has left the control group that it was started in is a stranger, too. */
START_TEST(left_the_group)
{
	look()->file.uid = 33;
	world.evidence.pidfile.directory_file.uid = 0;
	in_unit();
	assert_old(SYSTEMD_SILENT, "");
	master()->cgroup = TEXT("/system.slice/exampled.service/workers");
	assert_old(SYSTEMD_SILENT, "");
	master()->cgroup = TEXT("/system.slice/exampled.service2");
	assert_old(SYSTEMD_ERROR,
	           "New main PID 7 does not belong to service, and PID file is not owned by root. Refusing.");
	master()->cgroup = NULL;
	assert_old(SYSTEMD_SILENT, "");
	master()->cgroup = TEXT("/");
	world.evidence.start.cgroup = NULL;
	assert_old(SYSTEMD_SILENT, "");
}
END_TEST

START_TEST(unsafe_chain)
{
	struct ev_file *parent = &world.evidence.pidfile.directory_file;
	const char *debug = "Potentially unsafe symlink chain, will now retry with relaxed checks: /run/exampled.pid";
	const char *refused =
	    "Refusing to accept PID outside of service control group, acquired through unsafe symlink "
	    "chain: /run/exampled.pid";

	in_unit();
	parent->uid = 33;
	assert_old(SYSTEMD_DEBUG, debug);
	assert_new(SYSTEMD_DEBUG, debug);
	look()->file.uid = 33;
	assert_old(SYSTEMD_SILENT, "");
	look()->file.uid = 34;
	set_pidfile(look(), "2\n");
	assert_old(SYSTEMD_ERROR, refused);
	assert_new(SYSTEMD_ERROR, refused);
	/* A user's link in root's directory. */
	parent->uid = 0;
	look()->file = file_of(S_IFLNK | 0777, 1, 9);
	look()->file.uid = 33;
	assert_old(SYSTEMD_ERROR, refused);
	/* Root's link: whose the file is, is not known. */
	look()->file.uid = 0;
	assert_old(SYSTEMD_SILENT, "");
}
END_TEST

START_TEST(hostile)
{
	static char path[5000];
	char text[SYSTEMD_TEXT_MAX];

	memset(path, '/', sizeof(path) - 1);
	world.evidence.pidfile.path = path;
	fails(-1);
	ck_assert_int_eq(systemd_pidfile(&world.evidence, look(), SYSTEMD_252, text), SYSTEMD_INFO);
	ck_assert_uint_lt(strlen(text), SYSTEMD_TEXT_MAX);
	look()->state = EV_LOOK_READ;
	look()->size = UINT64_MAX;
	ck_assert_int_eq(systemd_pidfile(&world.evidence, look(), SYSTEMD_252, text), SYSTEMD_INFO);
}
END_TEST

Suite *probes_systemd_suite(void)
{
	const TTest *tests[] = {silent,  not_opened, not_known, directory, not_parsed, numbers,        long_line,
	                        manager, control,    nobody,    stranger,  hostile,    left_the_group, unsafe_chain};

	return world_suite("probes: systemd", tests, sizeof(tests) / sizeof(tests[0]));
}
