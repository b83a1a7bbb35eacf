/* The tables of the evidence's members, in the order of evidence.h. Each row checks the C type of its member. */
#include "evidence/fields.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/evidence.h"

enum {
	STRINGS_MAX = 1 << 16,
	THREADS_MAX = 1 << 16,
	GROUPS_MAX = 1 << 16, /* NGROUPS_MAX */
	EXITS_MAX = 1 << 16,
	PLANTS_MAX = 1 << 12,
	MARKERS_MAX = 1 << 12,
	PIDFILE_MAX = 1 << 12,
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

#define THIS struct evidence
static const struct field evidence_fields[] = {
    {.name = "kind", .type = FIELD_KIND, .names = kind},
    {.name = "version", .type = FIELD_VERSION, .maximum = EVIDENCE_VERSION},
    RECORD(struct ev_host, host, host_record),
    RECORD(struct ev_isolation, isolation, isolation_record),
    RECORD(struct ev_start, start, start_record),
    RECORD(struct ev_launch, launch, launch_record),
    RECORD(struct ev_settle, settle, settle_record),
    RECORD(struct ev_pidfile, pidfile, pidfile_record),
    RECORDS(struct ev_process, processes, EVIDENCE_PROCESS_RECORD, EVIDENCE_PROCESSES_MAX),
    RECORDS(struct ev_listener, listeners, listener_record, EVIDENCE_FILES_MAX),
    RECORDS(struct ev_written, written, written_record, EVIDENCE_FILES_MAX),
    RECORDS(struct ev_exit, exits, exit_record, EXITS_MAX),
    BOOL(truncated),
};
const struct record EVIDENCE_RECORD = TABLE("evidence", evidence_fields);
#undef THIS
/* clang-format on */

static void strings_clear(char **strings)
{
	for (char **string = strings; string && *string; string++)
		free(*string);
	free(strings);
}

static void records_clear(const struct record *record, char *base, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_clear(record, base + i * record->size);
}

static void field_clear(const struct field *field, void *base)
{
	void *pointer, *member = field_of(field, base);
	size_t count;

	switch (field->type) {
	case FIELD_RECORD:
		record_clear(field->record, member);
		return;
	case FIELD_ROW:
		records_clear(field->record, member, field->maximum);
		return;
	case FIELD_STRINGS:
		memcpy(&pointer, member, sizeof(pointer));
		strings_clear(pointer);
		return;
	case FIELD_RECORDS:
		memcpy(&pointer, member, sizeof(pointer));
		memcpy(&count, field_count_of(field, base), sizeof(count));
		if (pointer)
			records_clear(field->record, pointer, count);
		free(pointer);
		return;
	case FIELD_STRING:
	case FIELD_BYTES:
	case FIELD_NUMBERS:
		memcpy(&pointer, member, sizeof(pointer));
		free(pointer);
		return;
	case FIELD_KIND:
	case FIELD_VERSION:
	case FIELD_BOOL:
	case FIELD_INT:
	case FIELD_INT64:
	case FIELD_UINT32:
	case FIELD_UINT64:
	case FIELD_OCTAL:
	case FIELD_SET:
	case FIELD_LETTER:
	case FIELD_ENUM:
		return;
	}
}

void record_clear(const struct record *record, void *base)
{
	for (size_t i = 0; i < record->n_fields; i++)
		field_clear(&record->fields[i], base);
	memset(base, 0, record->size);
}
