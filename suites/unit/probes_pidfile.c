/* The pidfile.* probes, and what evidence tells of pid files. */
#include "probes_build.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static struct ev_pidfile *pidfile(void)
{
	return &world.evidence.pidfile;
}

static void missing(struct ev_look *look)
{
	*look = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = ENOENT};
}

START_TEST(all_right)
{
	struct ev_fd *fd = world_fd(master(), 4);

	fd->file = pidfile()->settled.file;
	fd->locked = true;
	assert_judged("pidfile.on-return", VERDICT_PASS);
	assert_judged("pidfile.content", VERDICT_PASS);
	assert_judged("pidfile.owner", VERDICT_PASS);
	assert_judged("pidfile.locked", VERDICT_PASS);
	assert_seen("exampled (7) holds it locked on fd 4");
}
END_TEST

START_TEST(not_declared)
{
	static const char *const ids[] = {"pidfile.on-return", "pidfile.never-empty", "pidfile.content",
	                                  "pidfile.owner",     "pidfile.removed",     "pidfile.locked"};

	pidfile()->path = NULL;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_judged(ids[i], VERDICT_SKIP);
		assert_seen("no pid file is declared (--pidfile)");
	}
}
END_TEST

START_TEST(absent)
{
	missing(&pidfile()->returned);
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	assert_seen("/run/exampled.pid: No such file or directory");
	ck_assert(!world.finding.may_change);
	missing(&pidfile()->settled);
	assert_judged("pidfile.content", VERDICT_FAIL);
	ck_assert(world.finding.may_change);
	assert_judged("pidfile.owner", VERDICT_SKIP);
	assert_judged("pidfile.locked", VERDICT_SKIP);
}
END_TEST

START_TEST(incomplete_on_return)
{
	set_pidfile(&pidfile()->returned, "");
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	assert_seen("empty");
	set_pidfile(&pidfile()->returned, "9\n");
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	assert_seen("it named 9, and later 7");
	set_pidfile(&pidfile()->returned, "3\n");
	set_pidfile(&pidfile()->settled, "3\n");
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	assert_seen("3, which is no live process");
}
END_TEST

START_TEST(did_not_return)
{
	world.evidence.launch.outcome = EV_STAYED;
	assert_judged("pidfile.on-return", VERDICT_SKIP);
	world.evidence.launch.outcome = EV_RETURNED;
	pidfile()->returned.state = EV_LOOK_NONE;
	assert_judged("pidfile.on-return", VERDICT_SKIP);
}
END_TEST

START_TEST(form)
{
	static const struct {
		const char *content, *fault;
	} cases[] = {
	    {"", "it is empty"},
	    {"7", "no newline after the number"},
	    {"07\n", "a leading zero"},
	    {" 7\n", "white space before the number"},
	    {"7\n\n", "more than one line"},
	    {"7\n/var/lib/data\n", "more than one line"},
	    {"7 \n", "something other than a newline after the number"},
	    {"7\r\n", "something other than a newline after the number"},
	    {"seven\n", "it does not begin with a number"},
	    {"-7\n", "it does not begin with a number"},
	    {"99999999999999999999\n", "the number is no pid"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_pidfile(&pidfile()->settled, cases[i].content);
		assert_judged("pidfile.content", VERDICT_FAIL);
		ck_assert_str_eq(world.finding.seen, cases[i].fault);
		ck_assert(world.finding.may_change);
	}
}
END_TEST

START_TEST(nul_bytes)
{
	set_pidfile(&pidfile()->settled, "7\n");
	pidfile()->settled.content = TEXT("7\0\n");
	pidfile()->settled.size = 3;
	assert_judged("pidfile.content", VERDICT_FAIL);
	ck_assert_int_eq(evidence_pidfile_pid(&pidfile()->settled), -1);
}
END_TEST

START_TEST(names_another)
{
	set_pidfile(&pidfile()->settled, "2\n");
	assert_judged("pidfile.content", VERDICT_FAIL);
	assert_seen("the caller");
	set_pidfile(&pidfile()->settled, "1\n");
	assert_judged("pidfile.content", VERDICT_FAIL);
	set_pidfile(&pidfile()->settled, "9\n");
	assert_judged("pidfile.content", VERDICT_PASS);
	make_zombie(worker());
	assert_judged("pidfile.content", VERDICT_FAIL);
	assert_seen("9, a zombie");
}
END_TEST

START_TEST(seven_digits)
{
	world_process(4194303, MASTER);
	set_pidfile(&pidfile()->settled, "4194303\n");
	set_pidfile(&pidfile()->returned, "4194303\n");
	assert_judged("pidfile.content", VERDICT_PASS);
	assert_judged("pidfile.on-return", VERDICT_PASS);
	set_pidfile(&pidfile()->settled, "419430\n");
	assert_judged("pidfile.content", VERDICT_FAIL);
}
END_TEST

START_TEST(owner)
{
	struct ev_file *file = &pidfile()->settled.file, *directory = &pidfile()->directory_file;

	file->uid = 33;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].value, "uid 33");
	world.evidence.start.uid = 33;
	assert_judged("pidfile.owner", VERDICT_PASS);
	directory->uid = 34;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].name, "/run");
}
END_TEST

