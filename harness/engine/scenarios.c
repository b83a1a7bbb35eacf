/* The table of the scenarios. */
#include "engine/scenarios.h"

#include <signal.h>

#include "base/clock.h"

#define SET_OF(signal) (UINT64_C(1) << ((signal)-1))
#define IGNORED                                                                                                        \
	(SET_OF(SIGHUP) | SET_OF(SIGINT) | SET_OF(SIGTERM) | SET_OF(SIGCHLD) | SET_OF(SIGPIPE) | SET_OF(SIGUSR2))
#define BLOCKED                                                                                                        \
	(SET_OF(SIGHUP) | SET_OF(SIGINT) | SET_OF(SIGTERM) | SET_OF(SIGUSR1) | SET_OF(SIGUSR2) | SET_OF(SIGCHLD))

/* How long one birth may be held back. A launcher that polls for its daemon naps for ever otherwise. */
enum { HOLD_BOUND_US = 3 * CLOCK_US_PER_S };

#define HELD        .variation.hold = true, .hold.bound_us = HOLD_BOUND_US
#define STEPS(list) .steps = (list), .n_steps = sizeof(list) / sizeof((list)[0])
#define LAST(list)  .last = (list), .n_last = sizeof(list) / sizeof((list)[0])

#define SIGNAL(number, end)                                                                                            \
	{                                                                                                              \
		.kind = EV_STEP_SIGNAL, .signal = (number), .until = (end)                                             \
	}
#define STOP(end) SIGNAL(SCENARIO_STOP_SIGNAL, end)
#define KEY(number)                                                                                                    \
	{                                                                                                              \
		.kind = EV_STEP_KEY, .signal = (number), .until = SCRIPT_SETTLED                                       \
	}
#define CLIENT(step, what, end)                                                                                        \
	{                                                                                                              \
		.kind = (step), .arguments = (what), .until = (end)                                                    \
	}
#define AGAIN                                                                                                          \
	{                                                                                                              \
		.kind = EV_STEP_RUN, .until = SCRIPT_RAN_OUT                                                           \
	}
#define ACTION(name)                                                                                                   \
	{                                                                                                              \
		.kind = EV_STEP_RUN, .until = SCRIPT_RAN_OUT, .arguments = SCENARIO_ACTION, .action = (name)           \
	}
#define KILL_ALL                                                                                                       \
	{                                                                                                              \
		.kind = EV_STEP_SIGNAL, .signal = SIGKILL, .whom = SCRIPT_EVERY, .until = SCRIPT_GONE                  \
	}
#define WAIT(end)                                                                                                      \
	{                                                                                                              \
		.kind = EV_STEP_WAIT, .until = (end)                                                                   \
	}

