/* Writes a small evidence with something in every part of it as the seed of the evidence fuzzer, to standard output. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "evidence/evidence.h"
#include "evidence/evidence_json.h"

static char **strings(const char *first, const char *second)
{
	char **list = calloc(3, sizeof(*list));

	list[0] = strdup(first);
	list[1] = strdup(second);
	return list;
}

static struct ev_file file(uint32_t mode, uint64_t special)
{
	return (struct ev_file){
	    .known = true, .device = 5, .inode = 6, .special = special, .mount = 7, .mode = mode, .links = 1};
}

static void fill_process(struct ev_process *process, int pid)
{
	*process = (struct ev_process){
	    .pid = pid,
	    .host_pid = pid + 1000,
	    .parent = 1,
	    .group = pid,
	    .session = pid,
	    .terminal_group = -1,
	    .state = 'S',
	    .name = strdup("d"),
	    .argv = strings("d", "-x"),
	    .exe = strdup("/usr/sbin/d"),
	    .cwd = strdup("/"),
	    .root = strdup("/"),
	    .cwd_file = file(S_IFDIR | 0755, 0),
	    .root_file = file(S_IFDIR | 0755, 0),
	    .umask_known = true,
	    .umask = 022,
	    .ids_known = true,
	    .ignored = 0x1000,
	    .fds_known = true,
	    .limits_known = true,
	    .cgroup = strdup("/"),
	    .environment = strings("A=B", "LD_PRELOAD=x"),
	    .environment_at_exec = strings("A=B", "C=D"),
	};
	process->groups = calloc(1, sizeof(*process->groups));
	process->n_groups = 1;
	process->threads = calloc(1, sizeof(*process->threads));
	process->n_threads = 1;
	process->threads[0].tid = pid;
	process->fds = calloc(4, sizeof(*process->fds));
	process->n_fds = 4;
	for (int i = 0; i < 4; i++)
		process->fds[i] = (struct ev_fd){
		    .number = i,
		    .target = strdup("/dev/null"),
		    .file = file(S_IFCHR | 0666, 0x103),
		    .flags = O_RDWR,
		    .planted = i < 3 ? -1 : 57,
		};
}

static void fill_launch(struct evidence *evidence)
{
	evidence->launch.pid = evidence->launch.group = 3;
	evidence->launch.returned_us = 1500;
	evidence->launch.output = strdup("out");
	evidence->launch.output_kept = evidence->launch.output_total = 3;
	evidence->launch.late_output = strdup("t");
	evidence->launch.late_kept = evidence->launch.late_total = 1;
	evidence->start.argv = strings("d", "-x");
	evidence->start.directory = strdup("/start");
	evidence->start.cgroup = strdup("/");
	evidence->start.user = strdup("daemon");
	evidence->start.leader = 2;
	evidence->start.reaper = 1;
	evidence->start.plants = calloc(1, sizeof(*evidence->start.plants));
	evidence->start.n_plants = 1;
	evidence->start.markers = calloc(1, sizeof(*evidence->start.markers));
	evidence->start.markers[0] = (struct ev_marker){strdup("MARK"), strdup("1")};
	evidence->start.n_markers = 1;
	evidence->isolation.missing = strings("a", "b");
}

static void fill_pidfile(struct ev_pidfile *pidfile)
{
	pidfile->path = strdup("/run/d.pid");
	pidfile->directory = strdup("/run");
	pidfile->directory_file = file(S_IFDIR | 0755, 0);
	pidfile->returned = (struct ev_look){EV_LOOK_READ, 0, strdup("4\n"), 2, file(S_IFREG | 0644, 0)};
	pidfile->settled = (struct ev_look){EV_LOOK_FAILED, 2, NULL, 0, {0}};
}

int main(void)
{
	struct evidence *evidence = evidence_new();
	json_t *json;

	evidence->host.tool_version = strdup("1");
	evidence->host.kernel = strdup("6");
	evidence->host.machine = strdup("m");
	evidence->host.time = strdup("2000-01-01T00:00:00Z");
	fill_launch(evidence);
	fill_pidfile(&evidence->pidfile);
	evidence->settle.settled = true;
	evidence->processes = calloc(2, sizeof(*evidence->processes));
	evidence->n_processes = 2;
	fill_process(&evidence->processes[0], 4);
	fill_process(&evidence->processes[1], 5);
	evidence->listeners = calloc(1, sizeof(*evidence->listeners));
	evidence->listeners[0] = (struct ev_listener){EV_SOCKET_TCP, 9, strdup("[::]:80")};
	evidence->n_listeners = 1;
	evidence->written = calloc(1, sizeof(*evidence->written));
	evidence->written[0] = (struct ev_written){strdup("/run/d.pid"), file(S_IFREG | 0666, 0), true};
	evidence->n_written = 1;
	evidence->exits = calloc(1, sizeof(*evidence->exits));
	evidence->exits[0] = (struct ev_exit){3, 0, 1500};
	evidence->n_exits = 1;
	json = evidence_to_json(evidence);
	(void)putchar('P');
	if (!json || json_dumpf(json, stdout, JSON_COMPACT) < 0)
		return 1;
	json_decref(json);
	evidence_free(evidence);
	return 0;
}
