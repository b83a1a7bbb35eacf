/* Live processes: what our parsers make of /proc against what libproc2 makes of it, field by field, and against what
 * the system calls say. The processes stand still while they are looked at: blocked, stopped or dead. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libproc2/pids.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/cgroup.h"
#include "proc/fdinfo.h"
#include "proc/limits.h"
#include "proc/stat.h"
#include "proc/status.h"
#include "proc/strings.h"

Suite *proc_live_suite(void);

enum { GROUPS_MAX = 64, TEXT_MAX = 65536 };

static int open_pid(pid_t pid)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static size_t read_text(pid_t pid, const char *name, char text[TEXT_MAX])
{
	CLEANUP_CLOSE int directory = open_pid(pid);
	bool cut = true;
	ssize_t length = io_read_at(directory, name, text, TEXT_MAX, &cut);

	ck_assert_int_ge(length, 0);
	ck_assert(!cut);
	return (size_t)length;
}

static struct proc_stat read_stat(pid_t pid)
{
	static char text[TEXT_MAX];
	struct proc_stat stat;

	ck_assert_int_eq(proc_parse_stat(text, read_text(pid, "stat", text), &stat), 0);
	return stat;
}

static struct proc_status read_status(pid_t pid, uint32_t groups[GROUPS_MAX])
{
	static char text[TEXT_MAX];
	struct proc_status status;

	ck_assert_int_eq(proc_parse_status(text, read_text(pid, "status", text), groups, GROUPS_MAX, &status), 0);
	return status;
}

enum item {
	PPID,
	PGRP,
	SESSION,
	TPGID,
	TTY,
	STATE,
	FLAGS,
	NICE,
	BEGAN,
	THREADS,
	RSS,
	PROCESSOR,
	COMM,
	TGID,
	RUID,
	EUID,
	SUID,
	FUID,
	RGID,
	EGID,
	SGID,
	FGID,
	GROUP_LIST,
	PENDING,
	SHARED,
	BLOCKED,
	IGNORED,
	CAUGHT,
};

static enum pids_item items[] = {
    [PPID] = PIDS_ID_PPID,
    [PGRP] = PIDS_ID_PGRP,
    [SESSION] = PIDS_ID_SESSION,
    [TPGID] = PIDS_ID_TPGID,
    [TTY] = PIDS_TTY,
    [STATE] = PIDS_STATE,
    [FLAGS] = PIDS_FLAGS,
    [NICE] = PIDS_NICE,
    [BEGAN] = PIDS_TICS_BEGAN,
    [THREADS] = PIDS_NLWP,
    [RSS] = PIDS_RSS,
    [PROCESSOR] = PIDS_PROCESSOR,
    [COMM] = PIDS_CMD,
    [TGID] = PIDS_ID_TGID,
    [RUID] = PIDS_ID_RUID,
    [EUID] = PIDS_ID_EUID,
    [SUID] = PIDS_ID_SUID,
    [FUID] = PIDS_ID_FUID,
    [RGID] = PIDS_ID_RGID,
    [EGID] = PIDS_ID_EGID,
    [SGID] = PIDS_ID_SGID,
    [FGID] = PIDS_ID_FGID,
    [GROUP_LIST] = PIDS_SUPGIDS,
    [PENDING] = PIDS_SIGPENDING,
    [SHARED] = PIDS_SIGNALS,
    [BLOCKED] = PIDS_SIGBLOCKED,
    [IGNORED] = PIDS_SIGIGNORE,
    [CAUGHT] = PIDS_SIGCATCH,
};

#define VALUE(item, type) (stack->head[item].result.type)

static void compare_stat(const struct proc_stat *stat, const struct pids_stack *stack, bool quiet)
{
	ck_assert_int_eq(stat->ppid, VALUE(PPID, s_int));
	ck_assert_int_eq(stat->pgrp, VALUE(PGRP, s_int));
	ck_assert_int_eq(stat->session, VALUE(SESSION, s_int));
	ck_assert_int_eq(stat->tpgid, VALUE(TPGID, s_int));
	ck_assert_int_eq(stat->tty_nr, VALUE(TTY, s_int));
	ck_assert_int_eq(stat->nice, VALUE(NICE, s_int));
	ck_assert_uint_eq(stat->starttime, VALUE(BEGAN, ull_int));
	if (!quiet)
		return; /* the rest may change while it is read */
	ck_assert_int_eq(stat->state, VALUE(STATE, s_ch));
	ck_assert_uint_eq(stat->flags, VALUE(FLAGS, ul_int));
	ck_assert_int_eq(stat->num_threads, VALUE(THREADS, s_int));
	ck_assert_uint_eq(stat->rss_pages, VALUE(RSS, ul_int));
	ck_assert_int_eq(stat->processor, VALUE(PROCESSOR, s_int));
}

