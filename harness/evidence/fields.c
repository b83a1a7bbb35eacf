/* The tables of evidence.h. */
#include "evidence/evidence.h"
#include "evidence/tables.h"

enum {
	EXITS_MAX = 1 << 16,
	PLANTS_MAX = 1 << 12,
	MARKERS_MAX = 1 << 12,
	NOTICES_MAX = 1 << 12,
	PIPES_MAX = 2,
};

static const char *const isolation_levels[] = {
    [EV_ISOLATION_FULL] = "full",
    [EV_ISOLATION_USER] = "user",
    [EV_ISOLATION_PRIVILEGED] = "privileged",
    [EV_ISOLATION_REAPER] = "reaper",
    NULL,
};

static const char *const outcomes[] = {
    [EV_RETURNED] = "returned", [EV_STAYED] = "stayed",     [EV_NO_COMMAND] = "no-command", [EV_RESTLESS] = "restless",
    [EV_NEVER] = "never",       [EV_TOO_MANY] = "too-many", [EV_TOO_MUCH] = "too-much",     NULL,
};

const char *evidence_outcome_name(enum ev_outcome outcome)
{
	return outcomes[outcome];
}

static const char *const scenarios[] = {
#define SCENARIO(NAME, name, text) [EV_SCENARIO_##NAME] = (name),
#include "evidence/scenarios.def"
#undef SCENARIO
    NULL,
};

const char *evidence_scenario_name(enum ev_scenario scenario)
{
	return scenarios[scenario];
}

const char *evidence_scenario_text(enum ev_scenario scenario)
{
	static const char *const texts[] = {
#define SCENARIO(NAME, name, text) [EV_SCENARIO_##NAME] = (text),
#include "evidence/scenarios.def"
#undef SCENARIO
	};

	return texts[scenario];
}

static const char *const run_states[] = {
    [EV_RUN_DONE] = "done",
    [EV_RUN_SKIPPED] = "skipped",
    [EV_RUN_FAILED] = "failed",
    NULL,
};

static const char *const kind[] = {"daemonck-evidence", NULL};

/* clang-format off: one row a line */
#define THIS struct ev_exit
static const struct field exit_fields[] = {
    PID(pid),
    ANY_INT(status),
    INT64(at_us),
};
static const struct record exit_record = TABLE("exit", exit_fields);
#undef THIS

#define THIS struct ev_pipe
static const struct field pipe_fields[] = {
    INT(number, 0, INT_MAX),
    INT64(eof_us),
    UINT64(total),
};
static const struct record pipe_record = TABLE("pipe", pipe_fields);
#undef THIS

#define THIS struct ev_launch
static const struct field launch_fields[] = {
    ENUM(enum ev_outcome, outcome, outcomes),
    INT(exec_errno, 0, INT_MAX),
    PID(pid),
    PID(group),
    ANY_INT(status),
    INT64(returned_us),
    BOOL(stopped),
    BOOL(leader_killed),
    BYTES(output, output_kept, EVIDENCE_OUTPUT_MAX),
    UINT64(output_total),
    INT64(output_us),
    BYTES(late_output, late_kept, EVIDENCE_OUTPUT_MAX),
    UINT64(late_total),
    INT64(late_us),
    RECORDS(struct ev_pipe, pipes, pipe_record, PIPES_MAX),
    INT64(cpu_us),
    BOOL(closes_known),
    UINT64(closes),
    BOOL(listeners_known),
    RECORDS(struct ev_listener, listeners, EVIDENCE_LISTENER_RECORD, EVIDENCE_FILES_MAX),
    BOOL(ready_files_known),
    SET(ready_files),
    NUMBERS(births, EXITS_MAX),
    BOOL(ended_unheard),
    BOOL(hold_gave_up),
};
static const struct record launch_record = TABLE("launch", launch_fields);
#undef THIS

#define THIS struct ev_pidfile
static const struct field pidfile_fields[] = {
    STRING(path),
    RECORD(struct ev_look, returned, EVIDENCE_LOOK_RECORD),
    RECORD(struct ev_look, settled, EVIDENCE_LOOK_RECORD),
    STRING(directory),
    RECORD(struct ev_file, directory_file, EVIDENCE_FILE_RECORD),
    BOOL(watched),
    BOOL(seen_empty),
    BOOL(seen_unfinished),
};
static const struct record pidfile_record = TABLE("pidfile", pidfile_fields);
#undef THIS

#define THIS struct ev_plant
static const struct field plant_fields[] = {
    INT(number, 0, INT_MAX),
    UINT64(device),
    UINT64(inode),
};
static const struct record plant_record = TABLE("plant", plant_fields);
#undef THIS

#define THIS struct ev_marker
static const struct field marker_fields[] = {
    STRING(name),
    STRING(value),
};
static const struct record marker_record = TABLE("marker", marker_fields);
#undef THIS

