/* fds.close-cost: a daemon that closes every possible descriptor one by one needs as long as the limit is high. Where
 * its calls of close are counted under a low limit, the number tells. Under a high one the processor time of the
 * launcher does, which other work on the machine does not lengthen. */
#include "probes/runs.h"

#include "base/clock.h"

/* No system call is cheaper than so much, and what a start needs varies by less than the other two. */
enum { CALL_NS = 20, CALLS_MAX = 1000000, CPU_NOISE_US = 5 * CLOCK_US_PER_MS, CPU_TIMES = 3 };
/* Calls on numbers from so much on are counted; what else is closed there is no more than a tenth; loops told apart. */
enum { ELSE_SHARE = 4 };

typedef bool is_slow(const struct evidence *evidence, const struct evidence *run);

/* A launch with a higher limit than the clean one. */
static bool is_raised(const struct evidence *evidence, const struct evidence *run)
{
	return evidence->start.nofile > 0 && run->start.nofile > evidence->start.nofile;
}

static const struct evidence *next_raised(const struct evidence *evidence, const struct evidence *previous)
{
	const struct evidence *run = previous;

	while ((run = run_next_done(evidence, EV_SCENARIO_NOFILE, run)))
		if (is_raised(evidence, run))
			return run;
	return NULL;
}

/* The least that a call for each of the descriptors that there are more takes; some close a million at most. */
static uint64_t least_growth_us(const struct evidence *evidence, const struct evidence *run)
{
	uint64_t more = run->start.nofile - evidence->start.nofile;

	return (more < CALLS_MAX ? more : CALLS_MAX) * CALL_NS / 1000;
}

/* The most that the clean start and its repetitions took. */
static int64_t usual_cpu_us(const struct evidence *evidence)
{
	int64_t most_us = evidence->launch.cpu_us;
	const struct evidence *again = NULL;

	while ((again = run_next_done(evidence, EV_SCENARIO_AGAIN, again)))
		if (again->launch.cpu_us > most_us)
			most_us = again->launch.cpu_us;
	return most_us;
}

static bool is_expensive(const struct evidence *evidence, const struct evidence *run)
{
	int64_t usual_us = usual_cpu_us(evidence), raised_us = run->launch.cpu_us;

	if (evidence->launch.cpu_us <= 0 || run->launch.outcome != evidence->launch.outcome ||
	    raised_us / CPU_TIMES <= usual_us)
		return false;
	return raised_us - usual_us > CPU_NOISE_US && (uint64_t)(raised_us - usual_us) > least_growth_us(evidence, run);
}

static bool is_endless(const struct evidence *evidence, const struct evidence *run)
{
	(void)evidence;
	return run->launch.outcome == EV_NEVER || run->launch.outcome == EV_TOO_MUCH;
}

/* The launch with the lowest limit from which on all are slow: one slow launch among others is noise. */
static const struct evidence *slow_from(const struct evidence *evidence, is_slow *slow)
{
	const struct evidence *run = NULL, *lowest = NULL, *fast = NULL;

	while ((run = next_raised(evidence, run)))
		if (!slow(evidence, run) && (!fast || run->start.nofile > fast->start.nofile))
			fast = run;
	while ((run = next_raised(evidence, run)))
		if (slow(evidence, run) && (!fast || run->start.nofile > fast->start.nofile) &&
		    (!lowest || run->start.nofile < lowest->start.nofile))
			lowest = run;
	return lowest;
}

static void tell_times(const struct evidence *evidence, const struct evidence *run, enum verdict verdict,
                       const char *what, int64_t usual_us, int64_t raised_us, struct finding *finding)
{
	char usual[TIME_TEXT_MAX], raised[TIME_TEXT_MAX];

	finding_set(finding, verdict, "%s %s with a limit of %llu descriptors, %s with %llu",
	            probe_time_text(usual_us, usual), what, (unsigned long long)evidence->start.nofile,
	            probe_time_text(raised_us, raised), (unsigned long long)run->start.nofile);
}

/* Whether one of the ways to be slow shows; the finding tells it then. */
static bool tell_slow(const struct evidence *evidence, struct finding *finding)
{
	const struct evidence *expensive = slow_from(evidence, is_expensive);
	const struct evidence *endless = slow_from(evidence, is_endless);
	char text[OUTCOME_TEXT_MAX];

	if (expensive)
		tell_times(evidence, expensive, VERDICT_FAIL, "of processor time", usual_cpu_us(evidence),
		           expensive->launch.cpu_us, finding);
	else if (endless)
		finding_set(finding, VERDICT_FAIL, "with a limit of %llu descriptors %s",
		            (unsigned long long)endless->start.nofile, probe_outcome_text(endless, text));
	return expensive || endless;
}

/* The launch with the highest limit that went as the clean one and whose time is known, or NULL. */
static const struct evidence *comparable(const struct evidence *evidence)
{
	const struct evidence *run = NULL, *highest = NULL;
	char why[OUTCOME_TEXT_MAX];

	while ((run = next_raised(evidence, run)))
		if (run->launch.cpu_us > 0 && run_started(evidence, run, why, sizeof(why)) &&
		    (!highest || run->start.nofile > highest->start.nofile))
			highest = run;
	return highest;
}

