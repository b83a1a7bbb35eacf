/* fds.close-cost. */
#include "probes_build.h"

/* The clean launch took 3 ms of processor time under a limit of 1024; the raised one takes CPU_US. */
static struct evidence *raised(int variant, uint64_t nofile, int64_t cpu_us)
{
	struct evidence *run;

	world.evidence.start.nofile = 1024;
	world.evidence.launch.cpu_us = 3000;
	run = world_run(EV_SCENARIO_NOFILE, variant);
	run->start.nofile = nofile;
	run->launch.cpu_us = cpu_us;
	return run;
}

START_TEST(cheap_start)
{
	struct evidence *run = raised(0, 1 << 20, 2900);

	assert_judged("fds.close-cost", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "3.0 ms of processor time with a limit of 1024 descriptors, 2.9 ms with 1048576");
	run->launch.cpu_us = 20000;
	assert_judged("fds.close-cost", VERDICT_PASS);
	world.evidence.launch.cpu_us = 50000;
	run->launch.cpu_us = 140000;
	assert_judged("fds.close-cost", VERDICT_PASS);
	run->start.nofile = 20000;
	world.evidence.launch.cpu_us = 1000;
	run->launch.cpu_us = 4000;
	assert_judged("fds.close-cost", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "the limit of descriptors could be raised to 20000 only, too few to tell");
	run->launch.cpu_us = 9000;
	assert_judged("fds.close-cost", VERDICT_FAIL);
}
END_TEST

START_TEST(dear_start)
{
	struct evidence *run = raised(0, 1 << 20, 120000), *more = raised(1, 1 << 30, 130000);

	assert_judged("fds.close-cost", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "3.0 ms of processor time with a limit of 1024 descriptors, 120.0 ms with 1048576");
	ck_assert(!world.finding.may_change);
	/* One slow start among others with as high a limit is noise. */
	more->start.nofile = 1 << 20;
	more->launch.cpu_us = 3100;
	assert_judged("fds.close-cost", VERDICT_PASS);
	more->start.nofile = 1 << 30;
	more->launch.cpu_us = 120000;
	run->launch.cpu_us = 3100;
	assert_judged("fds.close-cost", VERDICT_FAIL);
	assert_seen("120.0 ms with 1073741824");
	more->launch.outcome = EV_NEVER;
	more->launch.cpu_us = 0;
	assert_judged("fds.close-cost", VERDICT_FAIL);
	assert_seen("with a limit of 1073741824 descriptors it never settled");
}
END_TEST

/* What the repetition takes as well is not for the limit. */
START_TEST(start_that_varies)
{
	struct evidence *again = world_run(EV_SCENARIO_AGAIN, 0);

	(void)raised(0, 1 << 20, 120000);
	assert_judged("fds.close-cost", VERDICT_FAIL);
	again->launch.cpu_us = 50000;
	assert_judged("fds.close-cost", VERDICT_PASS);
}
END_TEST

static struct evidence *counted(int variant, uint64_t nofile, uint64_t closes)
{
	struct evidence *run = world_run(EV_SCENARIO_CLOSES, variant);

	run->start.nofile = nofile;
	run->launch.closes_known = true;
	run->launch.closes = closes;
	return run;
}

START_TEST(closes_counted)
{
	static const struct {
		uint64_t low, high;
		enum verdict verdict;
	} cases[] = {
	    {0, 0, VERDICT_PASS},
	    {12, 15, VERDICT_PASS},
	    {960, 960, VERDICT_PASS},
	    {960, 448, VERDICT_PASS},
	    {448, 960, VERDICT_FAIL},
	    {447, 940, VERDICT_FAIL},
	    {2 * 448, 2 * 960, VERDICT_FAIL},
	    {637, 1149, VERDICT_FAIL},
	    {448, 600, VERDICT_PASS},
	    {0, UINT64_MAX, VERDICT_FAIL},
	};
	struct evidence *low = counted(0, 512, 0), *high = counted(1, 1024, 0);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		low->launch.closes = cases[i].low;
		high->launch.closes = cases[i].high;
		assert_judged("fds.close-cost", cases[i].verdict);
	}
	low->launch.closes = 450;
	high->launch.closes = 962;
	assert_judged("fds.close-cost", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "450 calls of close with a limit of 512 descriptors, 962 with 1024: "
	                                     "one for each that could be open");
	high->start.nofile = 512; /* the limit could not be raised */
	assert_judged("fds.close-cost", VERDICT_PASS);
	low->launch.status = 1 << 8;
	assert_judged("fds.close-cost", VERDICT_SKIP);
	low->state = EV_RUN_FAILED;
	assert_judged("fds.close-cost", VERDICT_BROKEN);
}
END_TEST

START_TEST(cost_not_known)
{
	struct evidence *run = raised(0, 1024, 2900);

	assert_judged("fds.close-cost", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "the limit of descriptors could not be raised");
	run->start.nofile = 1 << 20;
	run->launch.cpu_us = 0;
	assert_judged("fds.close-cost", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "the processor time of its start is not known");
	run->launch.cpu_us = 2900;
	world.evidence.launch.cpu_us = 0;
	assert_judged("fds.close-cost", VERDICT_SKIP);
	run->launch.status = 1 << 8;
	assert_judged("fds.close-cost", VERDICT_SKIP);
	assert_seen("with a limit of 1048576 descriptors it does not start as usual");
	run->state = EV_RUN_FAILED;
	assert_judged("fds.close-cost", VERDICT_BROKEN);
	world.evidence.n_runs = 0;
	assert_judged("fds.close-cost", VERDICT_SKIP);
}
END_TEST

Suite *probes_cost_suite(void)
{
	const TTest *tests[] = {cheap_start, dear_start, start_that_varies, closes_counted, cost_not_known};

	return world_suite("probes: fds.close-cost", tests, sizeof(tests) / sizeof(tests[0]));
}
