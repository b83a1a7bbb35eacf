/* signals.mask-empty: no signal is blocked without a purpose. The launch gives an empty mask, so what is blocked the
 * daemon itself has blocked.
 *
 * Some of that is design: a signal that is waited for (sigwait, signalfd) must be blocked; a thread leaves to the
 * others the signals that the process catches or ignores, or steps back from signals altogether. What is left is a
 * fault: a signal that every thread blocks and none awaits, or one that a thread blocks though nobody does anything
 * with it. */
#include "probes/common.h"

#include <signal.h>
#include <string.h>

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

static const uint64_t STEPS_BACK = BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGTERM);

static bool has_signalfd(const struct ev_process *process)
{
	for (size_t i = 0; i < process->n_fds; i++)
		if (process->fds[i].target && strcmp(process->fds[i].target, "anon_inode:[signalfd]") == 0)
			return true;
	return false;
}

static bool awaits_signals(const struct ev_process *process)
{
	for (size_t i = 0; i < process->n_threads; i++)
		if (process->threads[i].sigwait)
			return true;
	return has_signalfd(process);
}

static uint64_t blocked_by_all(const struct ev_process *process)
{
	uint64_t all = process->n_threads ? UINT64_MAX : 0;

	for (size_t i = 0; i < process->n_threads; i++)
		all &= process->threads[i].blocked;
	return all;
}

/* What the thread blocks without leaving it to another one. */
static uint64_t stray(const struct ev_process *process, const struct ev_thread *thread)
{
	if ((thread->blocked & STEPS_BACK) == STEPS_BACK)
		return 0;
	return thread->blocked & ~(process->caught | process->ignored);
}

static void judge_threads(struct judging *judging, const struct ev_process *process)
{
	char names[SIGNALS_TEXT_MAX];

	for (size_t i = 0; i < process->n_threads; i++) {
		const struct ev_thread *thread = &process->threads[i];

		if (stray(process, thread))
			finding_culprit(judging->finding, process, "blocked", "%s, in thread %d",
			                probe_signals_text(stray(process, thread), names), thread->tid);
		else if (thread->blocked)
			numbers_add(&judging->numbers, (uint64_t)process->pid);
	}
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	uint64_t all = blocked_by_all(process);
	char names[SIGNALS_TEXT_MAX];

	if (awaits_signals(process))
		numbers_add(&judging->numbers, (uint64_t)process->pid);
	else if (all && process->n_threads == 1)
		finding_culprit(judging->finding, process, "blocked", "%s", probe_signals_text(all, names));
	else if (all)
		finding_culprit(judging->finding, process, "blocked", "%s, in each of its %zu threads",
		                probe_signals_text(all, names), process->n_threads);
	else
		judge_threads(judging, process);
	return process->n_threads > 0;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "no signal blocked, but where another thread takes it or one waits for it");
	if (judging.numbers.count > 0)
		judging_end(&judging, "", "in process %s blocked signals are left to other threads, or waited for",
		            numbers_text(&judging.numbers, false, numbers));
	else
		judging_end(&judging, "no process's signal mask could be read", "nothing is blocked");
}

const struct probe probe_signals_mask_empty = {
    .id = "signals.mask-empty",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "no thread blocks signals, but to leave them to another or to wait for them",
    .sources = "daemon(7) step 3",
    .why = "A blocked signal is never delivered: a daemon that blocks TERM cannot be stopped but by KILL, and all "
           "programs that it runs inherit the mask.",
    .mend =
        {
            .c = "sigset_t none;\n"
                 "sigemptyset(&none);\n"
                 "sigprocmask(SIG_SETMASK, &none, NULL);",
            .python = "signal.pthread_sigmask(signal.SIG_SETMASK, [])",
            .ruby = "# Ruby has no call for it: reset the mask in what starts it, as for the shell",
            .shell = "# a shell cannot change its mask; python3 can for what it starts:\n"
                     "python3 -c 'import os, signal, sys\n"
                     "signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
                     "os.execvp(sys.argv[1], sys.argv[1:])' my-daemon",
        },
    .judge = judge,
};