static void compare_mask(uint64_t ours, const char *theirs)
{
	ck_assert_uint_eq(ours, strtoull(theirs, NULL, 16));
}

static void compare_groups(const uint32_t *groups, size_t count, const char *theirs)
{
	char text[GROUPS_MAX * 11 + 2] = "";

	ck_assert_uint_le(count, GROUPS_MAX);
	for (size_t i = 0; i < count; i++)
		(void)sprintf(text + strlen(text), i ? ",%u" : "%u", groups[i]);
	ck_assert_str_eq(text[0] ? text : "-", theirs);
}

static void compare_status(const struct proc_status *status, const uint32_t *groups, const struct pids_stack *stack)
{
	ck_assert_int_eq(status->tgid, VALUE(TGID, s_int));
	ck_assert_uint_eq(status->uid.real, VALUE(RUID, u_int));
	ck_assert_uint_eq(status->uid.effective, VALUE(EUID, u_int));
	ck_assert_uint_eq(status->uid.saved, VALUE(SUID, u_int));
	ck_assert_uint_eq(status->uid.filesystem, VALUE(FUID, u_int));
	ck_assert_uint_eq(status->gid.real, VALUE(RGID, u_int));
	ck_assert_uint_eq(status->gid.effective, VALUE(EGID, u_int));
	ck_assert_uint_eq(status->gid.saved, VALUE(SGID, u_int));
	ck_assert_uint_eq(status->gid.filesystem, VALUE(FGID, u_int));
	compare_groups(groups, status->n_groups, VALUE(GROUP_LIST, str));
	compare_mask(status->pending, VALUE(PENDING, str));
	compare_mask(status->shared_pending, VALUE(SHARED, str));
	compare_mask(status->blocked, VALUE(BLOCKED, str));
	compare_mask(status->ignored, VALUE(IGNORED, str));
	compare_mask(status->caught, VALUE(CAUGHT, str));
}

/* libproc2 and we read the same files one after the other. A process that is not QUIET may run meanwhile. */
static void compare(pid_t pid, bool quiet)
{
	struct pids_info *info = NULL;
	unsigned int wanted = (unsigned int)pid;
	uint32_t groups[GROUPS_MAX];
	struct proc_status status;
	struct pids_fetch *fetch;
	struct proc_stat stat;

	ck_assert_int_eq(procps_pids_new(&info, items, sizeof(items) / sizeof(items[0])), 0);
	fetch = procps_pids_select(info, &wanted, 1, PIDS_SELECT_PID);
	ck_assert_ptr_nonnull(fetch);
	ck_assert_int_eq(fetch->counts->total, 1);
	stat = read_stat(pid);
	status = read_status(pid, groups);
	ck_assert_int_eq(stat.pid, pid);
	ck_assert_int_eq(status.pid, pid);
	compare_stat(&stat, fetch->stacks[0], quiet);
	compare_status(&status, groups, fetch->stacks[0]);
	ck_assert_int_eq(procps_pids_unref(&info), 0);
}

START_TEST(test_self_and_init)
{
	compare(getpid(), false);
	compare(getppid(), false);
	compare(1, false);
}
END_TEST

/* A child that does what PREPARE says, tells that it is ready, and waits until it is killed. */
struct still {
	pid_t pid;
	int ready;
};

static struct still start(void (*prepare)(void))
{
	struct still still;
	int ready[2];
	char byte;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	still.pid = fork();
	ck_assert_int_ge(still.pid, 0);
	if (still.pid == 0) {
		prepare();
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	still.ready = ready[0];
	ck_assert_int_eq(read(still.ready, &byte, 1), 1);
	return still;
}

/* Waits for a state of the process that no event tells of: it has written, and now goes to sleep. */
static void await_state(pid_t pid, char state)
{
	while (read_stat(pid).state != state)
		(void)sched_yield();
}

static void end(struct still *still)
{
	(void)kill(still->pid, SIGKILL);
	ck_assert_int_eq(waitpid(still->pid, NULL, 0), still->pid);
	(void)close(still->ready);
}

static const char *const NAMES[] = {") R 1 (", "a\nUid:\t1\t1\t1\t1", "", "\\ \t\x01\xff", "((((((((((((((("};
static const char *chosen_name;

static void take_name(void)
{
	(void)prctl(PR_SET_NAME, chosen_name);
}

START_TEST(test_odd_names)
{
	struct still still;

	chosen_name = NAMES[_i];
	still = start(take_name);
	await_state(still.pid, 'S');
	compare(still.pid, true);
	ck_assert_str_eq(read_stat(still.pid).comm, chosen_name);
	end(&still);
}
END_TEST

static void ignore_signal(int number)
{
	(void)number;
}

static void dress_up(void)
{
	static const gid_t groups[] = {7, 70000, 3};
	sigset_t set;

	(void)setsid();
	(void)umask(0137);
	(void)nice(3);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTERM, ignore_signal);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGRTMAX);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)raise(SIGUSR1);
	(void)kill(getpid(), SIGRTMAX);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (geteuid() == 0) {
		(void)setgroups(3, groups);
		(void)setresgid(11, 12, 13);
		(void)setresuid(21, 22, 23);
	}
}

