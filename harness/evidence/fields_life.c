/* The tables of life.h. */
#include "evidence/life.h"

#include "evidence/evidence.h"
#include "evidence/tables.h"

enum {
	NOTICE_MAX = 1 << 12,
	EFFECTS_MAX = 64,
	SIGNAL_MAX = 64,
	STATUS_MAX = 255,
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

/* clang-format off: one row a line */
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
    RECORDS(struct ev_listener, ready, EVIDENCE_LISTENER_RECORD, EVIDENCE_FILES_MAX),
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
const struct record EVIDENCE_DECLARED_RECORD = TABLE("declared", declared_fields);
#undef THIS

#define THIS struct ev_notice
static const struct field notice_fields[] = {
    INT64(at_us), PID(pid), BYTES(text, size, NOTICE_MAX), BOOL(listening), INT64(starved_us),
};
const struct record EVIDENCE_NOTICE_RECORD = TABLE("notice", notice_fields);
#undef THIS

#define THIS struct ev_state
static const struct field state_fields[] = {
    BOOL(taken),
    BOOL(settled),
    INT64(at_us),
    INT64(gone_us),
    RECORDS(struct ev_process, processes, EVIDENCE_PROCESS_RECORD, EVIDENCE_PROCESSES_MAX),
    RECORDS(struct ev_listener, listeners, EVIDENCE_LISTENER_RECORD, EVIDENCE_FILES_MAX),
    RECORDS(struct ev_written, written, EVIDENCE_WRITTEN_RECORD, EVIDENCE_FILES_MAX),
    RECORD(struct ev_look, pidfile, EVIDENCE_LOOK_RECORD),
    RECORD(struct ev_file, log, EVIDENCE_FILE_RECORD),
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
const struct record EVIDENCE_STEP_RECORD = TABLE("step", step_fields);
#undef THIS
/* clang-format on */
