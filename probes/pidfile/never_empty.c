/* pidfile.never-empty: whoever waits for the file's name to appear reads it at once. What could be opened is told by
 * the order of the changes, not by luck: a file that is made under its name and written to afterwards was empty. */
#include "probes/common.h"

#include <string.h>

/* Whether the file as it is in the end has no whole line either: then it was no passing state. */
static bool never_ends_its_line(const struct ev_look *look)
{
	return look->state == EV_LOOK_READ && look->size > 0 &&
	       (!look->content || !memchr(look->content, '\n', (size_t)look->size));
}

static void judge_changes(const struct ev_pidfile *pidfile, struct finding *finding)
{
	if (pidfile->seen_empty)
		finding_set(finding, VERDICT_FAIL, "%s could be opened while it held nothing", pidfile->path);
	else if (pidfile->seen_unfinished && never_ends_its_line(&pidfile->settled))
		finding_set(finding, VERDICT_SKIP, "its line is never ended: see pidfile.content");
	else if (pidfile->seen_unfinished)
		finding_set(finding, VERDICT_FAIL, "%s could be opened while it held no whole line", pidfile->path);
	else if (pidfile->settled.state != EV_LOOK_READ)
		finding_set(finding, VERDICT_SKIP, "there was no pid file to look at");
	else
		finding_set(finding, VERDICT_PASS, "whole whenever it could be opened");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	(void)profile;
	finding_expect(finding, "a pid file that holds its whole line as soon as it can be opened");
	if (!evidence->pidfile.path)
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
	else if (!evidence->pidfile.watched)
		finding_set(finding, VERDICT_SKIP, "its directory could not be watched from the start on");
	else
		judge_changes(&evidence->pidfile, finding);
}

const struct probe probe_pidfile_never_empty = {
    .id = "pidfile.never-empty",
    .seen = SEEN_LAUNCH | SEEN_TRACE,
    .title = "the pid file is never there empty or half written",
    .sources = "rename(2); systemd.service(5), PIDFile=; spring-boot #4923",
    .why = "A service manager watches for the file and reads it the moment it appears: an empty one is an error to it, "
           "and a number that is cut is another process.",
    .mend =
        {
            .c = "FILE *file = fopen(\"/run/my-daemon/my-daemon.pid.new\", \"we\");\n"
                 "fprintf(file, \"%d\\n\", getpid());\n"
                 "if (fclose(file) == 0)\n"
                 "        rename(\"/run/my-daemon/my-daemon.pid.new\", \"/run/my-daemon/my-daemon.pid\");\n"
                 "/* a lock belongs on a file of its own: this one is replaced */",
            .python = "with open(pid_path + '.new', 'w') as file:\n"
                      "    file.write(f'{os.getpid()}\\n')\n"
                      "os.replace(pid_path + '.new', pid_path)",
            .ruby = "File.write(\"#{pid_path}.new\", \"#{Process.pid}\\n\")\n"
                    "File.rename(\"#{pid_path}.new\", pid_path)",
            .shell = "printf '%d\\n' \"$!\" >/run/my-daemon/my-daemon.pid.new\n"
                     "mv -f /run/my-daemon/my-daemon.pid.new /run/my-daemon/my-daemon.pid",
        },
    .judge = judge,
};
