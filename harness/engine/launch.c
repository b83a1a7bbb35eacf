/* One launch. */
#include "engine/launch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

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

/* From before the start on, or it could be missed how the file came to be. */
static void watch_pidfile(const struct sandbox *sandbox, void *data)
{
	struct launch *launch = data;

	pidfile_watch_begin(sandbox, launch->request->pidfile, &launch->pidfile_watch);
}

static int begin(struct launch *launch, const struct launch_plan *plan, struct error *error)
{
	struct sandbox_plan sandbox = {
	    .privileged = launch->request->privileged,
	    .must_work = launch->request->must_work,
	    .meanwhile = plan->meanwhile,
	    .meanwhile_data = plan->meanwhile_data,
	    .leader = leader_run,
	    .leader_data = &launch->start.leader,
	};
	int status;

	launch->pidfile_watch.fd = -1;
	launch->pidfile_watch.name = launch->pidfile_watch.path;
	if (launch->request->pidfile) {
		sandbox.prepared = watch_pidfile;
		sandbox.prepared_data = launch;
	}
	launch->evidence = evidence_new();
	if (!launch->evidence)
		return error_set(error, -ENOMEM, "out of memory");
	status = start_prepare(launch->request, &plan->options, &launch->start, launch->evidence, error);
	if (status < 0)
		return status;
	sandbox.tree = launch->start.tree;
	sandbox.start_source = launch->start.start_source;
	sandbox.ways = launch->start.ways;
	status = sandbox_start(&sandbox, &launch->sandbox, error);
	/* The kernel's, where -EINVAL of ours says that the request is wrong. */
	if (status == -EINVAL)
		status = -EOPNOTSUPP;
	if (status == 0)
		status = record_isolation(&launch->sandbox, &launch->evidence->isolation);
	return status;
}

int launch_run(const struct engine_request *request, const struct launch_plan *plan, struct launch *ret_launch,
               struct error *error)
{
	struct observe_plan observe = {
	    .sandbox = &ret_launch->sandbox,
	    .sentinel = ret_launch->start.leader.sentinel,
	    .patience_us = request->patience_us,
	    .judge = plan->judge,
	    .judge_data = plan->judge_data,
	    .script = plan->script,
	    .hold = plan->hold,
	    .top = plan->top,
	    .stays = plan->top && plan->top->launch.outcome == EV_STAYED,
	    .pidfile_watch = &ret_launch->pidfile_watch,
	};
	int status;

	*ret_launch = (struct launch){.request = request, .sandbox = {.init_pidfd = -1, .report = -1}};
	ret_launch->begun_us = clock_now_us();
	status = begin(ret_launch, plan, error);
	if (status < 0)
		return status;
	observe.tree = ret_launch->start.tree;
	observe.deadline_us = ret_launch->begun_us + request->timeout_us;
	return observe_launch(&observe, ret_launch->evidence, &ret_launch->times, error);
}

void launch_end(struct launch *launch)
{
	sandbox_stop(&launch->sandbox);
	start_free(&launch->start);
	evidence_free(launch->evidence);
	launch->evidence = NULL;
}
