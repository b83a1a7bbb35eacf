/* A profile: which requirements hold for a kind of daemon, which are only noted, and the values that are accepted where
 * the standards contradict each other. Data: suites/profiles/NAME.yaml. */
#ifndef PROBES_PROFILE_H
#define PROBES_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum profile_style {
	PROFILE_FORKS, /* the started process returns and the daemon lives on */
	PROFILE_STAYS, /* the started process is the daemon */
};

/* What 0, 1 and 2 may be: a set of these. */
enum profile_stdio {
	STDIO_NULL = 1,      /* /dev/null */
	STDIO_LOG = 2,       /* a regular file, on 1 and 2 only */
	STDIO_SOCKET = 4,    /* a socket that is not the caller's (the journal), on 1 and 2 only */
	STDIO_PIPE = 8,      /* a pipe that is not the caller's (a logger), on 1 and 2 only */
	STDIO_TERMINAL = 16, /* the terminal or whatever the caller gave: for what runs in the foreground */
};

enum profile_need {
	NEED_NONE, /* not asked by this profile */
	NEED_NOTE,
	NEED_REQUIRE,
};

struct profile {
	char *name;    /* "sysv" */
	char *title;   /* "daemon(7), SysV daemons" */
	char *summary; /* what it is for and where it comes from, a few sentences */
	enum profile_style style;

	enum profile_need *needs; /* one for each probe, in the order of PROBES */
	size_t n_needs;

	uint32_t *umasks;   /* accepted values */
	size_t n_umasks;    /* 0: any */
	bool any_directory; /* cwd may be any directory that is not the caller's */
	char *
	    *directories; /* accepted besides "/"; NULL-ended; a daemon may also be in a directory below one of them */
	unsigned int stdio; /* set of enum profile_stdio */
	bool leader_ok;     /* a session leader is accepted */
};

void profile_free(struct profile *profile);
static inline void cleanup_profile(struct profile **profile)
{
	profile_free(*profile);
}
#define CLEANUP_PROFILE __attribute__((cleanup(cleanup_profile)))

#endif
