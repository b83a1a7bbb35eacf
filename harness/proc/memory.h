/* The memory of another process, as something that can be read at an address. */
#ifndef PROC_MEMORY_H
#define PROC_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads at most SIZE bytes at ADDRESS through /proc/PID/mem, PROC_PID_FD being a descriptor of /proc/PID. Returns how
 * many it got, fewer where the mapping ends, 0 where the process has no memory any more, or -errno: -EIO where nothing
 * is mapped, -EACCES or -EPERM where ptrace(2) would not be allowed (PTRACE_MODE_ATTACH), -ESRCH. */
ssize_t proc_read_memory(int proc_pid_fd, uint64_t address, void *buffer, size_t size);

/* What the functions below the environment read from: a process, a file by offsets, or bytes of a test. READ returns as
 * proc_read_memory does. */
struct proc_memory {
	ssize_t (*read)(void *context, uint64_t address, void *buffer, size_t size);
	void *context;
	bool narrow; /* its pointers have 32 bits, not 64 */
	size_t
	    reads_left; /* what is read is hostile and may lead round in circles: nothing more is read after so many */
};

enum { PROC_MEMORY_READS = 20000 };

/* Over an open file: /proc/PID/mem by addresses, another by offsets. *FD must live as long as the result. */
struct proc_memory proc_memory_of_fd(int *fd);

/* At most SIZE bytes, as READ. */
ssize_t proc_memory_some(struct proc_memory *memory, uint64_t address, void *buffer, size_t size);

/* All of SIZE bytes or nothing. */
bool proc_memory_read(struct proc_memory *memory, uint64_t address, void *buffer, size_t size);

/* The size of a pointer there, and one or more of them, widened to 64 bits; at most PROC_WORDS_MAX at a time. */
enum { PROC_WORDS_MAX = 512 };
static inline size_t proc_memory_word(const struct proc_memory *memory)
{
	return memory->narrow ? sizeof(uint32_t) : sizeof(uint64_t);
}
bool proc_memory_words(struct proc_memory *memory, uint64_t address, size_t count, uint64_t *ret_words);

/* As many whole words as there are, up to COUNT; returns their number. */
size_t proc_memory_some_words(struct proc_memory *memory, uint64_t address, size_t count, uint64_t *ret_words);

#endif
