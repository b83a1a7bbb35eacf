/* One process's record, read through one held descriptor of its /proc directory: what is read after the process has
 * gone, and perhaps its number been given to another, fails rather than mixes. */
#ifndef OBSERVE_PROCESS_H
#define OBSERVE_PROCESS_H

#include "evidence/evidence.h"

/* Reads all that there is of the process. 0; -ESRCH where it has gone; -ENOMEM. On failure *ret_process is empty. */
int process_read(int proc_fd, int pid, struct ev_process *ret_process);

/* Only what tells how it takes signals: state, dispositions, and each thread's masks. As process_read. */
int process_read_signals(int proc_fd, int pid, struct ev_process *ret_process);

/* What a child inherits of the process's own standing: nice value, limits, oom_score_adj, loginuid. */
void process_read_standing(int proc_fd, int pid, struct ev_start *start);

/* The link's text, from malloc; NULL where it cannot be read. */
char *process_read_link(int directory_fd, const char *name);

/* The cgroup as proc/cgroup.h gives it, from malloc; NULL where it cannot be read. */
char *process_read_cgroup(int process_fd);

/* Fills in the descriptors: process->fds, n_fds, fds_known. 0 or -ENOMEM. */
int descriptors_read(int process_fd, struct ev_process *process);

#endif
