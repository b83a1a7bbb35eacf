/* daemonck run: observes a candidate and judges it. */
#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/cli.h"
#include "engine/candidate.h"
#include "evidence/evidence_json.h"

/* What is asked for, with the strings of the command line and of the candidate file. */
struct asked {
	struct candidate *candidate; /* NULL: no file */
	char *const *command;        /* NULL-ended, or NULL */
	const char **environment;    /* NULL-ended; the list alone is owned */
	const char *profile, *directory, *pidfile, *user;
};

static void asked_clear(struct asked *asked)
{
	free(asked->environment);
	candidate_free(asked->candidate);
}
#define CLEANUP_ASKED __attribute__((cleanup(asked_clear)))

static bool is_standard_output(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

static size_t count_of(char *const *strings)
{
	size_t count = 0;

	while (strings && strings[count])
		count++;
	return count;
}

/* The variables of the file, then those of the command line: of one that is there twice the later one holds. */
static int merge_environment(const struct cli *cli, struct asked *asked)
{
	char *const *declared = asked->candidate ? asked->candidate->environment : NULL;
	size_t count = count_of(declared);

	asked->environment = calloc(count + cli->n_environment + 1, sizeof(asked->environment[0]));
	if (!asked->environment)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		asked->environment[i] = declared[i];
	for (size_t i = 0; i < cli->n_environment; i++)
		asked->environment[count + i] = cli->environment[i];
	return 0;
}

static int find_command(const struct cli *cli, struct asked *asked, struct error *error)
{
	char *const *declared = asked->candidate ? asked->candidate->command : NULL;
	char shown[160] = "";

	if (cli->file)
		(void)text_escape_into(shown, sizeof(shown), cli->file);
	if (declared && cli->n_operands)
		return error_set(error, -EINVAL, "the command stands both on the command line and in %s", shown);
	if (!declared && !cli->n_operands)
		return error_set(error, -EINVAL, "'run' needs the command to start%s%s",
		                 cli->file ? ": on the command line or in " : "", shown);
	asked->command = declared ? declared : cli->operands;
	return 0;
}

static int ask(const struct cli *cli, struct asked *asked, struct error *error)
{
	static const struct candidate nothing;
	const struct candidate *declared = &nothing;
	int r = cli->file ? candidate_load(cli->file, &asked->candidate, error) : 0;

	if (r < 0)
		return r;
	if (asked->candidate)
		declared = asked->candidate;
	asked->profile = cli->profile ? cli->profile : declared->profile;
	asked->directory = cli->directory ? cli->directory : declared->directory;
	asked->pidfile = cli->pidfile ? cli->pidfile : declared->pidfile;
	asked->user = cli->user ? cli->user : declared->user;
	if (merge_environment(cli, asked) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return find_command(cli, asked, error);
}

static int check_directory(const char *what, const char *path, struct error *error)
{
	struct stat file;
	char shown[160];

	if (!path || (stat(path, &file) == 0 && S_ISDIR(file.st_mode)))
		return 0;
	return error_set(error, -EINVAL, "%s: %s is not a directory", what,
	                 text_escape_into(shown, sizeof(shown), path));
}

/* With another root the directory is one of that tree, where the links are that tree's as well: only the engine can
 * look. */
static int check_start(const struct cli *cli, const struct asked *asked, struct error *error)
{
	char file[160], what[192] = "--chdir";

	if (cli->root && cli->directory && cli->directory[0] != '/')
		return error_set(error, -EINVAL,
		                 "--chdir: with --root the directory must be an absolute path in that tree");
	if (cli->root)
		return 0;
	if (!cli->directory && asked->directory)
		(void)snprintf(what, sizeof(what), "%s: directory", text_escape_into(file, sizeof(file), cli->file));
	return check_directory(what, asked->directory, error);
}

/* All that can be known to be wrong before anything is started. */
static int check(const struct cli *cli, const struct asked *asked, struct error *error)
{
	int r = 0;

	if (cli->quick && cli->thorough)
		return error_set(error, -EINVAL, "--quick and --thorough exclude each other");
	if (cli->settle_given && cli->settle_us >= cli->timeout_us)
		return error_set(error, -EINVAL, "--settle must be shorter than --timeout");
	if (cli->save_evidence && is_standard_output(cli->save_evidence) && is_standard_output(cli->output))
		return error_set(
		    error, -EINVAL,
		    "--save-evidence - and the report would both be on standard output: give --output FILE");
	r = check_directory("--root", cli->root, error);
	if (r == 0)
		r = check_start(cli, asked, error);
	if (r == 0)
		r = cli_check_format(cli, error);
	return r == 0 ? cli_check_profile(asked->profile, error) : r;
}

static unsigned int processors(void)
{
	cpu_set_t set;

	int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return count < CLI_JOBS_MAX ? (unsigned int)count : CLI_JOBS_MAX;
}

static struct engine_request request_of(const struct cli *cli, const struct asked *asked)
{
	const char *must_work = getenv("DAEMONCK_MUST_WORK");
	int64_t patience_us = cli->settle_us;

	/* A short --timeout shortens the patience that nobody asked for. */
	if (patience_us >= cli->timeout_us)
		patience_us = cli->timeout_us / 2;
	return (struct engine_request){
	    .candidate = asked->candidate,
	    .argv = asked->command,
	    .environment = (char *const *)asked->environment,
	    .profile = asked->profile,
	    .root = cli->root,
	    .start_directory = asked->directory,
	    .pidfile = asked->pidfile,
	    .user = asked->user,
	    .timeout_us = cli->timeout_us,
	    .patience_us = patience_us,
	    .privileged = cli->privileged || (asked->candidate && asked->candidate->privileged),
	    .jobs = cli->jobs ? cli->jobs : processors(),
	    .quick = cli->quick,
	    .thorough = cli->thorough,
	    .progress = isatty(STDERR_FILENO),
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

/* A request that is wrong, where it can be known beforehand or only the engine finds it (a user that the tree does not
 * have), or a harness that could not do its work. */
static enum cli_exit give_up(int status, const struct error *error)
{
	cli_complain(error);
	return status == -EINVAL ? CLI_USAGE : CLI_HARNESS;
}

enum cli_exit command_run(const struct cli *cli, FILE *out)
{
	CLEANUP_ASKED struct asked asked = {0};
	struct engine_request request;
	struct engine_result result = {0};
	struct error error = {0};
	enum cli_exit status;
	int r = ask(cli, &asked, &error);

	if (r == 0)
		r = check(cli, &asked, &error);
	if (r < 0)
		return give_up(r, &error);
	request = request_of(cli, &asked);
	r = engine_run(&request, &result, &error);
	if (r < 0)
		return give_up(r, &error);
	status = cli_tell(cli, &result, out);
	if (cli->save_evidence && save(cli, result.evidence, &error) < 0) {
		cli_complain(&error);
		status = CLI_HARNESS;
	}
	engine_result_free(&result);
	return status;
}
