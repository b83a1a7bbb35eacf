/* The search for the environment: auxv, maps, and memory that lies from BASE on and is the program's file as well. The
 * input is two lengths of 16 bits, then the three. */
#include "fuzz.h"

#include <errno.h>
#include <stdbool.h>

#include "proc/environ.h"
#include "proc/environ_find.h"
#include "proc/strings.h"

enum { BASE = 0x400000 };

struct bytes {
	const uint8_t *start;
	size_t size;
	uint64_t base;
};

static ssize_t read_bytes(void *context, uint64_t address, void *buffer, size_t size)
{
	const struct bytes *bytes = context;

	if (address < bytes->base || address - bytes->base >= bytes->size)
		return -EIO;
	if (size > bytes->size - (address - bytes->base))
		size = bytes->size - (address - bytes->base);
	memcpy(buffer, bytes->start + (address - bytes->base), size);
	return (ssize_t)size;
}

static void read_list(struct proc_memory *memory, uint64_t address)
{
	size_t count = 0, total = 0;
	char **strings;

	PREPARE(strings);
	if (environ_read_list(memory, address, &strings) < 0) {
		MUST_BE_UNTOUCHED(strings);
		return;
	}
	for (; strings[count]; count++)
		total += strlen(strings[count]) + 1;
	MUST(count <= PROC_ENVIRON_STRINGS_MAX && total <= PROC_ENVIRON_BYTES_MAX);
	proc_strings_free(strings);
}

/* As many bytes as the length at the start of the input says, or as there are. */
static struct bytes take(const uint8_t **data, size_t *size, size_t wanted)
{
	size_t length = wanted < *size ? wanted : *size;
	struct bytes bytes = {*data, length, BASE};

	*data += length;
	*size -= length;
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes head = take(&data, &size, 4), auxv_bytes, maps, image, file_bytes;
	struct proc_memory memory = {read_bytes, &image, false, 2000}, file = {read_bytes, &file_bytes, false, 2000};
	struct elf_auxv auxv;
	uint64_t address;

	if (head.size < 4)
		return 0;
	auxv_bytes = take(&data, &size, head.start[0] | (size_t)head.start[1] << 8);
	maps = take(&data, &size, head.start[2] | (size_t)head.start[3] << 8);
	image = take(&data, &size, size);
	file_bytes = (struct bytes){image.start, image.size, 0};
	PREPARE(auxv);
	if (!elf_parse_auxv((const char *)auxv_bytes.start, auxv_bytes.size, &auxv)) {
		MUST_BE_UNTOUCHED(auxv);
		auxv = (struct elf_auxv){.phdr = BASE, .phnum = 2, .entry = BASE};
	}
	memory.narrow = auxv.narrow;
	if (environ_find_linked(&memory, &auxv, &address))
		read_list(&memory, address);
	if (environ_find_mapped(&memory, (const char *)maps.start, maps.size, &address))
		read_list(&memory, address);
	if (environ_find_static(&file, &auxv, &address))
		read_list(&memory, address);
	read_list(&memory, BASE);
	return 0;
}
