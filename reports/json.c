/* The report for programs, version 1: reports/schema/result.schema.json. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "reports/facts.h"
#include "reports/formats.h"

enum { RESULT_VERSION = 1, INDENT = 2, OCTAL_MAX = 16 };

static json_t *string_json(const char *bytes)
{
	struct text text = {0};
	json_t *json = NULL;

	text_escape(&text, bytes, strlen(bytes));
	if (!text.failed)
		json = json_stringn_nocheck(text.data, text.length);
	text_free(&text);
	return json;
}

static json_t *strings_json(char *const *strings)
{
	json_t *array = json_array();

	for (; array && strings && *strings; strings++) {
		if (json_array_append_new(array, string_json(*strings))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* Sets the key where there is a string. False when memory ran out. */
static bool set_string(json_t *object, const char *key, const char *bytes)
{
	return !bytes || json_object_set_new_nocheck(object, key, string_json(bytes)) == 0;
}

static bool set_octal(json_t *object, const char *key, uint32_t value)
{
	char text[OCTAL_MAX];

	(void)snprintf(text, sizeof(text), "0%03o", value);
	return set_string(object, key, text);
}

static bool set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new_nocheck(object, key, value) == 0;
}

/* The object where all went well, else NULL. */
static json_t *whole(json_t *object, bool good)
{
	if (good)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *tool_json(void)
{
	return json_pack("{s:s, s:s}", "name", "daemonck", "version", DAEMONCK_VERSION);
}

static json_t *host_json(const struct ev_host *host)
{
	json_t *object = json_object();

	return whole(object, object && set_string(object, "kernel", host->kernel) &&
	                         set_string(object, "machine", host->machine) &&
	                         set_string(object, "recorded_by", host->tool_version) &&
	                         set_string(object, "time", host->time));
}

static const char *level_name(enum ev_isolation_level level)
{
	switch (level) {
	case EV_ISOLATION_FULL:
		return "full";
	case EV_ISOLATION_USER:
		return "user";
	case EV_ISOLATION_PRIVILEGED:
		return "privileged";
	case EV_ISOLATION_REAPER:
		return "reaper";
	}
	return "unknown";
}

static json_t *isolation_json(const struct ev_isolation *isolation)
{
	return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:o}", "level", level_name(isolation->level),
	                 "pid_namespace", isolation->pid_namespace, "user_namespace", isolation->user_namespace,
	                 "mount_namespace", isolation->mount_namespace, "net_namespace", isolation->net_namespace,
	                 "ipc_namespace", isolation->ipc_namespace, "uts_namespace", isolation->uts_namespace,
	                 "overlay", isolation->overlay, "missing", strings_json(isolation->missing));
}

static json_t *candidate_json(const struct evidence *evidence)
{
	const struct ev_start *start = &evidence->start;
	json_t *object = json_object();

	return whole(object, object && set(object, "argv", strings_json(start->argv)) &&
	                         set_string(object, "directory", start->directory) &&
	                         set_octal(object, "umask", start->umask) &&
	                         set_string(object, "pidfile", evidence->pidfile.path) &&
	                         set_string(object, "user", start->user));
}

static json_t *launch_json(const struct evidence *evidence)
{
	const struct ev_launch *launch = &evidence->launch;
	json_t *object = json_object();
	char text[FACT_TEXT_MAX];
	bool good;

	fact_launch(evidence, text, sizeof(text));
	good = object && set(object, "outcome", json_string(evidence_outcome_name(launch->outcome))) &&
	       set_string(object, "text", text) && set(object, "pid", json_integer(launch->pid));
	if (launch->outcome == EV_RETURNED || launch->outcome == EV_RESTLESS)
		good = good && set(object, "wait_status", json_integer(launch->status)) &&
		       set(object, "returned_us", json_integer(launch->returned_us));
	if (launch->outcome == EV_NO_COMMAND)
		good = good && set(object, "exec_errno", json_integer(launch->exec_errno));
	return whole(object, good);
}

static json_t *settle_json(const struct ev_settle *settle)
{
	return json_pack("{s:b, s:I, s:I, s:I}", "settled", settle->settled, "at_us", (json_int_t)settle->at_us,
	                 "window_us", (json_int_t)settle->window_us, "patience_us", (json_int_t)settle->patience_us);
}

static json_t *profile_json(const struct result *result)
{
	json_t *object = json_object();

	return whole(object, object && set_string(object, "name", result->profile->name) &&
	                         set_string(object, "title", result->profile->title) &&
	                         set_string(object, "reason", result->profile_reason));
}

static json_t *summary_json(const struct findings *findings)
{
	json_t *object = json_object();
	char text[FACT_TEXT_MAX];
	bool good;

	fact_summary(findings, text, sizeof(text));
	good = object && set_string(object, "text", text);
	for (int i = 0; i < VERDICTS; i++)
		good = good &&
		       set(object, verdict_name((enum verdict)i), json_integer((json_int_t)findings->by_verdict[i]));
	return whole(object, good);
}

static json_t *culprit_json(const struct culprit *culprit)
{
	json_t *object = json_object();

	return whole(object, object && (!culprit->pid || set(object, "pid", json_integer(culprit->pid))) &&
	                         set_string(object, "name", culprit->name) &&
	                         set_string(object, "field", culprit->field) &&
	                         set_string(object, "value", culprit->value));
}

