/* One run: the clean launch, the further ones, the verdicts. */
#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/arrange.h"
#include "engine/candidate.h"
#include "engine/declared.h"
#include "engine/fleet.h"
#include "engine/opinion.h"

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

static struct engine_times times_of(const struct launch *launch)
{
	const struct observe_times *seen = &launch->times;
	int64_t returned_us = seen->returned_us ? seen->returned_us : seen->started_us;
	int64_t observed_us = seen->read_us + seen->judge_us;

	return (struct engine_times){
	    .setup = seen->started_us - launch->begun_us,
	    .run = returned_us - seen->started_us,
	    .settle = seen->settled_us ? seen->settled_us - returned_us - observed_us : 0,
	    .read = seen->read_us,
	    .judge = seen->judge_us,
	};
}

/* Hands the dying sandbox to the result: the kernel takes it down while the verdicts are made and told. */
static int leave_sandbox(struct launch *launch, struct engine_result *result, struct error *error)
{
	sandbox_kill(&launch->sandbox);
	result->ending = malloc(sizeof(*result->ending));
	if (!result->ending)
		return error_set(error, -ENOMEM, "out of memory");
	*result->ending = launch->sandbox;
	launch->sandbox.init = 0;
	return 0;
}

/* The launches that the probes of the profile need besides the clean one. */
static int run_others(const struct engine_request *request, struct opinion *opinion, struct evidence *evidence,
                      struct error *error)
{
	const struct profile *profile = request->quick ? NULL : opinion_profile(opinion, evidence);

	if (request->quick)
		return 0;
	if (!profile)
		return -EINVAL;
	return fleet_run(request, request->thorough ? UINT64_MAX : findings_scenarios(profile), evidence, error);
}

int engine_run(const struct engine_request *request, struct engine_result *ret_result, struct error *error)
{
	static struct arranged arranged;
	struct opinion opinion;
	struct launch launch = {.sandbox = {.init_pidfd = -1, .report = -1}};
	struct engine_result result = {0};
	int style = request->candidate ? request->candidate->style : CANDIDATE_STYLE_UNKNOWN;
	int status = opinion_prepare(&opinion, request->profile, style, error);

	if (status == 0 && arrange_clean(request, &arranged) < 0)
		status = error_set(error, -EINVAL, "the candidate file asks for too much");
	arranged.launch.meanwhile = opinion_warm;
	arranged.launch.judge = opinion_judge;
	arranged.launch.meanwhile_data = arranged.launch.judge_data = &opinion;
	if (status == 0)
		status = launch_run(request, &arranged.launch, &launch, error);
	if (status == 0)
		status = leave_sandbox(&launch, &result, error);
	if (status == 0)
		status = declared_fill(request, launch.evidence, error);
	if (status == 0)
		status = run_others(request, &opinion, launch.evidence, error);
	if (status == 0)
		status = conclude(&opinion, TAKE_PTR(launch.evidence), &result, error);
	result.times = times_of(&launch);
	launch_end(&launch);
	arranged_free(&arranged);
	opinion_free(&opinion);
	if (status < 0) {
		engine_result_free(&result);
		return status;
	}
	*ret_result = result;
	return 0;
}

int engine_bare(const struct engine_request *request, struct engine_times *ret_times, struct error *error)
{
	const struct launch_plan plan = {0};
	struct launch launch;
	int64_t ended_us;
	int status = launch_run(request, &plan, &launch, error);

	ended_us = clock_now_us();
	sandbox_stop(&launch.sandbox);
	if (status == 0) {
		*ret_times = times_of(&launch);
		ret_times->teardown = clock_now_us() - ended_us;
	}
	launch_end(&launch);
	return status;
}

int engine_judge(struct evidence *evidence, const char *profile, struct engine_result *ret_result, struct error *error)
{
	struct opinion opinion;
	struct engine_result result = {0};
	int status = opinion_prepare(&opinion, profile, CANDIDATE_STYLE_UNKNOWN, error);

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
