/* Where `environ` lies, by the rules of the dynamic linker. */
#include "proc/environ_find.h"

#include "proc/scan.h"

enum { IMAGES_MAX = 1024 };

/* By falling preference. The first is the name that glibc, musl and uClibc use themselves: a program that defines an
 * `environ` of its own does not change what getenv(3) sees. Bionic has the second alone. */
static const char *const names[] = {"__environ", "environ", "_environ"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

struct search {
	struct proc_memory *memory;
	size_t rank; /* of the name found so far; NAMES: none */
	uint64_t address;
};

/* The first image that defines a name wins, and a better name wins over it. */
static void search_image(struct search *search, const struct elf_image *image)
{
	for (size_t rank = 0; rank < search->rank && rank < NAMES; rank++) {
		if (elf_image_lookup(search->memory, image, names[rank], &search->address)) {
			search->rank = rank;
			return;
		}
	}
}

/* Goes through the dynamic linker's list, which is in the order of its own search. DEBUG is the address of its
 * struct r_debug { int r_version; struct link_map *r_map; … } of link.h. */
static bool search_linked(struct proc_memory *memory, uint64_t debug, uint64_t *ret_address)
{
	struct search search = {memory, NAMES, 0};
	uint64_t map = 0;

	if (!debug || !proc_memory_words(memory, debug + proc_memory_word(memory), 1, &map))
		return false;
	for (unsigned int i = 0; i < IMAGES_MAX && map && search.rank; i++) {
		/* struct link_map { l_addr; l_name; l_ld; l_next; l_prev } */
		uint64_t link[4] = {0};
		struct elf_image image;

		if (!proc_memory_words(memory, map, 4, link))
			break;
		if (elf_image_by_dynamic(memory, link[0], link[2], &image))
			search_image(&search, &image);
		map = link[3];
	}
	if (search.rank == NAMES)
		return false;
	*ret_address = search.address;
	return true;
}

bool environ_find_linked(struct proc_memory *memory, const struct elf_auxv *auxv, uint64_t *ret_address)
{
	struct elf_image image;

	return elf_image_by_phdrs(memory, auxv->phdr, auxv->phnum, &image) &&
	       search_linked(memory, image.debug, ret_address);
}

/* "START-END PERMS OFFSET DEVICE INODE PATH" */
bool environ_scan_mapping(struct scan *maps, uint64_t *ret_start, bool *ret_file_start)
{
	uint64_t end, offset, major, minor, inode;
	struct scan line;

	if (!scan_line(maps, &line) || !scan_hex(&line, ret_start) || !scan_char(&line, '-') ||
	    !scan_hex(&line, &end) || !scan_char(&line, ' ') || scan_left(&line) < 4)
		return false;
	line.at += 4;
	if (!scan_char(&line, ' ') || !scan_hex(&line, &offset) || !scan_char(&line, ' ') || !scan_hex(&line, &major) ||
	    !scan_char(&line, ':') || !scan_hex(&line, &minor) || !scan_char(&line, ' ') || !scan_u64(&line, &inode))
		return false;
	*ret_file_start = inode && offset == 0;
	return true;
}

bool environ_find_mapped(struct proc_memory *memory, const char *maps, size_t length, uint64_t *ret_address)
{
	struct scan scan = scan_over(maps, length);
	unsigned int images = 0;
	bool file_start;
	uint64_t start;

	while (images < IMAGES_MAX && environ_scan_mapping(&scan, &start, &file_start)) {
		struct elf_image image;

		if (!file_start)
			continue;
		images++;
		if (elf_image_by_header(memory, start, &image) && search_linked(memory, image.debug, ret_address))
			return true;
	}
	return false;
}

bool environ_find_static(struct proc_memory *file, const struct elf_auxv *auxv, uint64_t *ret_address)
{
	return elf_file_lookup(file, auxv->entry, names, NAMES, ret_address);
}
