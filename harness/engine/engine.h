/* The engine: plans the launch, has it observed, judges what was seen. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "evidence/evidence.h"
#include "probes/probe.h"
#include "probes/profile.h"

struct candidate;

struct engine_request {
	const struct candidate *candidate; /* what the candidate file declares, or NULL */
	char *const *argv;                 /* NULL-ended command; argv[0] is looked up in the PATH as a shell would */
	char *const *environment;          /* NULL-ended NAME=VALUE added to the candidate's environment, or NULL */
	const char *profile;               /* name or file; NULL: by the detected style */
	const char *root;                  /* another root tree as the lower layer; NULL: the host's */
	const char *start_directory;       /* what the start directory shows; NULL: the current directory */
	const char *pidfile;               /* declared pid file, or NULL */
	const char *user;                  /* declared user (name or number) that the daemon must run as, or NULL */
	int64_t timeout_us;                /* absolute bound on start and settling */
	int64_t patience_us;               /* how long nothing must have changed before a negative finding stands */
	bool privileged;                   /* real root inside: no user namespace */
	unsigned int jobs;                 /* launches side by side; 0: one */
	bool quick;                        /* the clean launch and no more */
	bool thorough;                     /* repeat what is a race */
	bool progress;                     /* tell on standard error what is being done */
	bool must_work;                    /* less isolation than asked for is an error (DAEMONCK_MUST_WORK) */
};

/* Where the time went, in microseconds, for the benchmark. */
struct engine_times {
	int64_t setup, run, settle, read, judge, teardown;
};

struct sandbox;

struct engine_result {
	struct evidence *evidence;
	struct profile *profile;
	char profile_reason[160];
	struct findings findings;
	struct engine_times times; /* without the teardown */
	struct sandbox
	    *ending; /* killed, but the kernel may still be busy with it: engine_result_free waits for that */
};

/* Runs the candidate in the clean launch, then in those that the profile's probes need, and judges it. 0, or a negative
 * errno and a message when the harness could not do its work; a candidate that misbehaves is no error but evidence. The
 * caller frees the result with engine_result_free. */
int engine_run(const struct engine_request *request, struct engine_result *ret_result, struct error *error);

/* Waits until everything of the run is gone, and frees what it left. */
void engine_result_free(struct engine_result *result);

/* Launches and waits for the settled state without reading or judging: what the benchmark compares with. */
int engine_bare(const struct engine_request *request, struct engine_times *ret_times, struct error *error);

/* Judges recorded evidence, which the result takes over (also when it fails). PROFILE as above. */
int engine_judge(struct evidence *evidence, const char *profile, struct engine_result *ret_result, struct error *error);

#endif