START_TEST(test_dressed_up)
{
	struct still still = start(dress_up);
	uint32_t groups[GROUPS_MAX];
	struct proc_status status;

	await_state(still.pid, 'S');
	compare(still.pid, true);
	status = read_status(still.pid, groups);
	ck_assert(status.umask_known);
	ck_assert_uint_eq(status.umask, 0137);
	ck_assert(status.no_new_privileges);
	ck_assert_uint_eq(status.blocked, UINT64_C(1) << (SIGUSR1 - 1) | UINT64_C(1) << (SIGRTMAX - 1));
	ck_assert_uint_eq(status.pending, UINT64_C(1) << (SIGUSR1 - 1));
	ck_assert_uint_eq(status.shared_pending, UINT64_C(1) << (SIGRTMAX - 1));
	ck_assert_uint_eq(status.ignored & 1, 1);
	ck_assert_uint_eq(status.caught >> (SIGTERM - 1) & 1, 1);
	ck_assert_int_eq(read_stat(still.pid).session, still.pid);
	if (geteuid() == 0) {
		ck_assert_uint_eq(status.uid.effective, 22);
		ck_assert_uint_eq(status.gid.saved, 13);
		ck_assert_uint_eq(status.n_groups, 3);
	}
	end(&still);
}
END_TEST

static void do_nothing(void)
{
}

START_TEST(test_stopped_and_zombie)
{
	struct still still = start(do_nothing);
	uint32_t groups[GROUPS_MAX];
	siginfo_t info;

	ck_assert_int_eq(kill(still.pid, SIGSTOP), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)still.pid, &info, WSTOPPED), 0);
	compare(still.pid, true);
	ck_assert_int_eq(read_stat(still.pid).state, 'T');
	ck_assert_int_eq(kill(still.pid, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)still.pid, &info, WEXITED | WNOWAIT), 0);
	compare(still.pid, true);
	ck_assert_int_eq(read_stat(still.pid).state, 'Z');
	ck_assert(!read_status(still.pid, groups).umask_known);
	end(&still);
}
END_TEST

START_TEST(test_on_a_terminal)
{
	struct proc_stat stat;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), ready[2];
	struct stat terminal;
	const char *name;
	char byte;
	pid_t pid;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master) | unlockpt(master), 0);
	name = ptsname(master);
	ck_assert_ptr_nonnull(name);
	ck_assert_int_eq(fstatat(AT_FDCWD, name, &terminal, 0), 0);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)setsid();
		(void)open(name, O_RDWR);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	await_state(pid, 'S');
	compare(pid, true);
	stat = read_stat(pid);
	ck_assert_uint_eq(proc_tty_major(stat.tty_nr), major(terminal.st_rdev));
	ck_assert_uint_eq(proc_tty_minor(stat.tty_nr), minor(terminal.st_rdev));
	ck_assert_int_eq(stat.tpgid, pid);
	(void)kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	(void)close(master);
	(void)close(ready[0]);
	(void)close(ready[1]);
}
END_TEST

