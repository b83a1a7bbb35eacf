/* The table of probes, what a profile makes of a verdict, and the texts that every probe owes. */
#include "probes_build.h"

#include <string.h>

/* The ids that the rows stand for. */
static const char *const ROWS[] = {
#define PROBE(group, name) #group "." #name,
#include "probes/probes.def"
#undef PROBE
};

static void assert_id(const char *id, const char *row)
{
	ck_assert_uint_eq(strlen(id), strlen(row));
	for (size_t i = 0; id[i]; i++)
		ck_assert_msg(id[i] == row[i] || (id[i] == '-' && row[i] == '_'), "%s in the row of %s", id, row);
}

static void assert_line(const struct probe *probe, const char *text)
{
	ck_assert_msg(text && text[0] && !strchr(text, '\n'), "%s: a text is missing or has more than one line",
	              probe->id);
}

static void assert_code(const struct probe *probe, const char *text)
{
	ck_assert_msg(text && text[0], "%s: no advice", probe->id);
	ck_assert_msg(text[strlen(text) - 1] != '\n', "%s: the advice ends with a newline", probe->id);
	for (const char *line = text; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] != '\0'))
		ck_assert_msg(strcspn(line, "\n") <= 110, "%s: a line of advice is too long: %s", probe->id, line);
}

START_TEST(table)
{
	ck_assert_uint_eq(N_PROBES, sizeof(ROWS) / sizeof(ROWS[0]));
	for (size_t i = 0; i < N_PROBES; i++) {
		assert_id(PROBES[i]->id, ROWS[i]);
		ck_assert_ptr_eq(probe_find(PROBES[i]->id), PROBES[i]);
		ck_assert_uint_ne(PROBES[i]->seen, 0);
		ck_assert_ptr_nonnull(PROBES[i]->judge);
	}
	ck_assert_ptr_null(probe_find("detach"));
	ck_assert_ptr_null(probe_find(""));
}
END_TEST

START_TEST(texts)
{
	for (size_t i = 0; i < N_PROBES; i++) {
		const struct probe *probe = PROBES[i];

		assert_line(probe, probe->title);
		assert_line(probe, probe->sources);
		assert_line(probe, probe->why);
		assert_code(probe, probe->mend.c);
		assert_code(probe, probe->mend.python);
		assert_code(probe, probe->mend.ruby);
		assert_code(probe, probe->mend.shell);
		ck_assert_msg(probe->title[strlen(probe->title) - 1] != '.', "%s: the title ends with a stop",
		              probe->id);
		ck_assert_msg(probe->why[strlen(probe->why) - 1] == '.', "%s: the reason lacks its stop", probe->id);
	}
}
END_TEST

