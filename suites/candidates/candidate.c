/* candidate: a reference daemon that does everything right, or everything but one planted fault.
 *
 *	candidate [--pidfile FILE] [--user NAME] [--directory DIR] [--listen PORT|PATH] [--log FILE] [--config FILE]
 *	          [--workers N] [--foreground] [--notify] [--sockets] [--s6 FD] [--fault NAME [--worker]]
 *	candidate --list
 *
 * It answers "ok" to a line. TERM, INT and QUIT stop it; so does HUP, unless it has a log or a configuration: then HUP
 * reads them again. With --worker the main process is right, and a second process of the daemon has the fault. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "plan.h"

struct request {
	struct plan plan;
	const struct fault *fault;
	bool worker;
};

static void usage(void) __attribute__((noreturn));
static void usage(void)
{
	fputs("usage: candidate [--pidfile FILE] [--user NAME] [--directory DIR] [--listen PORT|PATH] [--log FILE]\n"
	      "                 [--config FILE] [--workers N] [--foreground] [--notify] [--sockets] [--s6 FD]\n"
	      "                 [--fault NAME [--worker]] | --list\n",
	      stderr);
	exit(64);
}

static void list(void) __attribute__((noreturn));
static void list(void)
{
	for (const struct fault *fault = FAULTS; fault->name; fault++)
		printf("%s\t%s\t%s\n", fault->name, fault->worker ? "worker" : "-", fault->text);
	exit(0);
}

static int number(const char *text, int highest)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 0 || value > highest)
		usage();
	return (int)value;
}

static void take_option(struct request *request, int option)
{
	struct plan *plan = &request->plan;

	switch (option) {
	case 'p':
		plan->pidfile = optarg;
		break;
	case 'u':
		plan->user = optarg;
		break;
	case 'd':
		plan->directory = optarg;
		break;
	case 'L':
		plan->listen = optarg;
		break;
	case 'g':
		plan->log = optarg;
		break;
	case 'c':
		plan->config = optarg;
		break;
	case 'W':
		plan->workers = number(optarg, WORKERS_MAX);
		break;
	case 'F':
		plan_stay_in_foreground(plan);
		break;
	case 'n':
		plan->notify = true;
		break;
	case 's':
		plan->sockets = true;
		break;
	case '6':
		plan->s6 = number(optarg, 1 << 20);
		break;
	case 'f':
		request->fault = fault_find(optarg);
		if (!request->fault)
			usage();
		break;
	case 'w':
		request->worker = true;
		break;
	case 'l':
		list();
	case 'i': /* what a daemon that executes itself goes on as */
		plan_idle();
	default:
		usage();
	}
}

static void take_options(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {{"pidfile", required_argument, NULL, 'p'},
	                                        {"user", required_argument, NULL, 'u'},
	                                        {"directory", required_argument, NULL, 'd'},
	                                        {"listen", required_argument, NULL, 'L'},
	                                        {"log", required_argument, NULL, 'g'},
	                                        {"config", required_argument, NULL, 'c'},
	                                        {"workers", required_argument, NULL, 'W'},
	                                        {"foreground", no_argument, NULL, 'F'},
	                                        {"notify", no_argument, NULL, 'n'},
	                                        {"sockets", no_argument, NULL, 's'},
	                                        {"s6", required_argument, NULL, '6'},
	                                        {"fault", required_argument, NULL, 'f'},
	                                        {"worker", no_argument, NULL, 'w'},
	                                        {"list", no_argument, NULL, 'l'},
	                                        {"idle", no_argument, NULL, 'i'},
	                                        {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(request, option);
	if (optind < argc || (request->worker && !(request->fault && request->fault->worker)))
		usage();
}

/* The worker goes the whole way by itself, before the main process does: so it can have any fault of the start. */
static void start_worker(const struct plan *right, const struct fault *fault)
{
	struct plan faulty;
	int status;
	pid_t pid;

	plan_make(&faulty);
	faulty.user = right->user;
	faulty.directory = right->directory;
	faulty.steps[fault->step] = fault->instead;
	fflush(NULL);
	pid = plan_fork();
	if (pid == 0)
		plan_run(&faulty);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		plan_die("the worker");
}

int main(int argc, char **argv)
{
	struct request request = {.fault = NULL};

	plan_make(&request.plan);
	take_options(&request, argc, argv);
	if (request.worker)
		start_worker(&request.plan, request.fault);
	else if (request.fault)
		request.plan.steps[request.fault->step] = request.fault->instead;
	plan_run(&request.plan);
}
