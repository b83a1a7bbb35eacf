/* Reading the memory of a process that may do anything with it meanwhile. */
#include "proc/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

static ssize_t read_fd(void *context, uint64_t address, void *buffer, size_t size)
{
	ssize_t got;

	if (address > INT64_MAX || size > (uint64_t)INT64_MAX - address)
		return -EIO; /* the kernel's half: nothing of the process */
	do {
		got = pread(*(int *)context, buffer, size, (off_t)address);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

ssize_t proc_read_memory(int proc_pid_fd, uint64_t address, void *buffer, size_t size)
{
	CLEANUP_CLOSE int fd = openat(proc_pid_fd, "mem", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return read_fd(&fd, address, buffer, size);
}

struct proc_memory proc_memory_of_fd(int *fd)
{
	return (struct proc_memory){.read = read_fd, .context = fd, .reads_left = PROC_MEMORY_READS};
}

ssize_t proc_memory_some(struct proc_memory *memory, uint64_t address, void *buffer, size_t size)
{
	if (!memory->reads_left)
		return -EIO;
	memory->reads_left--;
	return memory->read(memory->context, address, buffer, size);
}

bool proc_memory_read(struct proc_memory *memory, uint64_t address, void *buffer, size_t size)
{
	return proc_memory_some(memory, address, buffer, size) == (ssize_t)size;
}

size_t proc_memory_some_words(struct proc_memory *memory, uint64_t address, size_t count, uint64_t *ret_words)
{
	size_t word = proc_memory_word(memory);
	ssize_t got;

	if (count > PROC_WORDS_MAX)
		count = PROC_WORDS_MAX;
	if (!memory->narrow) {
		got = proc_memory_some(memory, address, ret_words, count * word);
	} else {
		uint32_t narrow[PROC_WORDS_MAX];

		got = proc_memory_some(memory, address, narrow, count * word);
		for (size_t i = 0; got > 0 && i < (size_t)got / word; i++)
			ret_words[i] = narrow[i];
	}
	return got > 0 ? (size_t)got / word : 0;
}

bool proc_memory_words(struct proc_memory *memory, uint64_t address, size_t count, uint64_t *ret_words)
{
	return proc_memory_some_words(memory, address, count, ret_words) == count;
}
