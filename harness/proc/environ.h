/* The environment of a process as it is NOW: what its variable `environ` points to. /proc/PID/environ shows the block
 * of the last execve(2) and nothing that clearenv(3), setenv(3), unsetenv(3) or an assignment to `environ` did since.
 */
#ifndef PROC_ENVIRON_H
#define PROC_ENVIRON_H

enum {
	PROC_ENVIRON_STRINGS_MAX = 4096,
	PROC_ENVIRON_BYTES_MAX = 1024 * 1024,
};

/* PROC_PID_FD is a descriptor of the directory /proc/PID. `environ` is found as the dynamic linker finds it, in the
 * memory of the process: through the dynamic linker's list of loaded images or, for a static program, in the symbol
 * table of its file.
 *
 * The list is NULL-ended; list and strings are freed one by one (proc_strings_free). Returns 0, or, with *ret_strings
 * untouched: -ENOTSUP where there is no way to know (a stripped static program, a run time without a C library);
 * -EACCES or -EPERM where ptrace(2) would not be allowed; -ESRCH where it has no memory (gone, a zombie, a kernel
 * thread); -EAGAIN where it changed while it was read, or points to what is not there: try again a few times, then it
 * cannot be known; -E2BIG above the bounds; -ENOMEM. */
int proc_read_environment(int proc_pid_fd, char ***ret_strings);

#endif