START_TEST(test_syscall_and_schedstat)
{
	static char text[TEXT_MAX];
	struct still still = start(do_nothing);
	struct proc_schedstat before, after;
	struct proc_syscall call;

	await_state(still.pid, 'S');
	ck_assert_int_eq(proc_parse_syscall(text, read_text(still.pid, "syscall", text), &call), 0);
	ck_assert_int_eq(call.kind, PROC_SYSCALL_IN_CALL);
#ifdef SYS_pause
	ck_assert_int_eq(call.nr, SYS_pause);
#else
	ck_assert_int_eq(call.nr, SYS_ppoll);
#endif
	ck_assert_uint_ne(call.sp, 0);
	ck_assert_uint_ne(call.pc, 0);
	ck_assert_int_eq(proc_parse_schedstat(text, read_text(still.pid, "schedstat", text), &before), 0);
	ck_assert_uint_gt(before.timeslices, 0);
	ck_assert_int_eq(proc_parse_schedstat(text, read_text(still.pid, "schedstat", text), &after), 0);
	ck_assert_uint_eq(after.timeslices, before.timeslices);
	ck_assert_uint_eq(after.run_ns, before.run_ns);
	/* Whoever reads of himself is running: the kernel tells the call that he is in. */
	ck_assert_int_eq(proc_parse_syscall(text, read_text(getpid(), "syscall", text), &call), 0);
	end(&still);
}
END_TEST

START_TEST(test_limits)
{
	static char text[TEXT_MAX];
	struct rlimit changed = {123, 456}, limit;
	struct proc_limits limits;

	ck_assert_int_eq(setrlimit(RLIMIT_CORE, &changed), 0);
	ck_assert_int_eq(proc_parse_limits(text, read_text(getpid(), "limits", text), &limits), 0);
	for (unsigned int i = 0; i < PROC_LIMITS; i++) {
		ck_assert_int_eq(getrlimit((__rlimit_resource_t)i, &limit), 0);
		ck_assert_uint_eq(limits.soft[i], limit.rlim_cur);
		ck_assert_uint_eq(limits.hard[i], limit.rlim_max);
	}
	ck_assert_uint_eq(limits.soft[RLIMIT_CORE], 123);
}
END_TEST

static struct proc_fdinfo read_fdinfo(int fd)
{
	static char text[TEXT_MAX];
	struct proc_fdinfo info;
	char name[32];

	(void)snprintf(name, sizeof(name), "fdinfo/%d", fd);
	ck_assert_int_eq(proc_parse_fdinfo(text, read_text(getpid(), name, text), &info), 0);
	return info;
}

START_TEST(test_fdinfo)
{
	CLEANUP_CLOSE int file = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	CLEANUP_CLOSE int path = open("/dev/null", O_PATH);
	struct proc_fdinfo info;
	struct stat status;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(ftruncate(file, 100) | fstat(file, &status), 0);
	ck_assert_int_eq(lseek(file, 42, SEEK_SET), 42);
	info = read_fdinfo(file);
	ck_assert_int_eq(info.pos, 42);
	ck_assert_uint_eq(info.flags & (O_ACCMODE | O_APPEND | O_CLOEXEC), O_RDWR | O_APPEND | O_CLOEXEC);
	ck_assert(info.inode == 0 || info.inode == status.st_ino);
	ck_assert(!info.locked);
	ck_assert_int_eq(flock(file, LOCK_EX), 0);
	ck_assert(read_fdinfo(file).locked);
	info = read_fdinfo(path);
	ck_assert_uint_eq(info.flags & (O_PATH | O_CLOEXEC), O_PATH);
}
END_TEST

START_TEST(test_strings_and_cgroup)
{
	static char text[TEXT_MAX];
	const char *name;
	size_t length;
	char **argv;

	ck_assert_int_eq(proc_parse_strings(text, read_text(getpid(), "cmdline", text), 4096, &argv, NULL), 0);
	ck_assert_ptr_nonnull(argv[0]);
	ck_assert_str_eq(argv[0], program_invocation_name);
	proc_strings_free(argv);
	ck_assert_int_eq(proc_parse_cgroup(text, read_text(getpid(), "cgroup", text), &name, &length), 0);
	ck_assert_uint_gt(length, 0);
	ck_assert_ptr_nonnull(memchr(name, '/', length));
}
END_TEST

Suite *proc_live_suite(void)
{
	Suite *suite = suite_create("proc/live");
	TCase *tcase = tcase_create("processes");

	tcase_add_test(tcase, test_self_and_init);
	tcase_add_loop_test(tcase, test_odd_names, 0, sizeof(NAMES) / sizeof(NAMES[0]));
	tcase_add_test(tcase, test_dressed_up);
	tcase_add_test(tcase, test_stopped_and_zombie);
	tcase_add_test(tcase, test_on_a_terminal);
	tcase_add_test(tcase, test_syscall_and_schedstat);
	tcase_add_test(tcase, test_limits);
	tcase_add_test(tcase, test_fdinfo);
	tcase_add_test(tcase, test_strings_and_cgroup);
	suite_add_tcase(suite, tcase);
	return suite;
}
