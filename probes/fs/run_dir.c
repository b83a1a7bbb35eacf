/* fs.run-dir: /var/run is but the old name of /run. */
#include "probes/common.h"

#include <string.h>

static bool is_old_name(const char *path)
{
	return path && strncmp(path, "/var/run/", strlen("/var/run/")) == 0;
}

static size_t judge_sockets(const struct evidence *evidence, struct finding *finding)
{
	size_t judged = 0;

	for (size_t i = 0; i < evidence->n_listeners; i++) {
		const struct ev_listener *listener = &evidence->listeners[i];

		if (listener->family != EV_SOCKET_UNIX || !listener->address || listener->address[0] != '/')
			continue;
		judged++;
		if (is_old_name(listener->address))
			finding_culprit_file(finding, listener->address, "socket", "bound under /var/run");
	}
	return judged;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	size_t sockets = judge_sockets(evidence, finding);
	const char *pidfile = evidence->pidfile.path;

	(void)profile;
	finding_expect(finding, "pid file and sockets under /run");
	if (is_old_name(pidfile))
		finding_culprit_file(finding, pidfile, "pid file", "declared under /var/run");
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, true);
	else if (!pidfile && sockets == 0)
		finding_set(finding, VERDICT_SKIP, "no pid file is declared and it listens on no socket with a path");
	else
		finding_set(finding, VERDICT_PASS, "nothing under /var/run");
}

const struct probe probe_fs_run_dir = {
    .id = "fs.run-dir",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "run-time state is under /run, not /var/run",
    .sources = "systemd.service(5), PIDFile=; Filesystem Hierarchy Standard 3.0",
    .why = "/var may be mounted late or be missing early at boot; systemd warns about each name under /var/run and "
           "rewrites it.",
    .mend =
        {
            .c = "#define PID_PATH \"/run/my-daemon/my-daemon.pid\"",
            .python = "PID_PATH = '/run/my-daemon/my-daemon.pid'",
            .ruby = "PID_PATH = '/run/my-daemon/my-daemon.pid'",
            .shell = "PIDFILE=/run/my-daemon/my-daemon.pid\n"
                     "# in the unit: RuntimeDirectory=my-daemon",
        },
    .judge = judge,
};
