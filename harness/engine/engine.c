/* One run: launch, watch, judge. */
#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/opinion.h"
#include "engine/start.h"
#include "observe/observe.h"
#include "sandbox/sandbox.h"

static enum ev_isolation_level level_of(enum sandbox_level level)
{
	switch (level) {
	case SANDBOX_FULL:
		return EV_ISOLATION_FULL;
	case SANDBOX_USER:
		return EV_ISOLATION_USER;
	case SANDBOX_PRIVILEGED:
		return EV_ISOLATION_PRIVILEGED;
	case SANDBOX_REAPER:
		return EV_ISOLATION_REAPER;
	}
	return EV_ISOLATION_REAPER;
}

/* The notes are one sentence a line. */
static char **split_notes(const char *notes)
{
	size_t count = 0, room = 1;
	char **lines;

	for (const char *at = notes; *at; at++)
		room += *at == '\n';
	lines = calloc(room + 1, sizeof(lines[0]));
	while (lines && *notes) {
		size_t length = strcspn(notes, "\n");

		lines[count] = strndup(notes, length);
		if (!lines[count++]) {
			evidence_strings_free(lines);
			return NULL;
		}
		notes += length + (notes[length] == '\n');
	}
	return lines;
}

static int record_isolation(const struct sandbox *sandbox, struct ev_isolation *isolation)
{
	bool namespaces = sandbox->level != SANDBOX_REAPER;

	isolation->level = level_of(sandbox->level);
	isolation->pid_namespace = isolation->mount_namespace = isolation->net_namespace = namespaces;
	isolation->ipc_namespace = isolation->uts_namespace = isolation->overlay = namespaces;
	isolation->user_namespace = namespaces && sandbox->level != SANDBOX_PRIVILEGED;
	isolation->missing = split_notes(sandbox->root.notes);
	return isolation->missing ? 0 : -ENOMEM;
}

struct run {
	const struct engine_request *request;
	bool bare; /* nothing is read and judged */
	struct start start;
	struct sandbox sandbox;
	struct opinion opinion;
	struct evidence *evidence;
	struct observe_times times;
	int64_t begun_us;
};

static int run_start(struct run *run, struct error *error)
{
	struct sandbox_plan plan = {
	    .privileged = run->request->privileged,
	    .must_work = run->request->must_work,
	    .meanwhile = run->bare ? NULL : opinion_warm,
	    .meanwhile_data = &run->opinion,
	    .leader = leader_run,
	    .leader_data = &run->start.leader,
	};
	int status;

	run->begun_us = clock_now_us();
	run->evidence = evidence_new();
	if (!run->evidence)
		return error_set(error, -ENOMEM, "out of memory");
	status = start_prepare(run->request, &run->start, run->evidence, error);
	if (status < 0)
		return status;
	plan.tree = run->start.tree;
	plan.start_source = run->start.start_source;
	plan.ways = run->start.ways;
	status = sandbox_start(&plan, &run->sandbox, error);
	/* The kernel's, where -EINVAL of ours says that the request is wrong. */
	if (status == -EINVAL)
		status = -EOPNOTSUPP;
	if (status == 0)
		status = record_isolation(&run->sandbox, &run->evidence->isolation);
	return status;
}

static int run_observe(struct run *run, struct error *error)
{
	const struct observe_plan plan = {
	    .sandbox = &run->sandbox,
	    .tree = run->start.tree,
	    .sentinel = run->start.leader.sentinel,
	    .deadline_us = run->begun_us + run->request->timeout_us,
	    .patience_us = run->request->patience_us,
	    .judge = run->bare ? NULL : opinion_judge,
	    .judge_data = &run->opinion,
	};

	return observe_launch(&plan, run->evidence, &run->times, error);
}

static void run_end(struct run *run)
{
	sandbox_stop(&run->sandbox);
	start_free(&run->start);
	opinion_free(&run->opinion);
	evidence_free(run->evidence);
	run->evidence = NULL;
}

/* Takes the evidence over and judges it for good. */
static int conclude(struct opinion *opinion, struct evidence *evidence, struct engine_result *result,
                    struct error *error)
{
	result->evidence = evidence;
	result->profile = opinion_take(opinion, evidence, result->profile_reason, sizeof(result->profile_reason));
	if (!result->profile)
		return -EINVAL;
	if (findings_judge(evidence, result->profile, &result->findings) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return 0;
}

static struct engine_times times_of(const struct run *run)
{
	const struct observe_times *seen = &run->times;
	int64_t returned_us = seen->returned_us ? seen->returned_us : seen->started_us;
	int64_t observed_us = seen->read_us + seen->judge_us;

	return (struct engine_times){
	    .setup = seen->started_us - run->begun_us,
	    .run = returned_us - seen->started_us,
	    .settle = seen->settled_us ? seen->settled_us - returned_us - observed_us : 0,
	    .read = seen->read_us,
	    .judge = seen->judge_us,
	};
}

/* Hands the dying sandbox to the result: the kernel takes it down while the verdicts are made and told. */
static int leave_sandbox(struct run *run, struct engine_result *result, struct error *error)
{
	sandbox_kill(&run->sandbox);
	result->ending = malloc(sizeof(*result->ending));
	if (!result->ending)
		return error_set(error, -ENOMEM, "out of memory");
	*result->ending = run->sandbox;
	run->sandbox.init = 0;
	return 0;
}

int engine_run(const struct engine_request *request, struct engine_result *ret_result, struct error *error)
{
	struct run run = {.request = request, .sandbox = {.init_pidfd = -1, .report = -1}};
	struct engine_result result = {0};
	int status = opinion_prepare(&run.opinion, request->profile, error);

	if (status == 0)
		status = run_start(&run, error);
	if (status == 0)
		status = run_observe(&run, error);
	if (status == 0)
		status = leave_sandbox(&run, &result, error);
	if (status == 0)
		status = conclude(&run.opinion, TAKE_PTR(run.evidence), &result, error);
	result.times = times_of(&run);
	run_end(&run);
	if (status < 0) {
		engine_result_free(&result);
		return status;
	}
	*ret_result = result;
	return 0;
}

int engine_bare(const struct engine_request *request, struct engine_times *ret_times, struct error *error)
{
	struct run run = {.request = request, .bare = true, .sandbox = {.init_pidfd = -1, .report = -1}};
	int64_t ended_us;
	int status = run_start(&run, error);

	if (status == 0)
		status = run_observe(&run, error);
	ended_us = clock_now_us();
	sandbox_stop(&run.sandbox);
	if (status == 0) {
		*ret_times = times_of(&run);
		ret_times->teardown = clock_now_us() - ended_us;
	}
	run_end(&run);
	return status;
}

int engine_judge(struct evidence *evidence, const char *profile, struct engine_result *ret_result, struct error *error)
{
	struct opinion opinion;
	struct engine_result result = {0};
	int status = opinion_prepare(&opinion, profile, error);

	if (status == 0)
		status = conclude(&opinion, evidence, &result, error);
	else
		evidence_free(evidence);
	opinion_free(&opinion);
	if (status < 0)
		engine_result_free(&result);
	else
		*ret_result = result;
	return status;
}

void engine_result_free(struct engine_result *result)
{
	if (result->ending)
		sandbox_stop(result->ending);
	free(result->ending);
	findings_free(&result->findings);
	profile_free(result->profile);
	evidence_free(result->evidence);
	*result = (struct engine_result){0};
}
