/* pidfile.never-empty: whoever waits for the file's name to appear reads it at once. What could be opened is mostly
 * told by the order of the changes, not by luck: a file that is made under its name and written to afterwards was
 * empty. All starts count, for in some the watch may have come too late. */
#include "probes/runs.h"

#include <string.h>

/* What the starts showed. */
struct starts {
	unsigned int watched;
	unsigned int empty, unfinished; /* of those: how often it could be opened like that */
	bool written;                   /* it was there in one of those at last */
	bool ends_its_line;             /* … with a whole line */
};

static void add_start(struct starts *starts, const struct ev_pidfile *pidfile)
{
	const struct ev_look *look = &pidfile->settled;

	if (!pidfile->watched)
		return;
	starts->watched++;
	starts->empty += pidfile->seen_empty;
	starts->unfinished += pidfile->seen_unfinished && !pidfile->seen_empty;
	if (look->state != EV_LOOK_READ)
		return;
	starts->written = true;
	if (look->content && memchr(look->content, '\n', (size_t)look->size))
		starts->ends_its_line = true;
}

static void add_starts(struct starts *starts, const struct evidence *evidence, enum ev_scenario scenario)
{
	for (const struct evidence *run = run_next_done(evidence, scenario, NULL); run;
	     run = run_next_done(evidence, scenario, run))
		add_start(starts, &run->pidfile);
}

static void judge_starts(const struct starts *starts, const char *path, struct finding *finding)
{
	if (starts->watched == 0)
		finding_set(finding, VERDICT_SKIP, "its directory could not be watched from the start on");
	else if (starts->empty > 0)
		finding_set(finding, VERDICT_FAIL, "%s could be opened while it held nothing, in %u of %u starts", path,
		            starts->empty, starts->watched);
	else if (starts->unfinished > 0 && !starts->ends_its_line)
		finding_set(finding, VERDICT_SKIP, "its line is never ended: see pidfile.content");
	else if (starts->unfinished > 0)
		finding_set(finding, VERDICT_FAIL, "%s could be opened while it held no whole line, in %u of %u starts",
		            path, starts->unfinished, starts->watched);
	else if (!starts->written)
		finding_set(finding, VERDICT_SKIP, "there was no pid file to look at");
	else
		finding_set(finding, VERDICT_PASS, "whole whenever it could be opened, in %u of %u starts",
		            starts->watched, starts->watched);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct starts starts = {0};

	(void)profile;
	finding_expect(finding, "a pid file that holds its whole line as soon as it can be opened");
	if (!evidence->pidfile.path) {
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
		return;
	}
	add_start(&starts, &evidence->pidfile);
	add_starts(&starts, evidence, EV_SCENARIO_AGAIN);
	add_starts(&starts, evidence, EV_SCENARIO_HELD);
	add_starts(&starts, evidence, EV_SCENARIO_HELD_LONG);
	judge_starts(&starts, evidence->pidfile.path, finding);
}

const struct probe probe_pidfile_never_empty = {
    .id = "pidfile.never-empty",
    .seen = SEEN_LAUNCH | SEEN_TRACE,
    .scenarios = SCENARIO_BIT(AGAIN) | SCENARIO_BIT(HELD),
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
