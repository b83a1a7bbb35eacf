/* The sandbox's root: an overlay over the host's (or another tree), so that the candidate may write anywhere and the
 * host sees nothing; its upper layers are the list of what was written. Runs in the mini-init, in a mount namespace of
 * its own. */
#ifndef SANDBOX_ROOT_H
#define SANDBOX_ROOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { ROOT_LAYERS_MAX = 100, ROOT_NOTES_MAX = 2048 };

/* Where the candidate starts, inside: a mount of its own, so that who is still there can be told from who went there.
 */
#define ROOT_START_DIRECTORY "/daemonck-start"

/* A file system of the sandbox's own that begins empty, whatever the lower tree has there. */
#define ROOT_SHM "/dev/shm"

struct root_plan {
	const char *tree;         /* the lower layer: "/" or another root tree, absolute */
	const char *start_source; /* the directory that the start directory shows, absolute */
	/* Absolute directories, NULL-ended, that an ordinary user must be able to write below: overlayfs cannot copy up
	 * what belongs to somebody whom his user namespace does not know, so the way to them is made beforehand. */
	const char *const *ways;
	bool ordinary_user; /* an unprivileged user namespace: one overlay a directory, no device nodes */
};

struct root_layer {
	int upper_fd; /* directory: what was written below `point` */
	char *point;  /* inside path of the mount; owned */
};

struct root {
	struct root_layer layers[ROOT_LAYERS_MAX];
	size_t n_layers;
	int proc_fd;                /* the sandbox's procfs */
	int directory_fd;           /* the new root */
	bool start_shows_source;    /* false: the start directory is an empty tmpfs */
	char notes[ROOT_NOTES_MAX]; /* what could not be had, one sentence a line */
};

/* Builds the root and moves into it. The descriptors in *ret_root are close-on-exec and the caller's; on failure the
 * process is good for nothing but exiting. */
int root_enter(const struct root_plan *plan, struct root *ret_root, struct error *error);

/* Adds a sentence to the notes. */
void root_note(struct root *root, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
