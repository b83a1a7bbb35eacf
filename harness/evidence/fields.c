/* The tables of the evidence's members, in the order of evidence.h. Each row checks the C type of its member. */
#include "evidence/fields.h"

#include <limits.h>

#include "evidence/evidence.h"

enum {
	STRINGS_MAX = 1 << 16,
	THREADS_MAX = 1 << 16,
	GROUPS_MAX = 1 << 16, /* NGROUPS_MAX */
	EXITS_MAX = 1 << 16,
	PLANTS_MAX = 1 << 12,
	MARKERS_MAX = 1 << 12,
	PIDFILE_MAX = 1 << 12,
	NOTICE_MAX = 1 << 12,
	NOTICES_MAX = 1 << 12,
	PIPES_MAX = 2,
	EFFECTS_MAX = 64,
	SIGNAL_MAX = 64,
	STATUS_MAX = 255,
	NICE_MIN = -20,
	NICE_MAX = 19,
	OOM_ADJ_MIN = -1000,
	OOM_ADJ_MAX = 1000,
};

/* offsetof, and an error where the member is of another type. */
#define IS(type, member) __builtin_types_compatible_p(__typeof__(((THIS *)0)->member), type)
#define AT(type, member) (offsetof(THIS, member) + 0 * sizeof(char[IS(type, member) ? 1 : -1]))
#define ENDED(member)    AT(size_t, n_##member)
#define PLAIN(kind, ctype, member)                                                                                     \
	{                                                                                                              \
		.name = #member, .type = kind, .offset = AT(ctype, member)                                             \
	}
#define BOOL(member)   PLAIN(FIELD_BOOL, bool, member)
#define INT64(member)  PLAIN(FIELD_INT64, int64_t, member)
#define UINT32(member) PLAIN(FIELD_UINT32, uint32_t, member)
#define UINT64(member) PLAIN(FIELD_UINT64, uint64_t, member)
#define OCTAL(member)  PLAIN(FIELD_OCTAL, uint32_t, member)
#define SET(member)    PLAIN(FIELD_SET, uint64_t, member)
#define LETTER(member) PLAIN(FIELD_LETTER, char, member)
#define INT(member, least, most)                                                                                       \
	{                                                                                                              \
		.name = #member, .type = FIELD_INT, .offset = AT(int, member), .minimum = (least), .maximum = (most)   \
	}
#define PID(member)     INT(member, -1, INT_MAX) /* the kernel shows -1 for the group and session of what just ended */
#define ANY_INT(member) INT(member, INT_MIN, INT_MAX)
#define ENUM(ctype, member, list)                                                                                      \
	{                                                                                                              \
		.name = #member, .type = FIELD_ENUM, .offset = AT(ctype, member), .names = (list)                      \
	}
#define STRING(member)                                                                                                 \
	{                                                                                                              \
		.name = #member, .type = FIELD_STRING, .offset = AT(char *, member), .maximum = FIELD_STRING_MAX       \
	}
#define BYTES(member, length, most)                                                                                    \
	{                                                                                                              \
		.name = #member, .type = FIELD_BYTES, .offset = AT(char *, member),                                    \
		.count_offset = AT(uint64_t, length), .maximum = (most)                                                \
	}
#define STRINGS(member)                                                                                                \
	{                                                                                                              \
		.name = #member, .type = FIELD_STRINGS, .offset = AT(char **, member), .maximum = STRINGS_MAX          \
	}
#define NUMBERS(member, most)                                                                                          \
	{                                                                                                              \
		.name = #member, .type = FIELD_NUMBERS, .offset = AT(uint32_t *, member),                              \
		.count_offset = ENDED(member), .maximum = (most)                                                       \
	}
#define RECORD(ctype, member, table)                                                                                   \
	{                                                                                                              \
		.name = #member, .type = FIELD_RECORD, .offset = AT(ctype, member), .record = &(table)                 \
	}
