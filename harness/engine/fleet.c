/* The further launches, side by side. */
#include "engine/fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/arrange.h"
#include "engine/plan.h"
#include "engine/shape.h"
#include "evidence/evidence_json.h"
#include "sandbox/spawn.h"

enum { WORKERS_MAX = 256, EVIDENCE_SIZE_MAX = 64 << 20 };

/* A worker process and the launch that it does. */
struct worker {
	pid_t pid; /* 0: the place is free */
	int pidfd;
	int memory; /* where it leaves its evidence */
	size_t job;
};

struct fleet {
	const struct engine_request *request;
	struct evidence *top;
	struct error *error;
	struct jobs jobs;
	enum { JOB_WAITS, JOB_RUNS, JOB_DONE } * states; /* of each job */
	size_t n_done;
	struct worker workers[WORKERS_MAX];
	size_t n_workers; /* places that may be taken */
	int signals;
};

/* As good as the clean launch's end: it has settled. */
static int judge_shape(struct evidence *evidence, struct observe_opinion *ret_opinion, void *data)
{
	const uint64_t *wanted = data;
	uint64_t shape = shape_of(evidence);

	*ret_opinion = (struct observe_opinion){.pending = shape != *wanted, .signature = shape};
	return 0;
}

static int write_evidence(int memory, const struct evidence *evidence)
{
	json_t *json = evidence_to_json(evidence);
	CLEANUP_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	return text ? io_write_all(memory, text, strlen(text)) : -ENOMEM;
}

/* The worker's whole life. What it leaves on failure is the message as text, which no JSON begins like. */
static void work(const struct fleet *fleet, const struct job *job, int memory) __attribute__((noreturn));

static void work(const struct fleet *fleet, const struct job *job, int memory)
{
	static struct arranged plan;
	struct launch launch;
	struct error error = {0};
	uint64_t shape = shape_of(fleet->top);
	int status;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	status = arrange_job(fleet->request, job, fleet->top, &plan);
	if (status < 0)
		spawn_end(1);
	plan.launch.judge = judge_shape;
	plan.launch.judge_data = &shape;
	status = launch_run(fleet->request, &plan.launch, &launch, &error);
	if (status == 0)
		sandbox_kill(&launch.sandbox);
	if (status == 0 && write_evidence(memory, launch.evidence) < 0)
		status = error_set(&error, -ENOMEM, "the evidence could not be handed over");
	if (status < 0)
		(void)io_write_all(memory, error.text, strlen(error.text));
	launch_end(&launch);
	spawn_end(status < 0);
}

static void keep_failure(struct evidence *run, const char *text)
{
	run->state = EV_RUN_FAILED;
	free(run->reason);
	run->reason = strdup(text);
}

/* The members of a run that say which one it is were set when it was planned. */
static void take_over(struct evidence *run, struct evidence *seen)
{
	seen->scenario = run->scenario;
	seen->variant = run->variant;
	seen->state = EV_RUN_DONE;
	free(seen->reason);
	seen->reason = NULL;
	/* The host is the top's to tell. */
	free(seen->host.tool_version);
	free(seen->host.kernel);
	free(seen->host.machine);
	free(seen->host.time);
	seen->host = (struct ev_host){0};
	*run = *seen;
	free(seen);
}

static int parse(const char *text, size_t length, struct evidence **ret_seen, struct error *error)
{
	json_error_t where;
	json_t *json = json_loadb(text, length, 0, &where);
	int status;

	if (!json)
		return error_set(error, -EINVAL, "its result cannot be read: %s", where.text);
	status = evidence_from_json(json, ret_seen, error);
	json_decref(json);
	return status;
}

static void take_evidence(struct evidence *run, int memory, bool ended_well)
{
	CLEANUP_FREE char *text = NULL;
	struct evidence *seen = NULL;
	struct error error = {0};
	char path[32];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	length = io_read_all_at(AT_FDCWD, path, EVIDENCE_SIZE_MAX, &text);
	if (length <= 0)
		keep_failure(run, "it ended without a result");
	else if (!ended_well)
		keep_failure(run, text);
	else if (parse(text, (size_t)length, &seen, &error) < 0)
		keep_failure(run, error.text);
	else
		take_over(run, seen);
}

