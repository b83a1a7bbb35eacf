/* env.starts-empty: init scripts and supervisors start daemons without PATH, HOME and the like. */
#include "probes/runs.h"

#include <stdlib.h>
#include <string.h>

static bool listens(const struct evidence *run, const struct ev_listener *listener)
{
	for (size_t i = 0; i < run->n_listeners; i++)
		if (run->listeners[i].family == listener->family &&
		    strcmp(probe_or_unknown(run->listeners[i].address), probe_or_unknown(listener->address)) == 0)
			return true;
	return false;
}

/* Whether it has the address at every start. Paths of sockets may well hang on the environment. */
static bool is_fixed(const struct evidence *evidence, const struct ev_listener *listener)
{
	enum { EPHEMERAL_FIRST = 32768 }; /* net.ipv4.ip_local_port_range */
	const char *colon = listener->address ? strrchr(listener->address, ':') : NULL;
	long port = colon ? strtol(colon + 1, NULL, 10) : 0;
	const struct evidence *again = NULL;

	if (listener->family == EV_SOCKET_UNIX || port <= 0 || port >= EPHEMERAL_FIRST)
		return false;
	while ((again = run_next_done(evidence, EV_SCENARIO_AGAIN, again)))
		if (!listens(again, listener))
			return false;
	return true;
}

static void judge_listeners(const struct evidence *evidence, const struct evidence *run, struct finding *finding)
{
	for (size_t i = 0; i < evidence->n_listeners; i++) {
		const struct ev_listener *listener = &evidence->listeners[i];

		if (is_fixed(evidence, listener) && !listens(run, listener))
			finding_culprit_file(finding, listener->address, "listener",
			                     "is missing with an empty environment");
	}
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run = run_needed(evidence, EV_SCENARIO_EMPTY_ENVIRONMENT, 0, finding);
	char why[OUTCOME_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "with an empty environment it starts as usual");
	if (!run)
		return;
	if (!run_started(evidence, run, why, sizeof(why))) {
		finding_set(finding, VERDICT_FAIL, "with an empty environment it does not start as usual: %s", why);
		return;
	}
	judge_listeners(evidence, run, finding);
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	else
		finding_set(finding, VERDICT_PASS, "it starts and listens as usual");
}

const struct probe probe_env_starts_empty = {
    .id = "env.starts-empty",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(EMPTY_ENVIRONMENT) | SCENARIO_BIT(AGAIN),
    .title = "it starts with an empty environment",
    .sources = "LSB 5.0 Core, 22.2; Debian Policy 9.3",
    .why =
        "At boot, from cron and under env -i there is no PATH, no HOME and no locale: what starts only from a login's "
        "shell is missing after the next reboot.",
    .mend =
        {
            .c = "const char *home = getenv(\"HOME\"); /* may be NULL */\n"
                 "if (!home)\n"
                 "        home = \"/\";\n"
                 "setenv(\"PATH\", \"/usr/sbin:/usr/bin:/sbin:/bin\", 0);",
            .python = "home = os.environ.get('HOME', '/')\n"
                      "os.environ.setdefault('PATH', '/usr/sbin:/usr/bin:/sbin:/bin')",
            .ruby = "home = ENV.fetch('HOME', '/')\n"
                    "ENV['PATH'] ||= '/usr/sbin:/usr/bin:/sbin:/bin'",
            .shell = "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
                     "export PATH",
        },
    .judge = judge,
};