#define RECORDS(ctype, member, table, most)                                                                            \
	{                                                                                                              \
		.name = #member, .type = FIELD_RECORDS, .offset = AT(ctype *, member), .count_offset = ENDED(member),  \
		.record = &(table), .maximum = (most)                                                                  \
	}
#define ROW(ctype, member, table, length)                                                                              \
	{                                                                                                              \
		.name = #member, .type = FIELD_ROW, .offset = AT(ctype[length], member), .record = &(table),           \
		.maximum = (length)                                                                                    \
	}
#define TABLE(label, list)                                                                                             \
	{                                                                                                              \
		.name = (label), .size = sizeof(THIS), .fields = (list), .n_fields = sizeof(list) / sizeof(*(list))    \
	}

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

static const char *const effects[] = {
    [EV_EFFECT_UNKNOWN] = "unknown",
    [EV_EFFECT_STOPS] = "stops",
    [EV_EFFECT_LIVES] = "lives",
    NULL,
};

static const char *const seconds[] = {
    [EV_SECOND_UNKNOWN] = "unknown",
    [EV_SECOND_REFUSED] = "refused",
    [EV_SECOND_SUCCEEDS] = "succeeds",
    [EV_SECOND_RUNS] = "runs",
    NULL,
};

static const char *const step_kinds[] = {
    [EV_STEP_SIGNAL] = "signal", [EV_STEP_KEY] = "key",       [EV_STEP_FOREGROUND] = "foreground",
    [EV_STEP_HANGUP] = "hangup", [EV_STEP_RUN] = "run",       [EV_STEP_CONNECT] = "connect",
    [EV_STEP_SEND] = "send",     [EV_STEP_FINISH] = "finish", [EV_STEP_BREAK] = "break",
    [EV_STEP_RENAME] = "rename", [EV_STEP_WRITE] = "write",   [EV_STEP_UNMOUNT] = "unmount",
    [EV_STEP_ORPHAN] = "orphan", [EV_STEP_WAIT] = "wait",     NULL,
};

static const char *const look_states[] = {
    [EV_LOOK_NONE] = "none",
    [EV_LOOK_READ] = "read",
    [EV_LOOK_FAILED] = "failed",
    NULL,
};

static const char *const socket_families[] = {
    [EV_SOCKET_TCP] = "tcp",
    [EV_SOCKET_UDP] = "udp",
    [EV_SOCKET_UNIX] = "unix",
    NULL,
};

static const char *const kind[] = {"daemonck-evidence", NULL};

/* clang-format off: one row a line */
#define THIS struct ev_file
static const struct field file_fields[] = {
    BOOL(known), UINT64(device), UINT64(inode), UINT64(special), UINT64(mount),
    OCTAL(mode), UINT32(links),  UINT32(uid),   UINT32(gid),
};
static const struct record file_record = TABLE("file", file_fields);
#undef THIS

#define THIS struct ev_fd
static const struct field fd_fields[] = {
    INT(number, 0, INT_MAX),   STRING(target), RECORD(struct ev_file, file, file_record), OCTAL(flags), BOOL(locked),
    INT(planted, -1, INT_MAX),
};
static const struct record fd_record = TABLE("fd", fd_fields);
#undef THIS

#define THIS struct ev_thread
static const struct field thread_fields[] = {
    PID(tid),
    SET(blocked),
    SET(pending),
    BOOL(sigwait),
};
static const struct record thread_record = TABLE("thread", thread_fields);
#undef THIS

#define THIS struct ev_limit
static const struct field limit_fields[] = {
    UINT64(soft),
    UINT64(hard),
};
static const struct record limit_record = TABLE("limit", limit_fields);
#undef THIS

#define THIS struct ev_ids
static const struct field ids_fields[] = {
    UINT32(real),
    UINT32(effective),
    UINT32(saved),
    UINT32(filesystem),
};
static const struct record ids_record = TABLE("ids", ids_fields);
#undef THIS

