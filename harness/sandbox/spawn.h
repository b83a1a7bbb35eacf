/* Every clone of the harness stands here. */
#ifndef SANDBOX_SPAWN_H
#define SANDBOX_SPAWN_H

#include <stdint.h>
#include <sys/types.h>

/* fork with the given CLONE_NEW… flags: the pid in the parent, 0 in the child, -errno. *ret_pidfd, where asked for, is
 * the child's pidfd (close-on-exec), in the parent only. */
pid_t spawn(uint64_t namespaces, int *ret_pidfd);

/* Ends a child of spawn without running the parent's exit handlers. */
void spawn_end(int status) __attribute__((noreturn));

#endif
