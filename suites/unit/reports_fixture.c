/* A result with one finding of each verdict, for the tests of the formats. */
#include "reports_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "evidence_fixture.h"

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	(void)evidence;
	(void)profile;
	finding->verdict = VERDICT_PASS;
}

static const struct probe sessions = {
    .id = "detach.own-session",
    .title = "it is not in the caller's session",
    .sources = "daemon(7) step 6; Ruby Process.daemon",
    .why = "The session ties a process to the caller's terminal.",
    .mend = {.c = "if (setsid() < 0)\n        return -errno;", .python = "os.setsid()"},
    .judge = judge,
};

static const struct probe umasks = {
    .id = "fs.umask",
    .title = "the umask is one that is accepted",
    .sources = "daemon(7) step 10",
    .why = "Files get the modes that the caller's umask gives & no others < or more.",
    .mend = {.shell = "umask 022"},
    .judge = judge,
};

static struct finding finding_of(const struct probe *probe, enum verdict verdict, const char *expected,
                                 const char *seen)
{
	struct finding finding = {.probe = probe, .verdict = verdict};

	strcpy(finding.expected, expected);
	strcpy(finding.seen, seen);
	return finding;
}

static void add_culprit(struct finding *finding, int pid, const char *name, const char *field, const char *value)
{
	struct culprit *culprit = &finding->culprits[finding->n_culprits++];

	culprit->pid = pid;
	strcpy(culprit->name, name);
	strcpy(culprit->field, field);
	strcpy(culprit->value, value);
}

void reports_fixture_make(struct reports_fixture *fixture)
{
	struct finding *items = fixture->items;

	*fixture = (struct reports_fixture){
	    .evidence = evidence_fixture_launch(),
	    .profile = {.name = (char *)"sysv", .title = (char *)"daemon(7), SysV daemons"},
	};
	items[0] = finding_of(&sessions, VERDICT_PASS, "another session", "session 5, the caller's is 2");
	items[1] = finding_of(&sessions, VERDICT_FAIL, "a session other than 2", "f\033[2J (6): session 2; worker (7)");
	add_culprit(&items[1], 6, "f\033[2J<b>\xff", "session", "2, the caller's");
	add_culprit(&items[1], 7, "worker", "session",
	            "2, the \xe2\x80\xae"
	            "caller's");
	add_culprit(&items[1], 8, "worker", "session", "2");
	add_culprit(&items[1], 9, "worker", "session", "2");
	items[2] = finding_of(&umasks, VERDICT_FAIL, "0022", "worker (7): umask 0037");
	add_culprit(&items[2], 7, "worker", "umask", "0037");
	items[3] = finding_of(&umasks, VERDICT_NOTE, "a lock", "no lock on /run/\033]0;x\007.pid");
	items[4] = finding_of(&umasks, VERDICT_SKIP, "", "no pid file was declared");
	items[5] = finding_of(&umasks, VERDICT_BROKEN, "", "the status could not be read");
	fixture->findings = (struct findings){.items = items, .count = FIXTURE_FINDINGS};
	for (size_t i = 0; i < FIXTURE_FINDINGS; i++)
		fixture->findings.by_verdict[items[i].verdict]++;
	fixture->result = (struct result){fixture->evidence, &fixture->profile, "asked for", &fixture->findings};
}

void reports_fixture_clear(struct reports_fixture *fixture)
{
	evidence_free(fixture->evidence);
}

char *reports_fixture_write(const struct reports_fixture *fixture, const char *format,
                            const struct report_options *options)
{
	struct error error = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_ptr_nonnull(report_find(format));
	ck_assert_msg(report_find(format)->write(&fixture->result, options, out, &error) == 0, "%s", error.text);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(strlen(text), size);
	return text;
}