#define THIS struct ev_process
static const struct field process_fields[] = {
    PID(pid),
    PID(host_pid),
    PID(parent),
    PID(group),
    PID(session),
    ANY_INT(terminal),
    PID(terminal_group),
    LETTER(state),
    SET(flags),
    UINT64(start_ticks),
    UINT64(rss_kib),
    INT(nice, NICE_MIN, NICE_MAX),
    STRING(name),
    STRINGS(argv),
    STRING(exe),
    STRING(cwd),
    STRING(root),
    RECORD(struct ev_file, exe_file, file_record),
    RECORD(struct ev_file, cwd_file, file_record),
    RECORD(struct ev_file, root_file, file_record),
    BOOL(umask_known),
    OCTAL(umask),
    BOOL(ids_known),
    RECORD(struct ev_ids, uid, ids_record),
    RECORD(struct ev_ids, gid, ids_record),
    NUMBERS(groups, GROUPS_MAX),
    SET(cap_inheritable),
    SET(cap_permitted),
    SET(cap_effective),
    SET(cap_bounding),
    SET(cap_ambient),
    BOOL(no_new_privileges),
    INT(seccomp, -1, INT_MAX),
    SET(ignored),
    SET(caught),
    SET(pending),
    RECORDS(struct ev_thread, threads, thread_record, THREADS_MAX),
    BOOL(fds_known),
    RECORDS(struct ev_fd, fds, fd_record, EVIDENCE_FDS_MAX),
    BOOL(limits_known),
    ROW(struct ev_limit, limits, limit_record, EVIDENCE_LIMITS),
    STRING(cgroup),
    BOOL(oom_score_adj_known),
    INT(oom_score_adj, OOM_ADJ_MIN, OOM_ADJ_MAX),
    BOOL(loginuid_known),
    UINT32(loginuid),
    STRINGS(environment),
    STRINGS(environment_at_exec),
};
const struct record EVIDENCE_PROCESS_RECORD = TABLE("process", process_fields);
#undef THIS

#define THIS struct ev_listener
static const struct field listener_fields[] = {
    ENUM(enum ev_socket_family, family, socket_families),
    UINT64(inode),
    STRING(address),
};
static const struct record listener_record = TABLE("listener", listener_fields);
#undef THIS

#define THIS struct ev_written
static const struct field written_fields[] = {
    STRING(path),
    RECORD(struct ev_file, file, file_record),
    BOOL(created),
};
static const struct record written_record = TABLE("written", written_fields);
#undef THIS

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
    RECORDS(struct ev_listener, listeners, listener_record, EVIDENCE_FILES_MAX),
    BOOL(ready_files_known),
    SET(ready_files),
    NUMBERS(births, EXITS_MAX),
    BOOL(ended_unheard),
    BOOL(hold_gave_up),
};
static const struct record launch_record = TABLE("launch", launch_fields);
#undef THIS

#define THIS struct ev_look
static const struct field look_fields[] = {
    ENUM(enum ev_look_state, state, look_states),
    INT(error_number, 0, INT_MAX),
    BYTES(content, size, PIDFILE_MAX),
    RECORD(struct ev_file, file, file_record),
};
static const struct record look_record = TABLE("look", look_fields);
#undef THIS

