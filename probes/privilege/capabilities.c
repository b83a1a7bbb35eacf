/* privilege.capabilities: what is left of root's power, judged under strict profiles. */
#include "probes/common.h"

static bool is_full(const struct evidence *evidence, const struct ev_process *process)
{
	uint64_t full = evidence->start.cap_effective;

	return (process->cap_effective & full) == full;
}

static void add_culprit(struct judging *judging, const struct ev_process *process, const char *field, uint64_t set,
                        const char *remark)
{
	finding_culprit(judging->finding, process, field, "%016llx, %s", (unsigned long long)set, remark);
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	bool is_root = process->uid.effective == 0;

	if (!process->ids_known)
		return false;
	if (process->cap_ambient)
		add_culprit(judging, process, "CapAmb", process->cap_ambient, "which every program that it runs gets");
	else if (is_full(judging->evidence, process))
		add_culprit(judging, process, "CapEff", process->cap_effective, "all that it was started with");
	else if (!is_root && process->cap_effective)
		add_culprit(judging, process, "CapEff", process->cap_effective, "though it is not root");
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	static const struct ev_process none;
	const struct ev_process *main = evidence_main(evidence);
	const struct ev_process *told = main ? main : &none;
	struct judging judging;

	finding_expect(finding, "fewer capabilities than it was started with, %016llx; none ambient",
	               (unsigned long long)evidence->start.cap_effective);
	if (evidence->start.cap_effective == 0) {
		finding_set(finding, VERDICT_SKIP, "it was started without capabilities");
		return;
	}
	judging = judging_walk(evidence, profile, finding, judge_one);
	judging_end(&judging, "no process's capabilities could be read",
	            "CapEff %016llx, CapPrm %016llx, CapBnd %016llx, NoNewPrivs %d, Seccomp %d",
	            (unsigned long long)told->cap_effective, (unsigned long long)told->cap_permitted,
	            (unsigned long long)told->cap_bounding, told->no_new_privileges, told->seccomp);
}

const struct probe probe_privilege_capabilities = {
    .id = "privilege.capabilities",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "it keeps fewer capabilities than root has",
    .sources = "systemd.exec(5), CapabilityBoundingSet=; CIS benchmarks; capabilities(7)",
    .why =
        "Whoever takes over a process with all of root's capabilities owns the machine; most daemons need one or two "
        "of them, or none after the start.",
    .mend =
        {
            .c = "cap_t caps = cap_from_text(\"cap_net_bind_service=ep\"); /* libcap */\n"
                 "cap_set_proc(caps);\n"
                 "cap_free(caps);",
            .python = "os.setresuid(uid, uid, uid)  # a change of uid from 0 drops them all",
            .ruby = "Process::UID.change_privilege(uid)  # a change of uid from 0 drops them all",
            .shell = "exec setpriv --reuid=svc --regid=svc --init-groups --bounding-set=-all my-daemon\n"
                     "# in the unit: User=svc CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
        },
    .judge = judge,
};