/* The launch HELD, which others wait for, is over or is not to be had. */
static bool held_is_over(const struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->jobs.count; i++)
		if (fleet->jobs.items[i].scenario->id == EV_SCENARIO_HELD)
			return fleet->states[i] == JOB_DONE;
	return true;
}

static void skip(struct fleet *fleet, size_t index, const char *reason)
{
	struct evidence *run = &fleet->top->runs[index];

	run->state = EV_RUN_SKIPPED;
	run->reason = strdup(reason);
	fleet->states[index] = JOB_DONE;
	fleet->n_done++;
}

/* The next launch that can be done now; -1: there is none. */
static long next_job(struct fleet *fleet)
{
	bool held = held_is_over(fleet);

	for (size_t i = 0; i < fleet->jobs.count; i++) {
		const struct job *job = &fleet->jobs.items[i];
		const char *reason;

		if (fleet->states[i] != JOB_WAITS || (plan_waits(job) && !held))
			continue;
		reason = plan_reason_now(job, fleet->top);
		if (!reason)
			return (long)i;
		skip(fleet, i, reason);
	}
	return -1;
}

static int start_worker(struct fleet *fleet, struct worker *worker, size_t index)
{
	int memory = memfd_create("daemonck-run", MFD_CLOEXEC), pidfd = -1;
	pid_t pid;

	if (memory < 0)
		return error_errno(fleet->error, -errno, "cannot make a file for a launch");
	pid = spawn(0, &pidfd);
	if (pid < 0) {
		(void)close(memory);
		return error_errno(fleet->error, pid, "cannot start a launch");
	}
	if (pid == 0)
		work(fleet, &fleet->jobs.items[index], memory);
	*worker = (struct worker){.pid = pid, .pidfd = pidfd, .memory = memory, .job = index};
	fleet->states[index] = JOB_RUNS;
	return 0;
}

static int start_workers(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->n_workers; i++) {
		struct worker *worker = &fleet->workers[i];
		long index;
		int status;

		if (worker->pid)
			continue;
		index = next_job(fleet);
		if (index < 0)
			return 0;
		status = start_worker(fleet, worker, (size_t)index);
		if (status < 0)
			return status;
	}
	return 0;
}

static void close_worker(struct worker *worker)
{
	(void)close(worker->pidfd);
	(void)close(worker->memory);
	*worker = (struct worker){0};
}

static void take_worker(struct fleet *fleet, struct worker *worker)
{
	siginfo_t info = {0};

	(void)waitid(P_PIDFD, (id_t)worker->pidfd, &info, WEXITED);
	take_evidence(&fleet->top->runs[worker->job], worker->memory,
	              info.si_code == CLD_EXITED && info.si_status == 0);
	fleet->states[worker->job] = JOB_DONE;
	fleet->n_done++;
	close_worker(worker);
}

/* One line, written over and over. */
static void show_progress(const struct fleet *fleet)
{
	enum { WIDTH = 60 };
	const char *name = "";
	char line[WIDTH + 1];

	if (!fleet->request->progress)
		return;
	for (size_t i = 0; i < fleet->n_workers && !*name; i++)
		if (fleet->workers[i].pid)
			name = evidence_scenario_name(fleet->jobs.items[fleet->workers[i].job].scenario->id);
	(void)snprintf(line, sizeof(line), "%zu of %zu launches, %s", fleet->n_done, fleet->jobs.count, name);
	(void)fprintf(stderr, "\r%-*s", WIDTH, line);
	(void)fflush(stderr);
}

static void clear_progress(const struct fleet *fleet)
{
	if (fleet->request->progress)
		(void)fputs("\r\033[K", stderr);
}

static bool is_running(const struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->n_workers; i++)
		if (fleet->workers[i].pid)
			return true;
	return false;
}

