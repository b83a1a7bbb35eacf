/* candidate: a reference daemon that does everything right, or everything but one planted fault.
 *
 *	candidate [--pidfile FILE] [--user NAME] [--directory DIR] [--fault NAME [--worker]]
 *	candidate --list
 *
 * With --worker the main process is right, and a second process of the daemon has the fault. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "plan.h"

static int usage(void)
{
	fputs("usage: candidate [--pidfile FILE] [--user NAME] [--directory DIR] [--fault NAME [--worker]] | --list\n",
	      stderr);
	return 64;
}

static int list(void)
{
	for (const struct fault *fault = FAULTS; fault->name; fault++)
		printf("%s\t%s\t%s\n", fault->name, fault->worker ? "worker" : "-", fault->text);
	return 0;
}

static void plan_make(struct plan *plan)
{
	memcpy(plan->steps, RIGHT_STEPS, sizeof plan->steps);
	plan->pidfile_fd = -1;
	plan->launcher = getpid();
	plan->contained = getenv("DAEMONCK_MARKER") != NULL;
}

/* The worker goes the whole way by itself, before the main process does: so it can have any fault of the start. */
static void start_worker(const struct plan *right, const struct fault *fault)
{
	struct plan faulty = *right;
	int status;
	pid_t pid;

	faulty.steps[fault->step] = fault->instead;
	faulty.pidfile = NULL;
	fflush(NULL);
	pid = plan_fork();
	if (pid == 0)
		plan_run(&faulty);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		plan_die("the worker");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"pidfile", required_argument, NULL, 'p'},
	                                        {"user", required_argument, NULL, 'u'},
	                                        {"directory", required_argument, NULL, 'd'},
	                                        {"fault", required_argument, NULL, 'f'},
	                                        {"worker", no_argument, NULL, 'w'},
	                                        {"list", no_argument, NULL, 'l'},
	                                        {"idle", no_argument, NULL, 'i'},
	                                        {NULL, 0, NULL, 0}};
	struct plan plan = {.directory = "/run"};
	const struct fault *fault = NULL;
	bool worker = false;
	int option;

	plan_make(&plan);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'p':
			plan.pidfile = optarg;
			break;
		case 'u':
			plan.user = optarg;
			break;
		case 'd':
			plan.directory = optarg;
			break;
		case 'f':
			fault = fault_find(optarg);
			if (!fault)
				return usage();
			break;
		case 'w':
			worker = true;
			break;
		case 'l':
			return list();
		case 'i': /* what a daemon that executes itself goes on as */
			plan_idle();
		default:
			return usage();
		}
	}
	if (optind < argc || (worker && !(fault && fault->worker)))
		return usage();
	if (worker)
		start_worker(&plan, fault);
	else if (fault)
		plan.steps[fault->step] = fault->instead;
	plan_run(&plan);
}