#define THIS struct ev_pidfile
static const struct field pidfile_fields[] = {
    STRING(path),
    RECORD(struct ev_look, returned, look_record),
    RECORD(struct ev_look, settled, look_record),
    STRING(directory),
    RECORD(struct ev_file, directory_file, file_record),
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
    RECORD(struct ev_file, directory_file, file_record),
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
    ROW(struct ev_limit, limits, limit_record, EVIDENCE_LIMITS),
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

#define THIS struct ev_signal_effect
static const struct field effect_fields[] = {
    INT(signal, 0, SIGNAL_MAX),
    ENUM(enum ev_effect, effect, effects),
};
static const struct record effect_record = TABLE("effect", effect_fields);
#undef THIS

#define THIS struct ev_declared
static const struct field declared_fields[] = {
    STRING(name),
    RECORDS(struct ev_listener, ready, listener_record, EVIDENCE_FILES_MAX),
    STRINGS(ready_files),
    INT(stop_signal, 0, SIGNAL_MAX),
    INT64(stop_within_us),
    INT(stop_status, -1, STATUS_MAX),
    INT(reload_signal, 0, SIGNAL_MAX),
    RECORDS(struct ev_signal_effect, effects, effect_record, EFFECTS_MAX),
    STRING(log),
    INT(log_signal, 0, SIGNAL_MAX),
    ENUM(enum ev_second, second, seconds),
    STRING(worker),
    INT(workers, -1, INT_MAX),
    STRING(request_address),
    STRING(request_expect),
    STRINGS(failures),
    BOOL(notify),
    BOOL(sockets),
    INT(s6, -1, INT_MAX),
    INT64(watchdog_us),
};
static const struct record declared_record = TABLE("declared", declared_fields);
#undef THIS

#define THIS struct ev_notice
static const struct field notice_fields[] = {
    INT64(at_us), PID(pid), BYTES(text, size, NOTICE_MAX), BOOL(listening), INT64(starved_us),
};
static const struct record notice_record = TABLE("notice", notice_fields);
#undef THIS

#define THIS struct ev_state
static const struct field state_fields[] = {
    BOOL(taken),
    BOOL(settled),
    INT64(at_us),
    INT64(gone_us),
    RECORDS(struct ev_process, processes, EVIDENCE_PROCESS_RECORD, EVIDENCE_PROCESSES_MAX),
    RECORDS(struct ev_listener, listeners, listener_record, EVIDENCE_FILES_MAX),
    RECORDS(struct ev_written, written, written_record, EVIDENCE_FILES_MAX),
    RECORD(struct ev_look, pidfile, look_record),
    RECORD(struct ev_file, log, file_record),
    UINT64(shared_memory),
    UINT64(semaphores),
    UINT64(queues),
};
static const struct record state_record = TABLE("state", state_fields);
#undef THIS

#define THIS struct ev_step
static const struct field step_fields[] = {
    ENUM(enum ev_step_kind, kind, step_kinds),
    STRING(what),
    INT(signal, 0, SIGNAL_MAX),
    PID(pid),
    INT(error_number, 0, INT_MAX),
    INT64(at_us),
    INT64(starved_us),
    INT64(done_us),
    ANY_INT(status),
    PID(command),
    BOOL(reset),
    BYTES(reply, reply_kept, EVIDENCE_REPLY_MAX),
    UINT64(reply_total),
    SET(signalled),
    RECORD(struct ev_state, after, state_record),
};
static const struct record step_record = TABLE("step", step_fields);
#undef THIS

/* What every launch has. */
#define LAUNCHED                                                                                                       \
	RECORD(struct ev_isolation, isolation, isolation_record), RECORD(struct ev_start, start, start_record),        \
	    RECORD(struct ev_launch, launch, launch_record), RECORD(struct ev_settle, settle, settle_record),          \
	    RECORD(struct ev_pidfile, pidfile, pidfile_record),                                                        \
	    RECORDS(struct ev_process, processes, EVIDENCE_PROCESS_RECORD, EVIDENCE_PROCESSES_MAX),                    \
	    RECORDS(struct ev_listener, listeners, listener_record, EVIDENCE_FILES_MAX),                               \
	    RECORDS(struct ev_written, written, written_record, EVIDENCE_FILES_MAX),                                   \
	    RECORDS(struct ev_exit, exits, exit_record, EXITS_MAX), BOOL(truncated),                                   \
	    RECORDS(struct ev_notice, notices, notice_record, NOTICES_MAX), INT64(s6_newline_us), INT64(s6_eof_us),    \
	    RECORDS(struct ev_step, steps, step_record, EVIDENCE_STEPS_MAX)

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
    RECORD(struct ev_declared, declared, declared_record),
    BOOL(interrupted),
    RECORDS(struct evidence, runs, EVIDENCE_RUN_RECORD, EVIDENCE_RUNS_MAX),
};
const struct record EVIDENCE_RECORD = TABLE("evidence", evidence_fields);
#undef THIS
/* clang-format on */
