/* launch.silent-after-return: the terminal is the caller's own again once the started process has returned. */
#include "probes/common.h"

#include <stdio.h>

enum { SHOWN_MAX = 120 };

/* The beginning of the output as a string: without its NULs, which would end it. */
static const char *beginning(const struct ev_launch *launch, char buffer[SHOWN_MAX])
{
	size_t used = 0;

	for (uint64_t i = 0; launch->late_output && i < launch->late_kept && used + 1 < SHOWN_MAX; i++)
		if (launch->late_output[i])
			buffer[used++] = launch->late_output[i];
	buffer[used] = '\0';
	return buffer;
}

static void judge_returned(const struct ev_launch *launch, struct finding *finding)
{
	char shown[SHOWN_MAX];
	char time[TIME_TEXT_MAX];

	if (launch->late_total == 0)
		finding_set(finding, VERDICT_PASS, "nothing was written after the return");
	else
		finding_set(finding, VERDICT_FAIL, "%llu bytes %s after the return: %s",
		            (unsigned long long)launch->late_total,
		            probe_time_text(launch->late_us - launch->returned_us, time), beginning(launch, shown));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	(void)profile;
	finding_expect(finding, "no output on the terminal after the started process has returned");
	if (finding_needs_return(evidence, "it did not return, so that no output is late", finding))
		judge_returned(&evidence->launch, finding);
}

const struct probe probe_launch_silent_after_return = {
    .id = "launch.silent-after-return",
    .seen = SEEN_LAUNCH,
    .title = "nothing is written to the terminal after the return",
    .sources = "daemon(7) step 9; pcp #577",
    .why = "The caller has the terminal back and works on it: late lines land in the middle of an editor or a "
           "prompt, and are lost as soon as the terminal is gone.",
    .mend =
        {
            .c = "int null = open(\"/dev/null\", O_RDWR);\n"
                 "for (int fd = 0; fd <= 2; fd++)\n"
                 "        dup2(null, fd); /* before the parent exits; then syslog(3) or a log file */",
            .python = "null = os.open(os.devnull, os.O_RDWR)\n"
                      "for fd in (0, 1, 2):\n"
                      "    os.dup2(null, fd)",
            .ruby = "$stdin.reopen(File::NULL)\n"
                    "$stdout.reopen(log_path, 'a')\n"
                    "$stderr.reopen($stdout)",
            .shell = "exec </dev/null >>/var/log/my-daemon.log 2>&1",
        },
    .judge = judge,
};