static void tell_incomparable(const struct evidence *evidence, struct finding *finding)
{
	const struct evidence *run = next_raised(evidence, NULL);
	char why[OUTCOME_TEXT_MAX];

	if (!run)
		finding_set(finding, VERDICT_SKIP, "the limit of descriptors could not be raised");
	else if (!run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "with a limit of %llu descriptors it does not start as usual: %s",
		            (unsigned long long)run->start.nofile, why);
	else
		finding_set(finding, VERDICT_SKIP, "the processor time of its start is not known");
}

/* No launch was slow. Where the limit is so low that a slow one would not stand out, that says nothing. */
static void tell_fast(const struct evidence *evidence, struct finding *finding)
{
	const struct evidence *run = evidence->launch.cpu_us > 0 ? comparable(evidence) : NULL;

	if (!run)
		tell_incomparable(evidence, finding);
	else if (least_growth_us(evidence, run) < CPU_NOISE_US)
		finding_set(finding, VERDICT_SKIP,
		            "the limit of descriptors could be raised to %llu only, too few to tell",
		            (unsigned long long)run->start.nofile);
	else
		tell_times(evidence, run, VERDICT_PASS, "of processor time", evidence->launch.cpu_us,
		           run->launch.cpu_us, finding);
}

/* A launch whose calls of close were counted, or NULL. */
static const struct evidence *counted(const struct evidence *evidence, int variant)
{
	const struct evidence *run = evidence_run(evidence, EV_SCENARIO_CLOSES, variant);
	char why[OUTCOME_TEXT_MAX];

	return run && run->state == EV_RUN_DONE && run->launch.closes_known &&
	               run_started(evidence, run, why, sizeof(why))
	           ? run
	           : NULL;
}

/* Whether nearly as many calls came with the higher limit as there are more numbers. Loops up to a fixed number come to
 * the same count under both. */
static bool grows(const struct evidence *low, const struct evidence *high)
{
	uint64_t more = high->start.nofile > low->start.nofile ? high->start.nofile - low->start.nofile : 0;

	return more > 0 && high->launch.closes > low->launch.closes &&
	       high->launch.closes - low->launch.closes >= more - more / ELSE_SHARE;
}

static void tell_counted(const struct evidence *low, const struct evidence *high, enum verdict verdict,
                         struct finding *finding)
{
	finding_set(finding, verdict, "%llu calls of close with a limit of %llu descriptors, %llu with %llu%s",
	            (unsigned long long)low->launch.closes, (unsigned long long)low->start.nofile,
	            (unsigned long long)high->launch.closes, (unsigned long long)high->start.nofile,
	            verdict == VERDICT_FAIL ? ": one for each that could be open" : "");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *low = counted(evidence, 0), *high = counted(evidence, 1);

	(void)profile;
	finding_expect(finding, "a start that takes no longer where the limit of descriptors is high");
	if (low && high && grows(low, high))
		tell_counted(low, high, VERDICT_FAIL, finding);
	else if (tell_slow(evidence, finding) || run_tell_failed(evidence, EV_SCENARIO_NOFILE, finding) ||
	         run_tell_failed(evidence, EV_SCENARIO_CLOSES, finding))
		return;
	else if (low && high)
		tell_counted(low, high, VERDICT_PASS, finding);
	else if (!run_none_done(evidence, EV_SCENARIO_NOFILE, finding))
		tell_fast(evidence, finding);
}

const struct probe probe_fds_close_cost = {
    .id = "fds.close-cost",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(CLOSES) | SCENARIO_BIT(NOFILE) | SCENARIO_BIT(AGAIN),
    .title = "its start takes no longer where the limit of descriptors is high",
    .sources = "rsyslog #5158, fail2ban #3334, docker/for-linux #502",
    .why = "In containers the limit may be a thousand million: a loop that closes every possible descriptor then takes "
           "minutes, in which the service counts as hanging and is killed.",
    .mend =
        {
            .c = "close_range(3, ~0U, 0); /* Linux 5.9, glibc 2.34; else close what /proc/self/fd lists */",
            .python = "for fd in [int(name) for name in os.listdir('/proc/self/fd')]:\n"
                      "    if fd > 2:\n"
                      "        try:\n"
                      "            os.close(fd)\n"
                      "        except OSError:  # the listing's own descriptor\n"
                      "            pass",
            .ruby = "Dir.children('/proc/self/fd').map(&:to_i).select { |fd| fd > 2 }.each do |fd|\n"
                    "  IO.for_fd(fd).close rescue nil  # not 3.upto(Process.getrlimit(:NOFILE).first)\n"
                    "end",
            .shell = "ulimit -Sn 1024 && exec my-daemon  # where the program itself cannot be changed",
        },
    .judge = judge,
};