/* Waits for an end. False when the user wants no more. */
static bool wait_for_end(struct fleet *fleet)
{
	struct pollfd waits[WORKERS_MAX + 1];
	struct signalfd_siginfo info;

	for (size_t i = 0; i < fleet->n_workers; i++)
		waits[i] =
		    (struct pollfd){.fd = fleet->workers[i].pid ? fleet->workers[i].pidfd : -1, .events = POLLIN};
	waits[fleet->n_workers] = (struct pollfd){.fd = fleet->signals, .events = POLLIN};
	if (poll(waits, fleet->n_workers + 1, -1) < 0)
		return true;
	for (size_t i = 0; i < fleet->n_workers; i++)
		if (waits[i].revents)
			take_worker(fleet, &fleet->workers[i]);
	/* Taken, or it would end us when it is no longer blocked. */
	return read(fleet->signals, &info, sizeof(info)) != sizeof(info);
}

/* The workers die; what they watched over dies with them and, as orphans of a subreaper, is waited for here: nothing
 * may outlive us. */
static void end_workers(struct fleet *fleet)
{
	bool any = is_running(fleet);

	for (size_t i = 0; i < fleet->n_workers; i++) {
		struct worker *worker = &fleet->workers[i];

		if (!worker->pid)
			continue;
		(void)syscall(SYS_pidfd_send_signal, worker->pidfd, SIGKILL, NULL, 0);
		close_worker(worker);
	}
	while (any && (waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED) == 0 || errno == EINTR))
		;
}

static int run_all(struct fleet *fleet)
{
	int status = start_workers(fleet);

	while (status == 0 && is_running(fleet)) {
		show_progress(fleet);
		if (!wait_for_end(fleet)) {
			fleet->top->interrupted = true;
			break;
		}
		status = start_workers(fleet);
	}
	clear_progress(fleet);
	end_workers(fleet);
	return status;
}

/* What was not done has no place among the runs. */
static void drop_undone(struct fleet *fleet)
{
	size_t kept = 0;

	for (size_t i = 0; i < fleet->jobs.count; i++) {
		if (fleet->states[i] == JOB_DONE)
			fleet->top->runs[kept++] = fleet->top->runs[i];
	}
	fleet->top->n_runs = kept;
}

static int by_scenario(const void *left, const void *right)
{
	const struct evidence *a = left, *b = right;

	if (a->scenario != b->scenario)
		return a->scenario < b->scenario ? -1 : 1;
	return (a->variant > b->variant) - (a->variant < b->variant);
}

static int prepare(struct fleet *fleet, uint64_t scenarios)
{
	struct evidence *top = fleet->top;
	int status = plan_jobs(fleet->request, scenarios, top, &fleet->jobs);

	if (status < 0)
		return error_errno(fleet->error, status, "cannot plan the launches");
	top->runs = calloc(fleet->jobs.count + 1, sizeof(top->runs[0]));
	fleet->states = calloc(fleet->jobs.count + 1, sizeof(fleet->states[0]));
	if (!top->runs || !fleet->states)
		return error_set(fleet->error, -ENOMEM, "out of memory");
	top->n_runs = fleet->jobs.count;
	for (size_t i = 0; i < fleet->jobs.count; i++) {
		top->runs[i].scenario = fleet->jobs.items[i].scenario->id;
		top->runs[i].variant = fleet->jobs.items[i].variant;
	}
	fleet->n_workers = fleet->request->jobs ? fleet->request->jobs : 1;
	if (fleet->n_workers > WORKERS_MAX)
		fleet->n_workers = WORKERS_MAX;
	return 0;
}

int fleet_run(const struct engine_request *request, uint64_t scenarios, struct evidence *top, struct error *error)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	struct fleet fleet = {.request = request, .top = top, .error = error, .signals = -1};
	sigset_t set, old;
	int status;

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		(void)sigaddset(&set, ending[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &old);
	fleet.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	status = prepare(&fleet, scenarios);
	if (status == 0)
		status = run_all(&fleet);
	drop_undone(&fleet);
	if (top->n_runs)
		qsort(top->runs, top->n_runs, sizeof(top->runs[0]), by_scenario);
	plan_free(&fleet.jobs);
	free(fleet.states);
	if (fleet.signals >= 0)
		(void)close(fleet.signals);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return status;
}