static const struct scenario_step stop[] = {STOP(SCRIPT_GONE)};
static const struct scenario_step stop_twice[] = {STOP(SCRIPT_TAKEN), STOP(SCRIPT_GONE)};
static const struct scenario_step unmount[] = {{.kind = EV_STEP_UNMOUNT, .until = SCRIPT_AT_ONCE}};
static const struct scenario_step keys[] = {
    KEY(SIGINT), KEY(SIGQUIT), KEY(SIGTSTP), {.kind = EV_STEP_FOREGROUND, .until = SCRIPT_AT_ONCE},
    KEY(SIGINT), KEY(SIGQUIT), KEY(SIGTSTP),
};
static const struct scenario_step hangup[] = {{.kind = EV_STEP_HANGUP, .until = SCRIPT_SETTLED}};
static const struct scenario_step signal_once[] = {SIGNAL(SCENARIO_VARIANT_SIGNAL, SCRIPT_SETTLED)};
static const struct scenario_step stop_and_go[] = {SIGNAL(SIGSTOP, SCRIPT_SETTLED), SIGNAL(SIGCONT, SCRIPT_SETTLED)};
static const struct scenario_step bad_config[] = {
    {.kind = EV_STEP_WRITE, .arguments = SCENARIO_BREAK, .until = SCRIPT_AT_ONCE},
    SIGNAL(SCENARIO_RELOAD_SIGNAL, SCRIPT_SETTLED),
};
static const struct scenario_step log_reopen[] = {
    {.kind = EV_STEP_RENAME, .arguments = SCENARIO_LOG, .until = SCRIPT_AT_ONCE},
    SIGNAL(SCENARIO_LOG_SIGNAL, SCRIPT_LOG),
};
static const struct scenario_step drain[] = {
    CLIENT(EV_STEP_CONNECT, SCENARIO_ADDRESS, SCRIPT_AT_ONCE),
    CLIENT(EV_STEP_SEND, SCENARIO_FIRST_PART, SCRIPT_SETTLED),
    SIGNAL(SCENARIO_VARIANT_SIGNAL, SCRIPT_AT_ONCE),
    CLIENT(EV_STEP_FINISH, SCENARIO_REST, SCRIPT_REPLY),
    WAIT(SCRIPT_GONE),
};
static const struct scenario_step client_breaks[] = {
    CLIENT(EV_STEP_CONNECT, SCENARIO_ADDRESS, SCRIPT_SETTLED),
    {.kind = EV_STEP_BREAK, .until = SCRIPT_SETTLED},
};
static const struct scenario_step request_breaks[] = {
    CLIENT(EV_STEP_CONNECT, SCENARIO_ADDRESS, SCRIPT_AT_ONCE),
    CLIENT(EV_STEP_SEND, SCENARIO_WHOLE, SCRIPT_AT_ONCE),
    {.kind = EV_STEP_BREAK, .until = SCRIPT_SETTLED},
};
static const struct scenario_step worker_killed[] = {
    {.kind = EV_STEP_SIGNAL, .signal = SIGKILL, .whom = SCRIPT_WORKER, .until = SCRIPT_WORKERS},
};
static const struct scenario_step second[] = {AGAIN};
static const struct scenario_step watch[] = {WAIT(SCRIPT_SETTLED)};
static const struct scenario_step after_kill[] = {KILL_ALL, AGAIN};
static const struct scenario_step restart[] = {STOP(SCRIPT_GONE), AGAIN};
static const struct scenario_step notify[] = {
    WAIT(SCRIPT_NOTICES),
    {.kind = EV_STEP_SIGNAL, .signal = SCENARIO_RELOAD_SIGNAL, .until = SCRIPT_NOTICES, .needs = SCENARIO_NEEDS_RELOAD},
    STOP(SCRIPT_GONE),
};
static const struct scenario_step passed[] = {
    CLIENT(EV_STEP_CONNECT, SCENARIO_PASSED, SCRIPT_SETTLED),
    {.kind = EV_STEP_FINISH, .arguments = SCENARIO_WHOLE, .until = SCRIPT_REPLY, .needs = SCENARIO_NEEDS_REQUEST},
    STOP(SCRIPT_GONE),
};
static const struct scenario_step pid1[] = {
    {.kind = EV_STEP_ORPHAN, .until = SCRIPT_SETTLED},
    STOP(SCRIPT_GONE),
};
static const struct scenario_step lsb[] = {
    ACTION("start"),
    ACTION("status"),
    ACTION("stop"),
    ACTION("stop"),
    ACTION("status"),
    ACTION("start"),
    KILL_ALL,
    ACTION("status"),
    ACTION("stop"),
    ACTION("no-such-action"),
    {.kind = EV_STEP_RUN, .until = SCRIPT_RAN_OUT, .arguments = SCENARIO_ACTION, .action = "start", .bare = true},
    ACTION("status"),
    ACTION("stop"),
    {.kind = EV_STEP_RENAME, .arguments = SCENARIO_PROGRAM, .until = SCRIPT_AT_ONCE},
    ACTION("start"),
};

#define CLOSED(set)                                                                                                    \
	{                                                                                                              \
		.id = EV_SCENARIO_CLOSED, .variant = (set), .variation.closed = (set)                                  \
	}
#define SIGNALLED(number, list)                                                                                        \
	{                                                                                                              \
		.id = EV_SCENARIO_SIGNAL, .variant = (number), STEPS(list)                                             \
	}
#define STALE(which, ...)                                                                                              \
	{                                                                                                              \
		.id = EV_SCENARIO_STALE_PIDFILE, .variant = (which), .needs = SCENARIO_NEEDS_PIDFILE, STEPS(watch),    \
		__VA_ARGS__                                                                                            \
	}