START_TEST(unmapped_owner)
{
	world.evidence.start.uid = 1000;
	pidfile()->settled.file.uid = 1000;
	pidfile()->directory_file.uid = 65534;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	world.evidence.isolation.level = EV_ISOLATION_USER;
	assert_judged("pidfile.owner", VERDICT_PASS);
}
END_TEST

START_TEST(modes)
{
	struct ev_file *file = &pidfile()->settled.file, *directory = &pidfile()->directory_file;

	file->mode = S_IFREG | 0664;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].value, "0664");
	file->mode = S_IFLNK | 0777;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].value, "symbolic link");
	file->mode = S_IFREG | 0600;
	directory->mode = S_IFDIR | S_ISVTX | 0777;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].value, "1777, others may make the file first");
	directory->mode = S_IFDIR | 0775;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].value, "0775");
}
END_TEST

START_TEST(not_locked)
{
	world_fd(master(), 4)->file = pidfile()->settled.file;
	assert_judged("pidfile.locked", VERDICT_FAIL);
	ck_assert(!world.finding.may_change);
	worker()->fds_known = false;
	assert_judged("pidfile.locked", VERDICT_SKIP);
}
END_TEST

START_TEST(main_process)
{
	ck_assert_ptr_eq(evidence_main(&world.evidence), master());
	set_pidfile(&pidfile()->settled, "9\nmore");
	ck_assert_ptr_eq(evidence_main(&world.evidence), worker());
	make_zombie(worker());
	ck_assert_ptr_eq(evidence_main(&world.evidence), master());
	worker()->state = 'S';
	worker()->parent = MASTER;
	missing(&pidfile()->settled);
	world.evidence.launch.pid = WORKER;
	ck_assert_ptr_eq(evidence_main(&world.evidence), worker());
	world.evidence.launch.pid = LAUNCHER;
	ck_assert_ptr_eq(evidence_main(&world.evidence), master());
	world.evidence.n_processes = 0;
	ck_assert_ptr_null(evidence_main(&world.evidence));
}
END_TEST

START_TEST(records_in_any_order)
{
	struct ev_process swapped = *master();

	*master() = *worker();
	*worker() = swapped;
	ck_assert_int_eq(evidence_process(&world.evidence, MASTER)->pid, MASTER);
	ck_assert_int_eq(evidence_process(&world.evidence, WORKER)->pid, WORKER);
	ck_assert_ptr_null(evidence_process(&world.evidence, 8));
	ck_assert_int_eq(evidence_fd(master(), 2)->number, 2);
	ck_assert_ptr_null(evidence_fd(master(), 3));
}
END_TEST

Suite *probes_pidfile_suite(void)
{
	const TTest *tests[] = {
	    all_right,      not_declared, absent,        incomplete_on_return, did_not_return,
	    form,           nul_bytes,    names_another, seven_digits,         owner,
	    unmapped_owner, modes,        not_locked,    main_process,         records_in_any_order};

	return world_suite("probes: pidfile", tests, sizeof(tests) / sizeof(tests[0]));
}
