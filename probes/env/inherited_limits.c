/* env.inherited-limits: what the caller's kernel-side settings leave in the daemon. Only what is unusual by itself
 * counts; limits are told, since nobody can say which of them a daemon should have. */
#include "probes/common.h"

#include <stdio.h>

#include "base/text.h"

enum { LOGINUID_UNSET = UINT32_MAX };

static void judge_main(const struct ev_start *start, const struct ev_process *main, struct finding *finding)
{
	if (main->nice != 0 && main->nice == start->nice)
		finding_culprit(finding, main, "nice", "%d, the caller's", main->nice);
	if (main->oom_score_adj_known && start->oom_score_adj_known && main->oom_score_adj != 0 &&
	    main->oom_score_adj == start->oom_score_adj)
		finding_culprit(finding, main, "oom_score_adj", "%d, the caller's", main->oom_score_adj);
	if (main->loginuid_known && start->loginuid_known && main->loginuid != LOGINUID_UNSET &&
	    main->loginuid == start->loginuid)
		finding_culprit(finding, main, "loginuid", "%u, the caller's", main->loginuid);
}

static size_t count_equal(const struct ev_start *start, const struct ev_process *main)
{
	size_t equal = 0;

	for (size_t i = 0; i < EVIDENCE_LIMITS; i++)
		equal += main->limits[i].soft == start->limits[i].soft && main->limits[i].hard == start->limits[i].hard;
	return equal;
}

static void tell_usual(const struct ev_start *start, const struct ev_process *main, struct finding *finding)
{
	finding_set(finding, VERDICT_PASS, "nice %d", main->nice);
	if (main->oom_score_adj_known)
		text_append(finding->seen, sizeof(finding->seen), ", oom_score_adj %d", main->oom_score_adj);
	if (main->loginuid_known && main->loginuid != LOGINUID_UNSET)
		text_append(finding->seen, sizeof(finding->seen), ", loginuid %u", main->loginuid);
	else if (main->loginuid_known)
		text_append(finding->seen, sizeof(finding->seen), ", no loginuid");
	if (main->limits_known && start->limits_known)
		text_append(finding->seen, sizeof(finding->seen), "; %zu of %d limits are the caller's",
		            count_equal(start, main), (int)EVIDENCE_LIMITS);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct ev_process *main = evidence_main(evidence);

	(void)profile;
	finding_expect(finding, "no niceness, OOM score or login uid of the caller's");
	if (!main) {
		finding_set(finding, VERDICT_SKIP, "there is no main process");
		return;
	}
	judge_main(&evidence->start, main, finding);
	/* A daemon that sets them does so early: waiting would slow down every launch from a login. */
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	else
		tell_usual(&evidence->start, main, finding);
}

const struct probe probe_env_inherited_limits = {
    .id = "env.inherited-limits",
    .seen = SEEN_DIFFERENTIAL | SEEN_AUDIT,
    .title = "niceness, OOM score and login uid are not the caller's",
    .sources = "systemd.exec(5), Nice=, OOMScoreAdjust=; pam_loginuid(8); teleport #16835",
    .why =
        "Started from a niced shell or under a service that the kernel is to spare, the daemon has other chances than "
        "after a boot; and the audit log blames whoever logged in then for all that it does.",
    .mend =
        {
            .c = "setpriority(PRIO_PROCESS, 0, 0); /* towards 0 from above needs CAP_SYS_NICE */\n"
                 "fd = open(\"/proc/self/oom_score_adj\", O_WRONLY | O_CLOEXEC);\n"
                 "write(fd, \"0\", 1); /* the login uid is fixed: start it from the service manager */",
            .python = "os.setpriority(os.PRIO_PROCESS, 0, 0)\n"
                      "with open('/proc/self/oom_score_adj', 'w') as file:\n"
                      "    file.write('0')",
            .ruby = "Process.setpriority(Process::PRIO_PROCESS, 0, 0)\n"
                    "File.write('/proc/self/oom_score_adj', '0')",
            .shell = "systemd-run --property=Nice=0 --property=OOMScoreAdjust=0 my-daemon",
        },
    .judge = judge,
};
