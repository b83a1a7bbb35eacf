/* fds.closed-at-start: started with some of 0, 1 and 2 closed, the next files that a daemon opens get those numbers.
 * What it has there in the clean launch as well, a log on 1 and 2, is meant to be there. */
#include "probes/runs.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

struct trying {
	const struct evidence *evidence, *run;
	struct finding *finding;
	size_t judged;
};

/* What has no business on a standard descriptor, as text; NULL: nothing of the kind. */
static const char *kind_of(const struct evidence *run, const struct ev_fd *fd)
{
	uint32_t access = fd->flags & O_ACCMODE;

	if (!fd->file.known || (fd->flags & O_PATH))
		return NULL;
	if (S_ISSOCK(fd->file.mode))
		return "a socket";
	if (!S_ISREG(fd->file.mode))
		return NULL;
	if (probe_same_file(&fd->file, &run->pidfile.settled.file))
		return "the pid file";
	if (fd->locked)
		return "a locked file";
	return access == O_WRONLY || access == O_RDWR ? "a file that it writes" : NULL;
}

/* Names that differ in numbers alone are the same: a log with the pid in its name. */
static bool similar(const char *a, const char *b)
{
	while (*a && *b) {
		bool digits = isdigit((unsigned char)*a) && isdigit((unsigned char)*b);

		if (!digits && *a != *b)
			return false;
		while (digits && isdigit((unsigned char)*a))
			a++;
		while (digits && isdigit((unsigned char)*b))
			b++;
		a += !digits;
		b += !digits;
	}
	return *a == *b;
}

static bool is_same_use(const struct ev_fd *fd, const struct ev_fd *usual)
{
	if (!usual || !usual->file.known || (usual->file.mode & S_IFMT) != (fd->file.mode & S_IFMT))
		return false;
	return !S_ISREG(fd->file.mode) || similar(probe_or_unknown(fd->target), probe_or_unknown(usual->target));
}

/* Whether a process of the same part has the like under the same number in the clean launch. Where none has that part,
 * any process will do. */
static bool is_usual(const struct trying *trying, const struct ev_process *process, const struct ev_fd *fd)
{
	const struct ev_process *other = NULL;
	bool found = false, usual = false, anywhere = false;

	while ((other = probe_next(trying->evidence, other))) {
		bool same = is_same_use(fd, evidence_fd(other, fd->number));

		anywhere |= same;
		if (!run_same_part(trying->run, process, trying->evidence, other))
			continue;
		found = true;
		usual |= same || !other->fds_known;
	}
	return found ? usual : anywhere;
}

static void judge_stdio(struct trying *trying, const struct ev_process *process)
{
	char field[16], text[RUN_TEXT_MAX];

	for (int number = 0; number <= 2; number++) {
		const struct ev_fd *fd = evidence_fd(process, number);
		const char *kind = fd ? kind_of(trying->run, fd) : NULL;

		if (!kind || is_usual(trying, process, fd))
			continue;
		(void)snprintf(field, sizeof(field), "fd %d", number);
		finding_culprit(trying->finding, process, field, "%s, %s (started with %s)",
		                probe_or_unknown(fd->target), kind, run_text(trying->evidence, trying->run, text));
	}
	trying->judged += process->fds_known;
}

static void judge_run(struct trying *trying)
{
	const struct ev_process *process = NULL;
	char why[OUTCOME_TEXT_MAX], text[RUN_TEXT_MAX];

	if (!run_started(trying->evidence, trying->run, why, sizeof(why)))
		finding_culprit_file(trying->finding, run_text(trying->evidence, trying->run, text), "start",
		                     "failed: %s", why);
	while ((process = probe_next(trying->run, process)))
		judge_stdio(trying, process);
}

static void conclude(const struct trying *trying, size_t launches)
{
	if (trying->finding->n_culprits > 0)
		finding_fail_culprits(trying->finding, false);
	else if (run_tell_failed(trying->evidence, EV_SCENARIO_CLOSED, trying->finding))
		return;
	else if (trying->judged == 0)
		finding_set(trying->finding, VERDICT_SKIP, "no process's descriptors could be read");
	else
		finding_set(trying->finding, VERDICT_PASS,
		            "%zu starts went as usual, and nothing of its own is on them", launches);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct trying trying = {.evidence = evidence, .finding = finding};
	size_t launches = 0;

	(void)profile;
	finding_expect(finding,
	               "with any of 0, 1 and 2 closed it starts, and none of its sockets and files lands there");
	if (run_none_done(evidence, EV_SCENARIO_CLOSED, finding))
		return;
	while ((trying.run = run_next_done(evidence, EV_SCENARIO_CLOSED, trying.run))) {
		judge_run(&trying);
		launches++;
	}
	conclude(&trying, launches);
}

const struct probe probe_fds_closed_at_start = {
    .id = "fds.closed-at-start",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(CLOSED),
    .title = "started with 0, 1 or 2 closed, it puts nothing of its own there",
    .sources = "OpenBSD daemon(3); daemonize (bmc) #34",
    .why = "What a library prints to its standard error then goes out on a connection or into a data file; and the "
           "dup2() of /dev/null over 0 to 2 closes the socket that had landed there.",
    .mend =
        {
            .c = "int fd; /* the first thing in main(), before any other file is opened */\n"
                 "do {\n"
                 "        fd = open(\"/dev/null\", O_RDWR); /* takes the lowest free number */\n"
                 "} while (fd >= 0 && fd <= 2);\n"
                 "if (fd < 0)\n"
                 "        _exit(EXIT_FAILURE);\n"
                 "close(fd);",
            .python = "while True:  # the first thing, before any other file is opened\n"
                      "    fd = os.open(os.devnull, os.O_RDWR)  # takes the lowest free number\n"
                      "    if fd > 2:\n"
                      "        break\n"
                      "os.close(fd)",
            .ruby = "# the interpreter itself opens /dev/null on those that are closed; later do not close them:\n"
                    "[$stdin, $stdout, $stderr].each { |io| io.reopen(File::NULL, 'r+') }",
            .shell = "exec my-daemon </dev/null >/dev/null 2>&1  # not <&- >&- 2>&-",
        },
    .judge = judge,
};
