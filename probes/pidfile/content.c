/* pidfile.content: the pid, a newline, and nothing else; and the pid is that of a live process of the daemon. */
#include "probes/systemd.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What is wrong with the form of CONTENT, or NULL. */
static const char *form_fault(const char *content, size_t size)
{
	size_t digits = 0;

	if (size == 0)
		return "it is empty";
	while (digits < size && is_digit(content[digits]))
		digits++;
	if (digits == 0)
		return content[0] == ' ' || content[0] == '\t' ? "white space before the number"
		                                               : "it does not begin with a number";
	if (content[0] == '0')
		return "a leading zero";
	if (digits == size)
		return "no newline after the number";
	if (content[digits] != '\n')
		return "something other than a newline after the number";
	return size > digits + 1 ? "more than one line" : NULL;
}

static void judge_pid(const struct evidence *evidence, int pid, struct finding *finding)
{
	const struct ev_process *process = evidence_process(evidence, pid);

	if (pid == evidence->start.leader)
		finding_set(finding, VERDICT_FAIL, "it names %d, the caller", pid);
	else if (!process)
		finding_set(finding, VERDICT_FAIL, "it names %d, which is no process of the daemon", pid);
	else if (!probe_alive(process))
		finding_set(finding, VERDICT_FAIL, "it names %d, a zombie", pid);
	else
		finding_set(finding, VERDICT_PASS, "it names %d, %s", pid, probe_or_unknown(process->name));
}

static void judge_content(const struct evidence *evidence, struct finding *finding)
{
	const struct ev_look *look = &evidence->pidfile.settled;
	const char *fault = form_fault(look->content ? look->content : "", look->content ? (size_t)look->size : 0);
	int pid = evidence_pidfile_pid(look);

	if (fault)
		finding_set(finding, VERDICT_FAIL, "%s", fault);
	else if (pid < 0)
		finding_set(finding, VERDICT_FAIL, "the number is no pid");
	else
		judge_pid(evidence, pid, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct ev_pidfile *pidfile = &evidence->pidfile;

	finding_expect(finding, "one line, the pid of a live process of the daemon");
	if (!pidfile->path) {
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
		return;
	}
	switch (pidfile->settled.state) {
	case EV_LOOK_NONE:
		finding_set(finding, VERDICT_SKIP, "it was not looked at");
		return;
	case EV_LOOK_FAILED:
		finding_set(finding, VERDICT_FAIL, "%s: %s", pidfile->path,
		            probe_errno_text(pidfile->settled.error_number));
		break;
	case EV_LOOK_READ:
		judge_content(evidence, finding);
		break;
	}
	systemd_tell(evidence, &pidfile->settled, profile, finding);
	finding->may_change = finding->verdict == VERDICT_FAIL;
}

const struct probe probe_pidfile_content = {
    .id = "pidfile.content",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "the pid file holds the pid of the running daemon and a newline",
    .sources = "systemd.service(5), PIDFile=; Filesystem Hierarchy Standard 3.0; fwknop #317",
    .why =
        "Whoever stops, reloads or watches the daemon signals the process that is named there: a wrong or cut number "
        "is a stranger's.",
    .mend =
        {
            .c = "dprintf(fd, \"%d\\n\", getpid()); /* in the daemon itself, after the last fork */",
            .python = "with open(pid_path, 'w') as file:\n"
                      "    file.write(f'{os.getpid()}\\n')",
            .ruby = "File.write(pid_path, \"#{Process.pid}\\n\")",
            .shell = "printf '%d\\n' \"$!\" >/run/my-daemon/my-daemon.pid",
        },
    .judge = judge,
};
