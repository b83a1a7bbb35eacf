/* daemonck judge: judges evidence that was recorded before, here or elsewhere. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"
#include "cli/cli.h"
#include "evidence/evidence_json.h"

enum { EVIDENCE_SIZE_MAX = 256 * 1024 * 1024 };

static void cleanup_json(json_t **json)
{
	json_decref(*json);
}

static int parse(const char *shown, const char *text, size_t length, struct evidence **ret_evidence,
                 struct error *error)
{
	struct error inner = {0};
	char message[JSON_ERROR_TEXT_LENGTH];
	json_error_t place;
	__attribute__((cleanup(cleanup_json))) json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &place);
	int r;

	if (!json)
		return error_set(error, -EINVAL, "%s:%d:%d: not valid JSON: %s", shown, place.line, place.column,
		                 text_escape_into(message, sizeof(message), place.text));
	r = evidence_from_json(json, ret_evidence, &inner);
	return r < 0 ? error_set(error, r, "%s: %.400s", shown, inner.text) : 0;
}

static int read_evidence(const char *path, struct evidence **ret_evidence, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	const char *file = strcmp(path, "-") == 0 ? "/dev/stdin" : path;
	char shown[80];
	ssize_t length;

	(void)text_escape_into(shown, sizeof(shown), path);
	length = io_read_all_at(AT_FDCWD, file, EVIDENCE_SIZE_MAX, &text);
	if (length == -EFBIG)
		return error_set(error, -EINVAL, "%s: evidence is no larger than 256 MiB", shown);
	if (length < 0) {
		(void)error_errno(error, (int)length, "cannot read the evidence %s", shown);
		return -EINVAL;
	}
	return parse(shown, text, (size_t)length, ret_evidence, error);
}

static int prepare(const struct cli *cli, struct evidence **ret_evidence, struct error *error)
{
	int r;

	if (cli->n_operands != 1)
		return error_set(error, -EINVAL, "'judge' takes one file");
	r = cli_check_format(cli, error);
	if (r == 0)
		r = cli_check_profile(cli->profile, error);
	return r == 0 ? read_evidence(cli->operands[0], ret_evidence, error) : r;
}

enum cli_exit command_judge(const struct cli *cli, FILE *out)
{
	struct evidence *evidence = NULL;
	struct engine_result result = {0};
	struct error error = {0};
	enum cli_exit status;
	int r = prepare(cli, &evidence, &error);

	if (r < 0) {
		cli_complain(&error);
		return r == -EINVAL ? CLI_USAGE : CLI_HARNESS;
	}
	if (engine_judge(evidence, cli->profile, &result, &error) < 0) {
		cli_complain(&error);
		return CLI_HARNESS;
	}
	status = cli_tell(cli, &result, out);
	engine_result_free(&result);
	return status;
}
