/* The tables of snapshot.h. */
#include "evidence/snapshot.h"

#include "evidence/evidence.h"
#include "evidence/tables.h"

enum {
	THREADS_MAX = 1 << 16,
	GROUPS_MAX = 1 << 16, /* NGROUPS_MAX */
	PIDFILE_MAX = 1 << 12,
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

/* clang-format off: one row a line */
#define THIS struct ev_file
static const struct field file_fields[] = {
    BOOL(known), UINT64(device), UINT64(inode), UINT64(special), UINT64(mount),
    OCTAL(mode), UINT32(links),  UINT32(uid),   UINT32(gid),
};
const struct record EVIDENCE_FILE_RECORD = TABLE("file", file_fields);
#undef THIS

#define THIS struct ev_fd
static const struct field fd_fields[] = {
    INT(number, 0, INT_MAX),
    STRING(target),
    RECORD(struct ev_file, file, EVIDENCE_FILE_RECORD),
    OCTAL(flags),
    BOOL(locked),
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
const struct record EVIDENCE_LIMIT_RECORD = TABLE("limit", limit_fields);
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
    RECORD(struct ev_file, exe_file, EVIDENCE_FILE_RECORD),
    RECORD(struct ev_file, cwd_file, EVIDENCE_FILE_RECORD),
    RECORD(struct ev_file, root_file, EVIDENCE_FILE_RECORD),
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
    ROW(struct ev_limit, limits, EVIDENCE_LIMIT_RECORD, EVIDENCE_LIMITS),
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
const struct record EVIDENCE_LISTENER_RECORD = TABLE("listener", listener_fields);
#undef THIS

#define THIS struct ev_written
static const struct field written_fields[] = {
    STRING(path),
    RECORD(struct ev_file, file, EVIDENCE_FILE_RECORD),
    BOOL(created),
};
const struct record EVIDENCE_WRITTEN_RECORD = TABLE("written", written_fields);
#undef THIS

#define THIS struct ev_look
static const struct field look_fields[] = {
    ENUM(enum ev_look_state, state, look_states),
    INT(error_number, 0, INT_MAX),
    BYTES(content, size, PIDFILE_MAX),
    RECORD(struct ev_file, file, EVIDENCE_FILE_RECORD),
};
const struct record EVIDENCE_LOOK_RECORD = TABLE("look", look_fields);
#undef THIS
/* clang-format on */
