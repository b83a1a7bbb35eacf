/* launch.exit-zero: the started process tells by its status that the daemon runs. */
#include "probes/common.h"

#include <sys/wait.h>

static void judge_status(int status, struct finding *finding)
{
	char end[END_TEXT_MAX];
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	finding_set(finding, good ? VERDICT_PASS : VERDICT_FAIL, "it %s", probe_end_text(status, end));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	(void)profile;
	finding_expect(finding, "exit status 0 of the started process");
	if (finding_needs_return(evidence, "it did not return, so that there is no status", finding))
		judge_status(evidence->launch.status, finding);
}

const struct probe probe_launch_exit_zero = {
    .id = "launch.exit-zero",
    .seen = SEEN_LAUNCH,
    .title = "the started process returns with status 0",
    .sources = "daemon(7) step 15; systemd.service(5), Type=forking",
    .why = "A status other than 0 says that the start failed: service managers and scripts then stop or restart a "
           "daemon that runs.",
    .mend =
        {
            .c = "_exit(EXIT_SUCCESS); /* in the parent, not the value that fork() gave it */",
            .python = "os._exit(0)  # in the parent; sys.exit() would run the exit handlers twice",
            .ruby = "exit!(0)  # in the parent, without the at_exit handlers",
            .shell = "my-daemon --daemon || exit 1\n"
                     "exit 0",
        },
    .judge = judge,
};
