/* The probes of stops, signals and PID 1 where the launch that they need was not done, came to nothing, or is nonsense.
 */
#include "probes_declared.h"

#include <signal.h>

static const struct needed NEEDED[] = {
    {"signals.term-stops", EV_SCENARIO_STOP, 0},
    {"signals.term-early", EV_SCENARIO_STOP_TWICE, 0},
    {"signals.term-under-hostile", EV_SCENARIO_SIGNALS, EV_SIGNALS_IGNORED},
    {"signals.term-under-hostile", EV_SCENARIO_SIGNALS, EV_SIGNALS_BLOCKED},
    {"signals.int-quit", EV_SCENARIO_SIGNAL, SIGINT},
    {"signals.int-quit", EV_SCENARIO_SIGNAL, SIGQUIT},
    {"signals.hup", EV_SCENARIO_SIGNAL, SIGHUP},
    {"signals.hup-bad-config", EV_SCENARIO_BAD_CONFIG, 0},
    {"signals.log-reopen", EV_SCENARIO_LOG_REOPEN, 0},
    {"signals.drains", EV_SCENARIO_DRAIN, SIGTERM},
    {"signals.pipe", EV_SCENARIO_CLIENT_BREAKS, 0},
    {"signals.reaps", EV_SCENARIO_WORKER_KILLED, 0},
    {"signals.stop-cont", EV_SCENARIO_SIGNAL, SIGSTOP},
    {"pid1.term", EV_SCENARIO_PID1, 0},
    {"pid1.reaps", EV_SCENARIO_PID1, 0},
};
enum { N_NEEDED = sizeof(NEEDED) / sizeof(NEEDED[0]) };

START_TEST(not_done)
{
	assert_needs(&NEEDED[_i]);
}
END_TEST

START_TEST(nothing_done)
{
	assert_needs_steps(&NEEDED[_i]);
}
END_TEST

START_TEST(nonsense)
{
	judge_nonsense(&NEEDED[_i]);
}
END_TEST

Suite *probes_needed_suite(void)
{
	const TTest *loops[] = {not_done, nothing_done, nonsense};

	return declared_suite("probes: needed", NULL, 0, loops, sizeof(loops) / sizeof(loops[0]), N_NEEDED);
}
