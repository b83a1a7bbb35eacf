/* daemonck run: observes a candidate and judges it. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/cli.h"
#include "evidence/evidence_json.h"

static bool is_standard_output(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

static int check_directory(const char *option, const char *path, struct error *error)
{
	struct stat file;
	char shown[160];

	if (!path || (stat(path, &file) == 0 && S_ISDIR(file.st_mode)))
		return 0;
	return error_set(error, -EINVAL, "--%s: %s is not a directory", option,
	                 text_escape_into(shown, sizeof(shown), path));
}

/* With another root the directory is one of that tree, where the links are that tree's as well: only the engine can
 * look. */
static int check_start(const struct cli *cli, struct error *error)
{
	if (!cli->root)
		return check_directory("chdir", cli->directory, error);
	if (cli->directory && cli->directory[0] != '/')
		return error_set(error, -EINVAL,
		                 "--chdir: with --root the directory must be an absolute path in that tree");
	return 0;
}

/* All that can be known to be wrong before anything is started. */
static int check(const struct cli *cli, struct error *error)
{
	int r = 0;

	if (!cli->n_operands)
		return error_set(error, -EINVAL, "'run' needs the command to start");
	if (cli->settle_given && cli->settle_us >= cli->timeout_us)
		return error_set(error, -EINVAL, "--settle must be shorter than --timeout");
	if (cli->save_evidence && is_standard_output(cli->save_evidence) && is_standard_output(cli->output))
		return error_set(
		    error, -EINVAL,
		    "--save-evidence - and the report would both be on standard output: give --output FILE");
	r = check_directory("root", cli->root, error);
	if (r == 0)
		r = check_start(cli, error);
	if (r == 0)
		r = cli_check_format(cli, error);
	return r == 0 ? cli_check_profile(cli, error) : r;
}

static struct engine_request request_of(const struct cli *cli)
{
	const char *must_work = getenv("DAEMONCK_MUST_WORK");
	/* --quick asks for one launch; no probe needs more yet. */
	int64_t patience_us = cli->settle_us;

	/* A short --timeout shortens the patience that nobody asked for. */
	if (patience_us >= cli->timeout_us)
		patience_us = cli->timeout_us / 2;
	return (struct engine_request){
	    .argv = cli->operands,
	    .environment = cli->environment,
	    .profile = cli->profile,
	    .root = cli->root,
	    .start_directory = cli->directory,
	    .pidfile = cli->pidfile,
	    .user = cli->user,
	    .timeout_us = cli->timeout_us,
	    .patience_us = patience_us,
	    .privileged = cli->privileged,
	    .must_work = must_work && strcmp(must_work, "1") == 0,
	};
}

static int save(const struct cli *cli, const struct evidence *evidence, struct error *error)
{
	json_t *json = evidence_to_json(evidence);
	CLEANUP_FREE char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
	size_t length;

	json_decref(json);
	if (!text)
		return error_set(error, -ENOMEM, "out of memory");
	length = strlen(text);
	text[length] = '\n'; /* in the place of the NUL: the length counts from here on */
	return cli_write(cli->save_evidence, text, length + 1, error);
}

enum cli_exit command_run(const struct cli *cli, FILE *out)
{
	struct engine_request request = request_of(cli);
	struct engine_result result = {0};
	struct error error = {0};
	enum cli_exit status;
	int r = check(cli, &error);

	if (r < 0) {
		cli_complain(&error);
		return r == -EINVAL ? CLI_USAGE : CLI_HARNESS;
	}
	r = engine_run(&request, &result, &error);
	if (r < 0) {
		cli_complain(&error);
		/* What only the engine can find to be wrong with the request: a user that the tree does not have. */
		return r == -EINVAL ? CLI_USAGE : CLI_HARNESS;
	}
	status = cli_tell(cli, &result, out);
	if (cli->save_evidence && save(cli, result.evidence, &error) < 0) {
		cli_complain(&error);
		status = CLI_HARNESS;
	}
	engine_result_free(&result);
	return status;
}