/* Not applicable: no other program, no watched pid file, no user declared, no changed root, no further launches. */
static void assert_may_be_skipped(const struct probe *probe)
{
	static const char *const ids[] = {"fds.cloexec", "pidfile.never-empty", "privilege.dropped",
	                                  "privilege.chroot"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (strcmp(probe->id, ids[i]) == 0)
			return;
	ck_assert_msg(probe->scenarios != 0, "%s is skipped", probe->id);
}

static size_t index_of(const char *id)
{
	size_t index = 0;

	while (index < N_PROBES && PROBES[index] != probe_find(id))
		index++;
	ck_assert_uint_lt(index, N_PROBES);
	return index;
}

START_TEST(a_right_daemon_fails_nothing)
{
	struct ev_fd *lock = world_fd(master(), 4);
	struct findings findings;

	lock->file = world.evidence.pidfile.settled.file;
	lock->locked = true;
	ck_assert_int_eq(findings_judge(&world.evidence, &world.profile, &findings), 0);
	ck_assert_uint_eq(findings.count, N_PROBES);
	ck_assert_uint_eq(findings.by_verdict[VERDICT_FAIL], 0);
	ck_assert_uint_eq(findings.by_verdict[VERDICT_BROKEN], 0);
	for (size_t i = 0; i < findings.count; i++)
		if (findings.items[i].verdict == VERDICT_SKIP)
			assert_may_be_skipped(findings.items[i].probe);
	ck_assert(!findings_pending(&findings));
	findings_free(&findings);
	ck_assert_uint_eq(findings.count, 0);
}
END_TEST

START_TEST(noted)
{
	worker()->session = LEADER;
	assert_judged("detach.own-session", VERDICT_FAIL);
	for (size_t i = 0; i < N_PROBES; i++)
		world.needs[i] = NEED_NOTE;
	assert_judged("detach.own-session", VERDICT_NOTE);
	assert_judged("detach.own-group", VERDICT_PASS);
}
END_TEST

START_TEST(only_what_is_asked)
{
	size_t remarked = index_of("launch.exit-zero"), required = index_of("detach.own-session");
	struct findings findings;

	memset(world.needs, 0, sizeof(world.needs));
	world.needs[remarked] = NEED_NOTE;
	world.needs[required] = NEED_REQUIRE;
	worker()->session = LEADER;
	ck_assert_int_eq(findings_judge(&world.evidence, &world.profile, &findings), 0);
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_ptr_eq(findings.items[0].probe, PROBES[remarked]);
	ck_assert_ptr_eq(findings.items[1].probe, PROBES[required]);
	ck_assert_uint_eq(findings.by_verdict[VERDICT_FAIL], 1);
	ck_assert(findings_pending(&findings));
	findings_free(&findings);
	world.profile.n_needs = 0;
	ck_assert_int_eq(findings_judge(&world.evidence, &world.profile, &findings), 0);
	ck_assert_uint_eq(findings.count, 0);
	findings_free(&findings);
}
END_TEST

START_TEST(the_past_is_not_pending)
{
	struct findings findings;

	world.evidence.launch.status = 1 << 8;
	ck_assert_int_eq(findings_judge(&world.evidence, &world.profile, &findings), 0);
	ck_assert_uint_gt(findings.by_verdict[VERDICT_FAIL], 0);
	ck_assert(!findings_pending(&findings));
	findings_free(&findings);
}
END_TEST

/* Text from outside must not run over, however long it is. */
START_TEST(long_texts)
{
	static char path[5000];

	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	world.evidence.pidfile.path = path;
	world.evidence.start.cgroup = worker()->cgroup = path;
	worker()->cwd = worker()->root = worker()->name = path;
	for (size_t i = 0; i < 40; i++) {
		worker()->session = i % 2 ? LEADER : SESSION;
		(void)judge(PROBES[i % N_PROBES]->id);
		ck_assert_uint_lt(strlen(world.finding.seen), FINDING_TEXT_MAX);
		ck_assert_uint_lt(strlen(world.finding.culprits[0].value), CULPRIT_TEXT_MAX);
	}
}
END_TEST

START_TEST(verdict_names)
{
	ck_assert_str_eq(verdict_name(VERDICT_PASS), "pass");
	ck_assert_str_eq(verdict_name(VERDICT_FAIL), "fail");
	ck_assert_str_eq(verdict_name(VERDICT_NOTE), "note");
	ck_assert_str_eq(verdict_name(VERDICT_SKIP), "skip");
	ck_assert_str_eq(verdict_name(VERDICT_BROKEN), "broken");
}
END_TEST

START_TEST(empty_evidence)
{
	struct evidence *evidence = evidence_new();

	ck_assert_ptr_nonnull(evidence);
	for (size_t i = 0; i < N_PROBES; i++)
		probe_judge(PROBES[i], evidence, &world.profile, &world.finding);
	evidence_free(evidence);
}
END_TEST

Suite *probes_registry_suite(void)
{
	const TTest *tests[] = {table,
	                        texts,
	                        a_right_daemon_fails_nothing,
	                        noted,
	                        only_what_is_asked,
	                        the_past_is_not_pending,
	                        long_texts,
	                        verdict_names,
	                        empty_evidence};

	return world_suite("probes: registry", tests, sizeof(tests) / sizeof(tests[0]));
}
