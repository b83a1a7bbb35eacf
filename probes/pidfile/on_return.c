/* pidfile.on-return: whoever waited for the started process may use the pid file at once. */
#include "probes/common.h"

static const struct ev_process *live(const struct evidence *evidence, int pid)
{
	const struct ev_process *process = evidence_process(evidence, pid);

	return process && probe_alive(process) ? process : NULL;
}

static void judge_pid(const struct evidence *evidence, struct finding *finding)
{
	int pid = evidence_pidfile_pid(&evidence->pidfile.returned);
	int settled = evidence_pidfile_pid(&evidence->pidfile.settled);

	if (pid < 0)
		finding_set(finding, VERDICT_FAIL, "%s",
		            evidence->pidfile.returned.size ? "it held no pid" : "it was empty");
	else if (settled > 0 && pid != settled)
		finding_set(finding, VERDICT_FAIL, "it named %d, and later %d", pid, settled);
	else if (!live(evidence, pid))
		finding_set(finding, VERDICT_FAIL, "it named %d, which is no live process of the daemon", pid);
	else
		finding_set(finding, VERDICT_PASS, "it named %d", pid);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct ev_pidfile *pidfile = &evidence->pidfile;

	(void)profile;
	finding_expect(finding, "a complete pid file at the instant of the return");
	if (!pidfile->path) {
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
		return;
	}
	if (evidence->launch.outcome != EV_RETURNED) {
		finding_set(finding, VERDICT_SKIP, "the started process did not return");
		return;
	}
	switch (pidfile->returned.state) {
	case EV_LOOK_NONE:
		finding_set(finding, VERDICT_SKIP, "it was not looked at when the started process returned");
		return;
	case EV_LOOK_FAILED:
		finding_set(finding, VERDICT_FAIL, "%s: %s", pidfile->path,
		            probe_errno_text(pidfile->returned.error_number));
		return;
	case EV_LOOK_READ:
		judge_pid(evidence, finding);
		return;
	}
}

const struct probe probe_pidfile_on_return = {
    .id = "pidfile.on-return",
    .seen = SEEN_LAUNCH,
    .title = "the pid file is complete when the started process returns",
    .sources = "daemon(7) steps 12 and 15; systemd.service(5), PIDFile=; systemd #4100, nghttp2 #375",
    .why = "The service manager reads the file as soon as the start returns: when it is not there yet, it gives up "
           "or takes another process for the main one.",
    .mend =
        {
            .c = "/* in the daemon, once the pid file is written: */ write(ready[1], \"\", 1);\n"
                 "/* in the parent: */ _exit(read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);",
            .python = "os.write(ready_w, b'1')                     # in the daemon, after the pid file\n"
                      "os._exit(0 if os.read(ready_r, 1) else 1)   # in the parent",
            .ruby = "ready_w.write('1')                # in the daemon, after the pid file\n"
                    "exit!(ready_r.read(1) ? 0 : 1)    # in the parent",
            .shell = "my-daemon & printf '%d\\n' \"$!\" >/run/my-daemon/my-daemon.pid  # by the parent, before it ends",
        },
    .judge = judge,
};