#define THIS struct ev_start
static const struct field start_fields[] = {
    STRINGS(argv),
    OCTAL(umask),
    STRING(directory),
    RECORD(struct ev_file, directory_file, EVIDENCE_FILE_RECORD),
    BOOL(directory_own),
    UINT64(terminal_device),
    UINT64(terminal_special),
    ANY_INT(terminal),
    PID(leader),
    PID(reaper),
    UINT32(uid),
    UINT32(gid),
    SET(cap_effective),
    RECORDS(struct ev_plant, plants, plant_record, PLANTS_MAX),
    RECORDS(struct ev_marker, markers, marker_record, MARKERS_MAX),
    STRING(cgroup),
    STRING(user),
    UINT32(user_uid),
    UINT32(user_gid),
    SET(ignored),
    SET(blocked),
    SET(closed),
    UINT64(nofile),
    INT(nice, NICE_MIN, NICE_MAX),
    INT(oom_score_adj, OOM_ADJ_MIN, OOM_ADJ_MAX),
    BOOL(oom_score_adj_known),
    BOOL(loginuid_known),
    UINT32(loginuid),
    BOOL(limits_known),
    ROW(struct ev_limit, limits, EVIDENCE_LIMIT_RECORD, EVIDENCE_LIMITS),
    STRINGS(given),
    PID(stranger),
    UINT64(socket),
    STRING(socket_address),
};
static const struct record start_record = TABLE("start", start_fields);
#undef THIS

#define THIS struct ev_isolation
static const struct field isolation_fields[] = {
    ENUM(enum ev_isolation_level, level, isolation_levels),
    BOOL(pid_namespace),
    BOOL(user_namespace),
    BOOL(mount_namespace),
    BOOL(net_namespace),
    BOOL(ipc_namespace),
    BOOL(uts_namespace),
    BOOL(overlay),
    STRINGS(missing),
};
static const struct record isolation_record = TABLE("isolation", isolation_fields);
#undef THIS

#define THIS struct ev_host
static const struct field host_fields[] = {
    STRING(tool_version),
    STRING(kernel),
    STRING(machine),
    STRING(time),
};
static const struct record host_record = TABLE("host", host_fields);
#undef THIS

#define THIS struct ev_settle
static const struct field settle_fields[] = {
    BOOL(settled), INT64(at_us), INT64(window_us), INT64(patience_us), UINT64(looks),
};
static const struct record settle_record = TABLE("settle", settle_fields);
#undef THIS

/* What every launch has. */
#define LAUNCHED                                                                                                       \
	RECORD(struct ev_isolation, isolation, isolation_record), RECORD(struct ev_start, start, start_record),        \
	    RECORD(struct ev_launch, launch, launch_record), RECORD(struct ev_settle, settle, settle_record),          \
	    RECORD(struct ev_pidfile, pidfile, pidfile_record),                                                        \
	    RECORDS(struct ev_process, processes, EVIDENCE_PROCESS_RECORD, EVIDENCE_PROCESSES_MAX),                    \
	    RECORDS(struct ev_listener, listeners, EVIDENCE_LISTENER_RECORD, EVIDENCE_FILES_MAX),                      \
	    RECORDS(struct ev_written, written, EVIDENCE_WRITTEN_RECORD, EVIDENCE_FILES_MAX),                          \
	    RECORDS(struct ev_exit, exits, exit_record, EXITS_MAX), BOOL(truncated),                                   \
	    RECORDS(struct ev_notice, notices, EVIDENCE_NOTICE_RECORD, NOTICES_MAX), INT64(s6_newline_us),             \
	    INT64(s6_eof_us), RECORDS(struct ev_step, steps, EVIDENCE_STEP_RECORD, EVIDENCE_STEPS_MAX)

#define THIS struct evidence
static const struct field run_fields[] = {
    ENUM(enum ev_scenario, scenario, scenarios),
    ANY_INT(variant),
    ENUM(enum ev_run_state, state, run_states),
    STRING(reason),
    LAUNCHED,
};
const struct record EVIDENCE_RUN_RECORD = TABLE("run", run_fields);

static const struct field evidence_fields[] = {
    {.name = "kind", .type = FIELD_KIND, .names = kind},
    {.name = "version", .type = FIELD_VERSION, .maximum = EVIDENCE_VERSION},
    RECORD(struct ev_host, host, host_record),
    LAUNCHED,
    RECORD(struct ev_declared, declared, EVIDENCE_DECLARED_RECORD),
    BOOL(interrupted),
    RECORDS(struct evidence, runs, EVIDENCE_RUN_RECORD, EVIDENCE_RUNS_MAX),
};
const struct record EVIDENCE_RECORD = TABLE("evidence", evidence_fields);
#undef THIS
/* clang-format on */