#define UMASK(mask)                                                                                                    \
	{                                                                                                              \
		.id = EV_SCENARIO_UMASK, .variant = (mask), .other_umask = true, .umask = (mask)                       \
	}

const struct scenario SCENARIOS[] = {
    /* First what others wait for. */
    {.id = EV_SCENARIO_HELD, .needs = SCENARIO_NEEDS_RETURN, HELD},
    {.id = EV_SCENARIO_AGAIN},
    {.id = EV_SCENARIO_HELD_LONG, .needs = SCENARIO_NEEDS_RETURN, HELD, .hold.past_timers = true},
    {.id = EV_SCENARIO_CHILD_KILLED,
     .needs = SCENARIO_NEEDS_RETURN | SCENARIO_NEEDS_BIRTH,
     HELD,
     .kills_birth = true,
     .hold.signal = SIGKILL},
    {.id = EV_SCENARIO_START_FAILS, .variant = EV_FAILS_PORT, .needs = SCENARIO_NEEDS_PORT},
    {.id = EV_SCENARIO_START_FAILS, .variant = EV_FAILS_PIDFILE, .needs = SCENARIO_NEEDS_PIDFILE},
    {.id = EV_SCENARIO_START_FAILS, .variant = EV_FAILS_DECLARED},
    UMASK(0),
    UMASK(022),
    UMASK(077),
    {.id = EV_SCENARIO_SIGNALS, .variant = EV_SIGNALS_IGNORED, .variation.ignored = IGNORED, STEPS(stop)},
    {.id = EV_SCENARIO_SIGNALS, .variant = EV_SIGNALS_BLOCKED, .variation.blocked = BLOCKED, STEPS(stop)},
    CLOSED(1),
    CLOSED(2),
    CLOSED(3),
    CLOSED(4),
    CLOSED(5),
    CLOSED(6),
    CLOSED(7),
    {.id = EV_SCENARIO_PIPES, .needs = SCENARIO_NEEDS_RETURN, .variation.pipes = true},
    {.id = EV_SCENARIO_NOFILE, .variant = 0, .variation.nofile = 1 << 20},
    {.id = EV_SCENARIO_NOFILE, .variant = 1, .variation.nofile = UINT64_MAX},
    {.id = EV_SCENARIO_CLOSES, .variant = 0, .variation.count_closes = true, .variation.nofile = 512},
    {.id = EV_SCENARIO_CLOSES, .variant = 1, .variation.count_closes = true, .variation.nofile = 1024},
    {.id = EV_SCENARIO_ODD_NULL, .variant = EV_NULL_MISSING, .variation.null = VARIATION_NULL_MISSING},
    {.id = EV_SCENARIO_ODD_NULL, .variant = EV_NULL_FILE, .variation.null = VARIATION_NULL_FILE},
    {.id = EV_SCENARIO_START_DIRECTORY,
     .variant = EV_DIRECTORY_DELETED,
     .variation.directory = VARIATION_DIRECTORY_DELETED},
    {.id = EV_SCENARIO_START_DIRECTORY,
     .variant = EV_DIRECTORY_UNREADABLE,
     .needs = SCENARIO_NEEDS_NO_ROOT,
     .variation.directory = VARIATION_DIRECTORY_UNREADABLE},
    {.id = EV_SCENARIO_START_DIRECTORY,
     .variant = EV_DIRECTORY_UNMOUNTED,
     .variation.directory = VARIATION_DIRECTORY_MOUNT,
     STEPS(unmount)},
    {.id = EV_SCENARIO_EMPTY_ENVIRONMENT, .empty_environment = true},
    {.id = EV_SCENARIO_KEYS, .needs = SCENARIO_NEEDS_RETURN, .variation.keep_foreground = true, STEPS(keys)},
    {.id = EV_SCENARIO_HANGUP, .needs = SCENARIO_NEEDS_RETURN, .variation.keep_foreground = true, STEPS(hangup)},
    {.id = EV_SCENARIO_HANGUP_RACE,
     .variant = -1,
     .needs = SCENARIO_NEEDS_RETURN,
     HELD,
     .variation.session_leader = true},
    {.id = EV_SCENARIO_HANGUP_RACE, .needs = SCENARIO_NEEDS_RETURN, .variation.session_leader = true},
    {.id = EV_SCENARIO_STOP, STEPS(stop)},
    {.id = EV_SCENARIO_STOP_TWICE, STEPS(stop_twice)},
    {.id = EV_SCENARIO_STOP_EARLY,
     .needs = SCENARIO_NEEDS_RETURN | SCENARIO_NEEDS_BIRTH,
     HELD,
     .kills_birth = true,
     .hold.signal = SCENARIO_STOP_SIGNAL},
    SIGNALLED(SIGHUP, signal_once),
    SIGNALLED(SIGINT, signal_once),
    SIGNALLED(SIGQUIT, signal_once),
    SIGNALLED(SIGSTOP, stop_and_go),
    {.id = EV_SCENARIO_SIGNAL, .variant = SCENARIO_RELOAD_SIGNAL, .needs = SCENARIO_NEEDS_RELOAD, STEPS(signal_once)},
    {.id = EV_SCENARIO_BAD_CONFIG, .needs = SCENARIO_NEEDS_RELOAD | SCENARIO_NEEDS_BREAK, STEPS(bad_config)},
    {.id = EV_SCENARIO_LOG_REOPEN, .needs = SCENARIO_NEEDS_LOG, STEPS(log_reopen)},
    {.id = EV_SCENARIO_DRAIN, .needs = SCENARIO_NEEDS_REQUEST, STEPS(drain)},
    {.id = EV_SCENARIO_CLIENT_BREAKS, .variant = 0, .needs = SCENARIO_NEEDS_TCP, STEPS(client_breaks)},
    {.id = EV_SCENARIO_CLIENT_BREAKS, .variant = 1, .needs = SCENARIO_NEEDS_REQUEST, STEPS(request_breaks)},
    {.id = EV_SCENARIO_WORKER_KILLED, .needs = SCENARIO_NEEDS_WORKER, STEPS(worker_killed)},
    {.id = EV_SCENARIO_SECOND, STEPS(second)},
    STALE(EV_STALE_DEAD, .stale = "99999\n"),
    STALE(EV_STALE_STRANGER, .stale = "", .variation.stranger = true),
    STALE(EV_STALE_OWN, .stale = ""),
    STALE(EV_STALE_GARBAGE, .stale = "\x01not a pid\xff\n"),
    STALE(EV_STALE_INIT, .stale = "1\n"),
    {.id = EV_SCENARIO_AFTER_KILL, STEPS(after_kill)},
    {.id = EV_SCENARIO_RESTARTS, STEPS(restart), .times = 10, LAST(stop)},
    {.id = EV_SCENARIO_NOTIFY,
     .variant = EV_NOTIFY_PATH,
     .needs = SCENARIO_NEEDS_NOTIFY,
     .variation.notify = VARIATION_NOTIFY_PATH,
     STEPS(notify)},
    {.id = EV_SCENARIO_NOTIFY,
     .variant = EV_NOTIFY_ABSTRACT,
     .needs = SCENARIO_NEEDS_NOTIFY,
     .variation.notify = VARIATION_NOTIFY_ABSTRACT,
     STEPS(notify)},
    {.id = EV_SCENARIO_LISTEN_FDS,
     .needs = SCENARIO_NEEDS_SOCKETS,
     .variation.listen = "127.0.0.1:0",
     .no_plants = true,
     STEPS(passed)},
    {.id = EV_SCENARIO_S6, .needs = SCENARIO_NEEDS_S6, .variation.s6 = true, .no_plants = true, STEPS(watch)},
    {.id = EV_SCENARIO_PID1, .needs = SCENARIO_NEEDS_STAY, .variation.pid1 = true, STEPS(pid1)},
    {.id = EV_SCENARIO_LSB, .needs = SCENARIO_NEEDS_INIT_SCRIPT, STEPS(lsb)},
};
const size_t N_SCENARIOS = sizeof(SCENARIOS) / sizeof(SCENARIOS[0]);
