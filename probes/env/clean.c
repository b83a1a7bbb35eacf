/* env.clean: variables that turn programs from their way, as the caller had them. What the daemon has set itself is its
 * own affair: only a variable with the very value that was planted counts. */
#include "probes/common.h"

#include <string.h>

static const char *const NAMES[] = {
    "BASH_ENV", "ENV",          "IFS",    "PERL5LIB", "PERL5OPT", "PYTHONPATH",      "PYTHONHOME",    "RUBYLIB",
    "RUBYOPT",  "NODE_OPTIONS", "TMPDIR", "DISPLAY",  "OLDPWD",   "WAYLAND_DISPLAY", "SSH_AUTH_SOCK", "XAUTHORITY"};
static const char *const PREFIXES[] = {"LD_", "SUDO_", "XDG_"};

static bool is_dangerous(const char *name)
{
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (strcmp(name, NAMES[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(PREFIXES) / sizeof(PREFIXES[0]); i++)
		if (strncmp(name, PREFIXES[i], strlen(PREFIXES[i])) == 0)
			return true;
	return false;
}

static bool is_judged(const struct ev_marker *marker)
{
	return marker->name && marker->value && is_dangerous(marker->name);
}

/* Whether the list has NAME=VALUE exactly as the marker says. */
static bool has(char *const *environment, const struct ev_marker *marker)
{
	size_t length = strlen(marker->name);

	for (; *environment; environment++)
		if (strncmp(*environment, marker->name, length) == 0 && (*environment)[length] == '=' &&
		    strcmp(*environment + length + 1, marker->value) == 0)
			return true;
	return false;
}

/* What the process was executed with cannot convict it, since it may have changed its environment since; it can acquit.
 */
static bool is_clean_at_exec(const struct ev_start *start, const struct ev_process *process)
{
	for (size_t i = 0; process->environment_at_exec && i < start->n_markers; i++)
		if (is_judged(&start->markers[i]) && has(process->environment_at_exec, &start->markers[i]))
			return false;
	return process->environment_at_exec != NULL;
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	const struct ev_start *start = &judging->evidence->start;

	if (!process->environment)
		return is_clean_at_exec(start, process);
	for (size_t i = 0; i < start->n_markers; i++)
		if (is_judged(&start->markers[i]) && has(process->environment, &start->markers[i]))
			finding_culprit(judging->finding, process, start->markers[i].name, "%s",
			                start->markers[i].value);
	return true;
}

static size_t count_given(const struct ev_start *start)
{
	size_t count = 0;

	for (size_t i = 0; i < start->n_markers; i++)
		count += is_judged(&start->markers[i]);
	return count;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	size_t given = count_given(&evidence->start);
	struct judging judging;

	finding_expect(finding, "none of the caller's variables that change how programs load, run or find files");
	if (given == 0) {
		finding_set(finding, VERDICT_SKIP, "the launch gave no such variable");
		return;
	}
	judging = judging_walk(evidence, profile, finding, judge_one);
	judging_end(&judging, "the processes' present environment cannot be read", "none of the %zu given is left",
	            given);
}

const struct probe probe_env_clean = {
    .id = "env.clean",
    .seen = SEEN_DIFFERENTIAL | SEEN_AUDIT,
    .title = "dangerous variables of the caller are gone",
    .sources = "daemon(7) step 4; environ(7)",
    .why = "LD_*, BASH_ENV, PERL5LIB and their like run the caller's code in every program that the daemon starts; "
           "TMPDIR, DISPLAY and SSH_AUTH_SOCK point into a login that ends.",
    .mend =
        {
            .c = "clearenv();\n"
                 "setenv(\"PATH\", \"/usr/sbin:/usr/bin:/sbin:/bin\", 1);",
            .python = "os.environ.clear()\n"
                      "os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'",
            .ruby = "ENV.replace('PATH' => '/usr/sbin:/usr/bin:/sbin:/bin')",
            .shell = "exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin my-daemon",
        },
    .judge = judge,
};