static json_t *culprits_json(const struct finding *finding)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < fact_culprits(finding); i++) {
		if (json_array_append_new(array, culprit_json(&finding->culprits[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *mend_json(const struct probe *probe)
{
	struct fact_mend mends[FACT_MENDS];
	json_t *object = json_object();
	bool good = object != NULL;

	fact_mends(probe, mends);
	for (size_t i = 0; i < FACT_MENDS; i++)
		good = good && (!mends[i].text || set(object, mends[i].key, json_string(mends[i].text)));
	return whole(object, good);
}

/* "a; b" as a list */
static json_t *sources_json(const char *sources)
{
	json_t *array = json_array();

	while (array && *(sources += strspn(sources, "; "))) {
		size_t length = strcspn(sources, ";");

		if (json_array_append_new(array, json_stringn(sources, length))) {
			json_decref(array);
			return NULL;
		}
		sources += length;
	}
	return array;
}

static json_t *finding_json(const struct finding *finding)
{
	const struct probe *probe = finding->probe;
	json_t *object = json_object();

	return whole(object, object && set(object, "id", json_string(probe->id)) &&
	                         set(object, "verdict", json_string(verdict_name(finding->verdict))) &&
	                         set(object, "title", json_string(probe->title)) &&
	                         set_string(object, "expected", finding->expected) &&
	                         set_string(object, "seen", finding->seen) &&
	                         set(object, "culprits", culprits_json(finding)) &&
	                         set(object, "culprits_total", json_integer((json_int_t)finding->n_culprits)) &&
	                         set(object, "why", json_string(probe->why)) && set(object, "mend", mend_json(probe)) &&
	                         set(object, "sources", sources_json(probe->sources)));
}

static json_t *findings_json(const struct findings *findings)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < findings->count; i++) {
		if (json_array_append_new(array, finding_json(&findings->items[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *caller_json(const struct ev_start *start)
{
	return json_pack("{s:i, s:i, s:i, s:i}", "reaper", start->reaper, "leader", start->leader, "session",
	                 start->leader, "terminal", start->terminal);
}

static json_t *process_json(const struct ev_process *process)
{
	const char state[] = {process->state, '\0'};
	json_t *object = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "pid", process->pid, "parent", process->parent,
	                           "group", process->group, "session", process->session, "terminal", process->terminal,
	                           "terminal_group", process->terminal_group);
	bool good = object && set_string(object, "state", state) && set_string(object, "name", process->name) &&
	            (!process->argv || set(object, "argv", strings_json(process->argv))) &&
	            set_string(object, "exe", process->exe) && set_string(object, "cwd", process->cwd);

	if (process->umask_known)
		good = good && set_octal(object, "umask", process->umask);
	if (process->ids_known)
		good = good && set(object, "uid", json_integer(process->uid.effective)) &&
		       set(object, "gid", json_integer(process->gid.effective));
	return whole(object, good);
}

static json_t *processes_json(const struct evidence *evidence)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < evidence->n_processes; i++) {
		if (json_array_append_new(array, process_json(&evidence->processes[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static const char *run_state_name(enum ev_run_state state)
{
	switch (state) {
	case EV_RUN_DONE:
		return "done";
	case EV_RUN_SKIPPED:
		return "skipped";
	case EV_RUN_FAILED:
		return "failed";
	}
	return "unknown";
}

static json_t *run_json(const struct evidence *run)
{
	json_t *object = json_object();

	return whole(object, object && set(object, "scenario", json_string(evidence_scenario_name(run->scenario))) &&
	                         set(object, "variant", json_integer(run->variant)) &&
	                         set(object, "state", json_string(run_state_name(run->state))) &&
	                         set_string(object, "reason", run->reason));
}

static json_t *runs_json(const struct evidence *evidence)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < evidence->n_runs; i++) {
		if (json_array_append_new(array, run_json(&evidence->runs[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *result_json(const struct result *result)
{
	const struct evidence *evidence = result->evidence;
	json_t *object = json_object();

	return whole(
	    object,
	    object && set(object, "kind", json_string("daemonck-result")) &&
	        set(object, "version", json_integer(RESULT_VERSION)) && set(object, "tool", tool_json()) &&
	        set(object, "host", host_json(&evidence->host)) &&
	        set(object, "isolation", isolation_json(&evidence->isolation)) &&
	        set(object, "candidate", candidate_json(evidence)) && set(object, "launch", launch_json(evidence)) &&
	        set(object, "settle", settle_json(&evidence->settle)) && set(object, "profile", profile_json(result)) &&
	        set(object, "summary", summary_json(result->findings)) &&
	        set(object, "findings", findings_json(result->findings)) &&
	        set(object, "caller", caller_json(&evidence->start)) &&
	        set(object, "processes", processes_json(evidence)) && set(object, "launches", runs_json(evidence)) &&
	        set(object, "interrupted", json_boolean(evidence->interrupted)) &&
	        set(object, "truncated", json_boolean(evidence->truncated)));
}

int report_json(const struct result *result, const struct report_options *options, FILE *out, struct error *error)
{
	json_t *json = result_json(result);
	int status;

	(void)options; /* a program reads it: always all */
	if (!json)
		return error_errno(error, -ENOMEM, "cannot write the report");
	status = json_dumpf(json, out, JSON_INDENT(INDENT));
	json_decref(json);
	(void)fputc('\n', out);
	if (status)
		return error_set(error, -EIO, "cannot write the report");
	return fact_finish(out, error);
}
