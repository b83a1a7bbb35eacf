/* signals.children-default: another program that the daemon runs starts as from a shell: nothing ignored, nothing
 * blocked. Many programs ignore or block signals by themselves, so in the clean launch it must show that what they
 * ignore came by inheritance; under a hostile caller it is what they do not ignore or block otherwise. */
#include "probes/tally.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

static uint64_t ignored_by(const struct ev_process *process)
{
	return process->ignored;
}

static uint64_t blocked_by_any(const struct ev_process *process)
{
	uint64_t any = 0;

	for (size_t i = 0; i < process->n_threads; i++)
		any |= process->threads[i].blocked;
	return any;
}

/* The live process that runs another program and started this one, or NULL. */
static const struct ev_process *starter(const struct evidence *run, const struct ev_process *process)
{
	const struct ev_process *parent = evidence_process(run, process->parent);

	if (!parent || !probe_alive(parent) || !process->exe_file.known || !parent->exe_file.known)
		return NULL;
	return probe_same_file(&process->exe_file, &parent->exe_file) ? NULL : parent;
}

static bool is_among(const struct ev_process *process, const char *const *programs)
{
	const char *slash = process->exe ? strrchr(process->exe, '/') : NULL;

	for (; slash && *programs; programs++)
		if (strcmp(slash + 1, *programs) == 0)
			return true;
	return false;
}

/* These leave all signals as they find them. */
static const char *const INERT[] = {"sleep", "cat", "tail", "logger", NULL};
/* These do as they are told: trap, nohup, and what runs in the background gets neither INT nor QUIT. On a terminal they
 * ignore what would stop them. */
static const char *const SHELLS[] = {"sh", "dash", "bash", "busybox", "ksh", "mksh", "zsh", NULL};

static void tell(struct run_tally *tally, const struct ev_process *process, const struct ev_process *parent,
                 const char *field, uint64_t set, const char *where)
{
	char names[SIGNALS_TEXT_MAX];

	if (set)
		finding_culprit(tally->finding, process, field, "%s, as %s (%d) started it%s",
		                probe_signals_text(set, names), probe_or_unknown(parent->name), parent->pid, where);
}

/* What of it came from the parent. All that the parent ignores is inherited, or handled by the child; and one signal
 * that both ignore may be chance. Interpreters and servers ignore PIPE and XFSZ by themselves. */
static uint64_t inherited(const struct ev_process *process, const struct ev_process *parent)
{
	uint64_t by_itself = BIT(SIGPIPE) | BIT(SIGXFSZ), common = process->ignored & parent->ignored & ~by_itself;
	bool wholly = !(parent->ignored & ~by_itself & ~(process->ignored | process->caught));

	if (is_among(process, INERT))
		return process->ignored;
	if (is_among(process, SHELLS))
		return process->terminal ? 0 : process->ignored & parent->ignored;
	return wholly && (common & (common - 1)) ? common : 0;
}

static void judge_clean(struct run_tally *tally, const struct ev_process *process, const struct ev_process *parent)
{
	uint64_t ignored = inherited(process, parent), blocked = probe_blocked_by_all(process);

	if (!is_among(process, INERT))
		blocked &= blocked_by_any(parent);
	if (is_among(parent, SHELLS))
		ignored &= ~(BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT));
	if (probe_awaits_signals(process))
		blocked = 0;
	tell(tally, process, parent, "ignored", ignored, "");
	tell(tally, process, parent, "blocked", blocked, "");
}

static void judge_hostile(struct run_tally *tally, const struct evidence *run, const struct ev_process *process,
                          const struct ev_process *parent)
{
	uint64_t ignored, blocked;
	char text[RUN_TEXT_MAX], where[RUN_TEXT_MAX + 16];

	if (!run_own_signals(tally->evidence, run, process, ignored_by, &ignored) ||
	    !run_own_signals(tally->evidence, run, process, blocked_by_any, &blocked))
		return;
	(void)snprintf(where, sizeof(where), ", under %s", run_text(tally->evidence, run, text));
	tell(tally, process, parent, "ignored", process->ignored & run->start.ignored & ~ignored, where);
	tell(tally, process, parent, "blocked", probe_blocked_by_all(process) & run->start.blocked & ~blocked, where);
}

/* Returns how many processes run another program. */
static size_t judge_run(struct run_tally *tally, const struct evidence *run)
{
	size_t judged = 0;

	for (const struct ev_process *process = probe_next(run, NULL); process; process = probe_next(run, process)) {
		const struct ev_process *parent = starter(run, process);

		if (!parent)
			continue;
		judged++;
		if (run == tally->evidence)
			judge_clean(tally, process, parent);
		else
			judge_hostile(tally, run, process, parent);
	}
	return judged;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	size_t judged = judge_run(&tally, evidence);

	(void)profile;
	finding_expect(finding, "nothing ignored and nothing blocked in other programs that it runs");
	if (judged == 0) {
		finding_set(finding, VERDICT_SKIP, "no child of it runs another program");
		return;
	}
	tally_right(&tally, "nothing in %zu child%s that run%s another program", judged, judged == 1 ? "" : "ren",
	            judged == 1 ? "s" : "");
	for (const struct evidence *run = tally_next(&tally, EV_SCENARIO_SIGNALS, NULL); run;
	     run = tally_next(&tally, EV_SCENARIO_SIGNALS, run))
		(void)judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_children_default = {
    .id = "signals.children-default",
    .seen = SEEN_LAUNCH | SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(SIGNALS),
    .title = "programs that it runs start with default signals and an empty mask",
    .sources = "daemon(7) step 2; sigaction(2); posix_spawn(3)",
    .why = "What the daemon ignores or blocks for itself goes on into every program that it executes: there PIPE does "
           "not end a pipeline, and TERM does not end the program.",
    .mend =
        {
            .c = "posix_spawnattr_t attributes;\n"
                 "sigset_t none, all;\n"
                 "sigemptyset(&none);\n"
                 "sigfillset(&all);\n"
                 "posix_spawnattr_init(&attributes);\n"
                 "posix_spawnattr_setsigmask(&attributes, &none);\n"
                 "posix_spawnattr_setsigdefault(&attributes, &all);\n"
                 "posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);\n"
                 "posix_spawnp(&pid, argv[0], NULL, &attributes, argv, environ);",
            .python = "def default_signals():\n"
                      "    for name in ('HUP', 'INT', 'TERM', 'CHLD', 'PIPE', 'USR1', 'USR2'):\n"
                      "        signal.signal(getattr(signal, 'SIG' + name), signal.SIG_DFL)\n"
                      "    signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
                      "subprocess.Popen(command, preexec_fn=default_signals)",
            .ruby = "spawn('env', '--default-signal', 'helper')  # env of coreutils 8.31",
            .shell = "env --default-signal helper &  # coreutils 8.31; a trap with a command is reset anyway",
        },
    .judge = judge,
};
