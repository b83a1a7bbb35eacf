/* privilege.dropped: all ids and groups are the declared user's; and who gave up root kept no way back. */
#include "probes/common.h"

#include <stdio.h>

enum { IDS_TEXT_MAX = 64 };

static bool all_are(const struct ev_ids *ids, uint32_t id)
{
	return ids->real == id && ids->effective == id && ids->saved == id && ids->filesystem == id;
}

static bool any_is(const struct ev_ids *ids, uint32_t id)
{
	return ids->real == id || ids->effective == id || ids->saved == id || ids->filesystem == id;
}

static bool in_root_group(const struct ev_process *process)
{
	for (size_t i = 0; i < process->n_groups; i++)
		if (process->groups[i] == 0)
			return true;
	return false;
}

/* Real, effective, saved and file system id, in the order of /proc/PID/status. */
static const char *ids_text(const struct ev_ids *ids, char buffer[IDS_TEXT_MAX])
{
	(void)snprintf(buffer, IDS_TEXT_MAX, "%u %u %u %u", ids->real, ids->effective, ids->saved, ids->filesystem);
	return buffer;
}

static bool judge_declared(struct judging *judging, const struct ev_process *process)
{
	const struct ev_start *start = &judging->evidence->start;
	char text[IDS_TEXT_MAX];

	if (!process->ids_known)
		return false;
	if (!all_are(&process->uid, start->user_uid))
		finding_culprit(judging->finding, process, "uid", "%s", ids_text(&process->uid, text));
	if (!all_are(&process->gid, start->user_gid))
		finding_culprit(judging->finding, process, "gid", "%s", ids_text(&process->gid, text));
	if (start->user_uid != 0 && start->user_gid != 0 && in_root_group(process))
		finding_culprit(judging->finding, process, "groups", "0 is among them");
	return true;
}

/* With no user declared: only who gave up root is judged, by what it kept. */
static bool judge_undeclared(struct judging *judging, const struct ev_process *process)
{
	char text[IDS_TEXT_MAX];

	if (!process->ids_known || process->uid.effective == 0)
		return false;
	if (any_is(&process->uid, 0))
		finding_culprit(judging->finding, process, "uid", "%s, it can go back to root",
		                ids_text(&process->uid, text));
	else if (any_is(&process->gid, 0))
		finding_culprit(judging->finding, process, "gid", "%s, root's group is kept",
		                ids_text(&process->gid, text));
	else if (in_root_group(process))
		finding_culprit(judging->finding, process, "groups", "0, root's group is kept");
	numbers_add(&judging->numbers, process->uid.effective);
	return true;
}

static void judge_user(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct ev_start *start = &evidence->start;
	struct judging judging = judging_walk(evidence, profile, finding, judge_declared);

	finding_expect(finding, "uid %u and gid %u (%s) in all four ids", start->user_uid, start->user_gid,
	               start->user);
	judging_end(&judging, "no process's ids could be read", "uid %u, gid %u, no way back", start->user_uid,
	            start->user_gid);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging;
	char numbers[NUMBERS_TEXT_MAX];

	if (evidence->start.user) {
		judge_user(evidence, profile, finding);
		return;
	}
	finding_expect(finding, "nothing of root's left where root was given up");
	if (evidence->start.uid != 0) {
		finding_set(finding, VERDICT_SKIP, "no user is declared (--user), and it was not started as root");
		return;
	}
	judging = judging_walk(evidence, profile, finding, judge_undeclared);
	judging_end(&judging, "no user is declared (--user), and no process gave up root", "uid %s, no way back",
	            numbers_text(&judging.numbers, false, numbers));
}

const struct probe probe_privilege_dropped = {
    .id = "privilege.dropped",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "privileges are dropped as declared, with no way back",
    .sources = "daemon(7) step 13; setresuid(2)",
    .why =
        "A saved or real id of 0 is one setuid(2) away from root for whoever takes over the process, and root's group "
        "opens files that the service was meant not to see.",
    .mend =
        {
            .c = "/* groups first, the uid last; each call checked */\n"
                 "if (initgroups(user, gid) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)\n"
                 "        return -errno;",
            .python = "os.initgroups(user, gid)\n"
                      "os.setresgid(gid, gid, gid)\n"
                      "os.setresuid(uid, uid, uid)",
            .ruby = "Process.initgroups(user, gid)\n"
                    "Process::GID.change_privilege(gid)\n"
                    "Process::UID.change_privilege(uid)  # Process.euid= alone can be taken back",
            .shell = "exec setpriv --reuid=svc --regid=svc --init-groups my-daemon",
        },
    .judge = judge,
};
