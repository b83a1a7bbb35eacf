/* Evidence by hand for the tests of the probes: a daemon that does everything right, to be spoilt one field at a time.
 * Nothing is allocated; strings are literals. */
#ifndef UNIT_PROBES_BUILD_H
#define UNIT_PROBES_BUILD_H

#include <check.h>

#include "evidence/evidence.h"
#include "probes/probe.h"

enum { WORLD_RUNS = 16, WORLD_STEPS = 32, WORLD_NEEDS = 128 };
enum { WORLD_PROCESSES = 8, WORLD_FDS = 12, WORLD_THREADS = 4, WORLD_FILES = 4 };
enum { LEADER = 2, LAUNCHER = 3, SESSION = 4, MASTER = 7, WORKER = 9 };
enum { START_UMASK = 0153, TTY_DEVICE = 24, TTY_NUMBER = 34816, LISTENER_INODE = 777, PIDFILE_INODE = 555 };

/* What the processes of one launch, or of one state after a step, are kept in. */
struct world_room {
	struct ev_process processes[WORLD_PROCESSES];
	struct ev_fd fds[WORLD_PROCESSES][WORLD_FDS];
	struct ev_thread threads[WORLD_PROCESSES][WORLD_THREADS];
};

/* The process and its descriptors and threads. */
struct world {
	struct evidence evidence;
	struct profile profile;
	enum profile_need needs[WORLD_NEEDS];
	struct ev_process processes[WORLD_PROCESSES];
	struct ev_fd fds[WORLD_PROCESSES][WORLD_FDS];
	struct ev_thread threads[WORLD_PROCESSES][WORLD_THREADS];
	struct ev_written written[WORLD_FILES];
	struct ev_listener listeners[WORLD_FILES];
	struct ev_exit exits[WORLD_FILES];
	struct evidence runs[WORLD_RUNS];
	struct world_room run_rooms[WORLD_RUNS];
	struct ev_step steps[WORLD_RUNS][WORLD_STEPS];
	struct world_room step_rooms[WORLD_RUNS][WORLD_STEPS];
	struct finding finding; /* of the last judging */
};

/* A literal where the record wants a string that could be written to. */
#define TEXT(literal) ((char *)(uintptr_t)(literal))

extern struct world world;

/* The master with pid 7 and its worker with pid 9, both right in all respects; every probe required. A fixture. */
void world_new(void);

/* One more process, as right as the others. Pids must be added in rising order. */
struct ev_process *world_process(int pid, int parent);
/* The process's descriptor, made if there is none; numbers must be added in rising order. */
struct ev_fd *world_fd(struct ev_process *process, int number);
void world_fd_close(struct ev_process *process, int number);
struct ev_thread *world_thread(struct ev_process *process, int tid);
struct ev_written *world_written(const char *path, uint32_t mode);
struct ev_listener *world_listener(enum ev_socket_family family, const char *address);
/* The processes by name. */
struct ev_process *master(void);
struct ev_process *worker(void);

/* A further launch that was done, as right as the clean one is now: a copy whose processes, descriptors and threads can
 * be changed by themselves. Runs must be added in the order of their scenarios. */
struct evidence *world_run(enum ev_scenario scenario, int variant);
/* The same, but it was not done. */
struct evidence *world_run_not(enum ev_scenario scenario, int variant, enum ev_run_state state, const char *reason);
/* A step of the run after which all lives on as it was: a copy of the run's processes, listeners and pid file. */
struct ev_step *world_step(struct evidence *run, enum ev_step_kind kind, int signal);
/* After that step all is gone, the pid file too. */
void world_step_gone(struct ev_step *step, int64_t gone_us);
/* The process with that pid in a run or in a state. */
struct ev_process *run_process(struct evidence *run, int pid);
struct ev_process *step_process(struct ev_step *step, int pid);

struct ev_file file_of(uint32_t mode, uint64_t device, uint64_t inode);
struct ev_file file_device(unsigned int type, unsigned int unit);
struct ev_file file_launch_terminal(void);

/* Makes the process a zombie, as the kernel shows one: an empty record. */
void make_zombie(struct ev_process *process);

/* Turns the file's content; the look succeeded. */
void set_pidfile(struct ev_look *look, const char *content);

/* Judges the world into world.finding. */
enum verdict judge(const char *id);

#define assert_judged(id, expected)                                                                                    \
	do {                                                                                                           \
		enum verdict verdict_ = judge(id);                                                                     \
		ck_assert_msg(verdict_ == (expected), "%s: %s (%s), seen: %s", id, verdict_name(verdict_),             \
		              verdict_name(expected), world.finding.seen);                                             \
	} while (0)

/* It fails, for that process alone, with that field and value. */
#define assert_culprit(id, culprit_pid, culprit_field, culprit_value)                                                  \
	do {                                                                                                           \
		assert_judged(id, VERDICT_FAIL);                                                                       \
		ck_assert_uint_eq(world.finding.n_culprits, 1);                                                        \
		ck_assert_int_eq(world.finding.culprits[0].pid, culprit_pid);                                          \
		ck_assert_str_eq(world.finding.culprits[0].field, culprit_field);                                      \
		ck_assert_str_eq(world.finding.culprits[0].value, culprit_value);                                      \
	} while (0)

#define assert_seen(text) ck_assert_msg(strstr(world.finding.seen, text) != NULL, "seen: %s", world.finding.seen)

Suite *probes_launch_suite(void);
Suite *probes_detach_suite(void);
Suite *probes_fds_suite(void);
Suite *probes_fs_suite(void);
Suite *probes_pidfile_suite(void);
Suite *probes_power_suite(void);
Suite *probes_registry_suite(void);

/* A suite of one case, each test in a new world. */
Suite *world_suite(const char *name, const TTest *const *tests, size_t count);

#endif
