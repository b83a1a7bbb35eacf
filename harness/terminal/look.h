/* Looks at files that a candidate may have made. */
#ifndef TERMINAL_LOOK_H
#define TERMINAL_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/evidence.h"

enum { LOOK_CONTENT_MAX = 4096 };

struct look {
	enum ev_look_state state;
	int error; /* EV_LOOK_FAILED: errno */
	struct ev_file file;
	uint32_t size;
	char content[LOOK_CONTENT_MAX];
};

/* statx of the descriptor (NAME "") or of NAME below it; FOLLOW tells whether a final link is followed. 0 or -errno;
 * *ret_file is not known then. */
int look_stat(int directory_fd, const char *name, bool follow, struct ev_file *ret_file);

/* Opens PATH as if DIRECTORY_FD were the root of all paths and links: from outside, a link that the candidate made must
 * not lead to the host's files. A descriptor or -errno. */
int look_open(int directory_fd, const char *path, int flags);

/* Reads the file; the record is of the name itself, so that a link shows as one. Never blocks on a fifo or a device.
 * IN_ROOT: as look_open; else PATH is an ordinary one, relative to DIRECTORY_FD. */
void look_at(int directory_fd, const char *path, bool in_root, struct look *ret_look);

#endif
