/* Reading the present environment of a process. */
#include "proc/environ.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/environ_find.h"
#include "proc/strings.h"

enum {
	AUXV_MAX = 4096,
	MAPS_MAX = 8 * 1024 * 1024,
	WINDOW = 4096,
};

/* The strings of an environment mostly lie side by side: a window of memory that moves along with them. */
struct window {
	struct proc_memory *memory;
	uint64_t base;
	size_t length;
	char bytes[WINDOW];
};

static bool window_move(struct window *window, uint64_t address)
{
	ssize_t got;

	if (address - window->base < window->length)
		return true;
	got = proc_memory_some(window->memory, address, window->bytes, sizeof(window->bytes));
	window->base = address;
	window->length = got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* Appends the string at ADDRESS with its NUL to the USED bytes in BLOCK. */
static int read_string(struct window *window, uint64_t address, char *block, size_t *used)
{
	for (;;) {
		const char *from, *nul;
		size_t there, taken;

		if (!window_move(window, address))
			return -EAGAIN;
		from = window->bytes + (address - window->base);
		there = window->length - (size_t)(address - window->base);
		nul = memchr(from, '\0', there);
		taken = nul ? (size_t)(nul - from) + 1 : there;
		if (taken > PROC_ENVIRON_BYTES_MAX - *used)
			return -E2BIG;
		memcpy(block + *used, from, taken);
		*used += taken;
		if (nul)
			return 0;
		address += taken;
	}
}

/* Reads the pointers up to the NULL. Returns their number or -errno. */
static ssize_t read_table(struct proc_memory *memory, uint64_t table, uint64_t *pointers)
{
	size_t count = 0;

	while (count < PROC_ENVIRON_STRINGS_MAX) {
		size_t room = PROC_ENVIRON_STRINGS_MAX - count;
		size_t got =
		    proc_memory_some_words(memory, table + count * proc_memory_word(memory), room, pointers + count);

		if (!got)
			return -EAGAIN;
		for (; got; got--, count++)
			if (!pointers[count])
				return (ssize_t)count;
	}
	return -E2BIG;
}

/* The same variable and the same pointers as before. */
static bool unchanged(struct proc_memory *memory, uint64_t address, uint64_t table, const uint64_t *pointers,
                      size_t count)
{
	CLEANUP_FREE uint64_t *again = NULL;
	uint64_t now;

	if (!proc_memory_words(memory, address, 1, &now) || now != table)
		return false;
	if (!table)
		return true;
	again = calloc(PROC_ENVIRON_STRINGS_MAX, sizeof(*again));
	return again && read_table(memory, table, again) == (ssize_t)count &&
	       memcmp(again, pointers, count * sizeof(*again)) == 0;
}

/* The strings that the COUNT pointers name, side by side in BLOCK. Returns their length together or -errno. */
static ssize_t read_strings(struct proc_memory *memory, const uint64_t *pointers, size_t count, char *block)
{
	struct window window = {.memory = memory};
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		int status = read_string(&window, pointers[i], block, &used);

		if (status < 0)
			return status;
	}
	return (ssize_t)used;
}

/* What is read is as large as the bounds allow at most. */
struct list {
	uint64_t pointers[PROC_ENVIRON_STRINGS_MAX];
	char block[PROC_ENVIRON_BYTES_MAX];
};

static int read_list(struct proc_memory *memory, uint64_t address, struct list *list, char ***ret_strings)
{
	ssize_t count, used;
	uint64_t table;

	if (!proc_memory_words(memory, address, 1, &table))
		return -EAGAIN;
	count = table ? read_table(memory, table, list->pointers) : 0;
	if (count < 0)
		return (int)count;
	used = read_strings(memory, list->pointers, (size_t)count, list->block);
	if (used < 0)
		return (int)used;
	if (!unchanged(memory, address, table, list->pointers, (size_t)count))
		return -EAGAIN;
	return proc_parse_strings(list->block, (size_t)used, PROC_ENVIRON_STRINGS_MAX, ret_strings, NULL);
}

int environ_read_list(struct proc_memory *memory, uint64_t address, char ***ret_strings)
{
	struct list *list = malloc(sizeof(*list));
	int status = list ? read_list(memory, address, list, ret_strings) : -ENOMEM;

	free(list);
	return status;
}

static bool find_in_maps(int proc_pid_fd, struct proc_memory *memory, uint64_t *ret_address)
{
	CLEANUP_FREE char *maps = NULL;
	ssize_t length = io_read_all_at(proc_pid_fd, "maps", MAPS_MAX, &maps);

	return length > 0 && environ_find_mapped(memory, maps, (size_t)length, ret_address);
}

static bool find_in_file(int proc_pid_fd, const struct elf_auxv *auxv, uint64_t *ret_address)
{
	CLEANUP_CLOSE int fd = openat(proc_pid_fd, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct proc_memory file = proc_memory_of_fd(&fd);
	struct stat status;

	return fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	       environ_find_static(&file, auxv, ret_address);
}

static ssize_t read_auxv(int proc_pid_fd, char *buffer)
{
	ssize_t length = io_read_at(proc_pid_fd, "auxv", buffer, AUXV_MAX, NULL);

	return length == 0 ? -ESRCH : length;
}

int proc_read_environment(int proc_pid_fd, char ***ret_strings)
{
	CLEANUP_CLOSE int fd = openat(proc_pid_fd, "mem", O_RDONLY | O_CLOEXEC);
	struct proc_memory memory = proc_memory_of_fd(&fd);
	char raw[AUXV_MAX], again[AUXV_MAX];
	struct elf_auxv auxv;
	char **strings;
	uint64_t address;
	ssize_t length;
	int status;

	if (fd < 0)
		return -errno;
	length = read_auxv(proc_pid_fd, raw);
	if (length < 0)
		return (int)length;
	if (!elf_parse_auxv(raw, (size_t)length, &auxv))
		return -ENOTSUP;
	memory.narrow = auxv.narrow;
	if (!environ_find_linked(&memory, &auxv, &address) && !find_in_maps(proc_pid_fd, &memory, &address) &&
	    !find_in_file(proc_pid_fd, &auxv, &address))
		return -ENOTSUP;
	status = environ_read_list(&memory, address, &strings);
	if (status < 0)
		return status;
	/* Another program by now? Then the addresses that the kernel chose for it differ. */
	if (read_auxv(proc_pid_fd, again) != length || memcmp(raw, again, (size_t)length) != 0) {
		proc_strings_free(strings);
		return -EAGAIN;
	}
	*ret_strings = strings;
	return 0;
}
