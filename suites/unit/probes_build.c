/* Evidence by hand for the tests of the probes. */
#include "probes_build.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct world world;

struct ev_file file_of(uint32_t mode, uint64_t device, uint64_t inode)
{
	return (struct ev_file){.known = true, .mode = mode, .device = device, .inode = inode, .links = 1, .mount = 30};
}

struct ev_file file_device(unsigned int type, unsigned int unit)
{
	struct ev_file file = file_of(S_IFCHR | 0666, 6, 1000 + unit);

	file.special = makedev(type, unit);
	return file;
}

struct ev_file file_launch_terminal(void)
{
	struct ev_file file = file_device(136, 0);

	file.device = TTY_DEVICE;
	return file;
}

struct ev_fd *world_fd(struct ev_process *process, int number)
{
	struct ev_fd *fd = NULL;

	for (size_t i = 0; i < process->n_fds; i++)
		if (process->fds[i].number == number)
			fd = &process->fds[i];
	if (!fd) {
		ck_assert_uint_lt(process->n_fds, WORLD_FDS);
		fd = &process->fds[process->n_fds++];
	}
	*fd = (struct ev_fd){.number = number, .target = TEXT("/dev/null"), .flags = O_RDWR, .planted = -1};
	fd->file = file_device(1, 3);
	return fd;
}

void world_fd_close(struct ev_process *process, int number)
{
	size_t kept = 0;

	for (size_t i = 0; i < process->n_fds; i++)
		if (process->fds[i].number != number)
			process->fds[kept++] = process->fds[i];
	process->n_fds = kept;
}

struct ev_thread *world_thread(struct ev_process *process, int tid)
{
	ck_assert_uint_lt(process->n_threads, WORLD_THREADS);
	process->threads[process->n_threads] = (struct ev_thread){.tid = tid};
	return &process->threads[process->n_threads++];
}

struct ev_process *world_process(int pid, int parent)
{
	size_t index = world.evidence.n_processes++;
	struct ev_process *process;

	ck_assert_uint_lt(index, WORLD_PROCESSES);
	process = &world.processes[index];
	*process = (struct ev_process){
	    .pid = pid,
	    .parent = parent,
	    .group = SESSION,
	    .session = SESSION,
	    .terminal_group = -1,
	    .state = 'S',
	    .name = TEXT("exampled"),
	    .exe = TEXT("/usr/sbin/exampled"),
	    .exe_file = file_of(S_IFREG | 0755, 1, 4000),
	    .cwd = TEXT("/"),
	    .cwd_file = file_of(S_IFDIR | 0755, 1, 2),
	    .root = TEXT("/"),
	    .root_file = file_of(S_IFDIR | 0755, 1, 2),
	    .umask_known = true,
	    .ids_known = true,
	    .fds = world.fds[index],
	    .fds_known = true,
	    .threads = world.threads[index],
	    .cgroup = TEXT("/system.slice/exampled.service"),
	};
	for (int number = 0; number <= 2; number++)
		(void)world_fd(process, number);
	(void)world_thread(process, pid);
	return process;
}

struct ev_process *master(void)
{
	return &world.processes[0];
}

struct ev_process *worker(void)
{
	return &world.processes[1];
}

void make_zombie(struct ev_process *process)
{
	int pid = process->pid, parent = process->parent, session = process->session;

	*process =
	    (struct ev_process){.pid = pid, .parent = parent, .group = session, .session = session, .state = 'Z'};
	process->terminal_group = -1;
	process->name = TEXT("exampled");
}

struct ev_written *world_written(const char *path, uint32_t mode)
{
	size_t index = world.evidence.n_written++;

	ck_assert_uint_lt(index, WORLD_FILES);
	world.written[index] = (struct ev_written){.path = TEXT(path), .created = true};
	world.written[index].file = file_of(mode, 1, 9000 + index);
	return &world.written[index];
}

struct ev_listener *world_listener(enum ev_socket_family family, const char *address)
{
	size_t index = world.evidence.n_listeners++;

	ck_assert_uint_lt(index, WORLD_FILES);
	world.listeners[index] = (struct ev_listener){.family = family, .inode = LISTENER_INODE};
	world.listeners[index].address = TEXT(address);
	return &world.listeners[index];
}

void set_pidfile(struct ev_look *look, const char *content)
{
	look->state = EV_LOOK_READ;
	look->content = TEXT(content);
	look->size = strlen(content);
	look->file = file_of(S_IFREG | 0644, 1, PIDFILE_INODE);
}

static void fill_pidfile(struct ev_pidfile *pidfile)
{
	pidfile->path = TEXT("/run/exampled.pid");
	pidfile->directory = TEXT("/run");
	pidfile->directory_file = file_of(S_IFDIR | 0755, 1, 50);
	set_pidfile(&pidfile->returned, "7\n");
	set_pidfile(&pidfile->settled, "7\n");
}

static void fill_start(struct ev_start *start)
{
	static struct ev_plant plants[] = {{.number = 57, .device = 40, .inode = 57}};
	static struct ev_marker markers[2];

	markers[0] = (struct ev_marker){.name = TEXT("LD_PRELOAD"), .value = TEXT("/planted.so")};
	markers[1] = (struct ev_marker){.name = TEXT("DAEMONCK_MARKER"), .value = TEXT("1")};
	*start = (struct ev_start){.umask = START_UMASK, .terminal = TTY_NUMBER, .leader = LEADER, .reaper = 1};
	start->directory = TEXT("/start");
	start->directory_own = true;
	start->directory_file = file_of(S_IFDIR | 0755, 41, 2);
	start->directory_file.mount = 99;
	start->terminal_device = TTY_DEVICE;
	start->terminal_special = makedev(136, 0);
	start->cap_effective = 0xff;
	start->plants = plants;
	start->n_plants = 1;
	start->markers = markers;
	start->n_markers = 2;
	start->cgroup = TEXT("/user.slice");
}

void world_new(void)
{
	static char *environment[] = {NULL};

	memset(&world, 0, sizeof(world));
	world.evidence.processes = world.processes;
	world.evidence.written = world.written;
	world.evidence.listeners = world.listeners;
	world.evidence.exits = world.exits;
	world.evidence.isolation.overlay = true;
	world.evidence.launch = (struct ev_launch){.outcome = EV_RETURNED, .pid = LAUNCHER, .group = LAUNCHER};
	world.evidence.launch.returned_us = 1500;
	world.evidence.settle = (struct ev_settle){.settled = true, .at_us = 2500};
	fill_start(&world.evidence.start);
	fill_pidfile(&world.evidence.pidfile);
	world_process(MASTER, 1)->environment = environment;
	world_process(WORKER, MASTER)->environment = environment;
	for (size_t i = 0; i < N_PROBES; i++)
		world.needs[i] = NEED_REQUIRE;
	world.profile = (struct profile){.style = PROFILE_FORKS, .needs = world.needs, .n_needs = N_PROBES};
	world.profile.stdio = STDIO_NULL;
}

enum verdict judge(const char *id)
{
	const struct probe *probe = probe_find(id);

	ck_assert_ptr_nonnull(probe);
	probe_judge(probe, &world.evidence, &world.profile, &world.finding);
	ck_assert(world.finding.expected[0] || world.finding.verdict == VERDICT_SKIP);
	ck_assert(world.finding.seen[0]);
	return world.finding.verdict;
}

Suite *world_suite(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, world_new, NULL);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
