/* What run and judge have in common: checks before, the report and the exit status after. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "engine/profiles.h"
#include "engine/suggest.h"
#include "probes/probe.h"
#include "reports/report.h"

enum { FORMATS_MAX = 32 };

int cli_check_format(const struct cli *cli, struct error *error)
{
	const char *names[FORMATS_MAX];
	char near[SUGGEST_TEXT_MAX], shown[40];
	size_t count = 0;

	if (!cli->format || report_find(cli->format))
		return 0;
	for (; count < N_REPORT_FORMATS && count < FORMATS_MAX; count++)
		names[count] = REPORT_FORMATS[count].name;
	return error_set(error, -EINVAL, "no format is called '%s'%s",
	                 text_escape_into(shown, sizeof(shown), cli->format),
	                 suggest_phrase(near, cli->format, names, count));
}

int cli_check_profile(const char *name, struct error *error)
{
	CLEANUP_PROFILE struct profile *profile = NULL;

	/* The built-in ones are good, and start-up is short: only what comes from elsewhere is tried here. */
	for (const char *const *known = profiles_names(); name && *known; known++) {
		if (strcmp(*known, name) == 0)
			return 0;
	}
	return name ? profiles_load(name, &profile, error) : 0;
}

static enum cli_exit exit_status(const struct findings *findings)
{
	if (findings->by_verdict[VERDICT_FAIL])
		return CLI_FAILED;
	return findings->by_verdict[VERDICT_BROKEN] ? CLI_HARNESS : CLI_HELD;
}

static enum cli_exit tell_no_command(const struct evidence *evidence)
{
	struct error error;
	char shown[160];

	(void)error_errno(
	    &error, -abs(evidence->launch.exec_errno), "cannot run '%s'",
	    text_escape_into(shown, sizeof(shown),
	                     evidence->start.argv && evidence->start.argv[0] ? evidence->start.argv[0] : ""));
	cli_complain(&error);
	return CLI_HARNESS;
}

enum cli_exit cli_tell(const struct cli *cli, const struct engine_result *result, FILE *out)
{
	const struct report_format *format = report_find(cli->format ? cli->format : "text");
	const struct report_options options = {cli_colour(cli), cli->verbose, cli_width(cli)};
	const struct result told = {result->evidence, result->profile, result->profile_reason, &result->findings};
	struct error error = {0};

	if (result->evidence->launch.outcome == EV_NO_COMMAND)
		return tell_no_command(result->evidence);
	if (format->write(&told, &options, out, &error) < 0) {
		cli_complain(&error);
		return CLI_HARNESS;
	}
	return exit_status(&result->findings);
}
