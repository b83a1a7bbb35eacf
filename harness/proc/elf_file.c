/* ELF in a file: the full symbol table of a static program. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "proc/elf.h"
#include "proc/elf_private.h"

enum {
	STRINGS_MAX = 32 * 1024 * 1024,
	SYMBOLS_MAX = 1024 * 1024,
	SYMBOLS_AT_ONCE = 256,
};

struct section {
	uint32_t type, link;
	uint64_t offset, size;
};

static bool read_section(struct proc_memory *file, const struct elf_header *header, uint64_t index,
                         struct section *ret_section)
{
	union {
		Elf64_Shdr wide;
		Elf32_Shdr narrow;
	} raw;
	size_t size = file->narrow ? sizeof(raw.narrow) : sizeof(raw.wide);

	if (header->shentsize != size || index >= header->shnum ||
	    !proc_memory_read(file, header->shoff + index * size, &raw, size))
		return false;
	if (file->narrow)
		*ret_section =
		    (struct section){raw.narrow.sh_type, raw.narrow.sh_link, raw.narrow.sh_offset, raw.narrow.sh_size};
	else
		*ret_section =
		    (struct section){raw.wide.sh_type, raw.wide.sh_link, raw.wide.sh_offset, raw.wide.sh_size};
	return true;
}

static bool find_symtab(struct proc_memory *file, const struct elf_header *header, struct section *ret_symbols,
                        struct section *ret_strings)
{
	for (unsigned int i = 0; i < header->shnum; i++) {
		if (!read_section(file, header, i, ret_symbols))
			return false;
		if (ret_symbols->type == SHT_SYMTAB)
			return read_section(file, header, ret_symbols->link, ret_strings) &&
			       ret_strings->type == SHT_STRTAB;
	}
	return false;
}

/* All strings with a NUL after the last one, or NULL. */
static char *read_strings(struct proc_memory *file, const struct section *section)
{
	CLEANUP_FREE char *strings = NULL;

	if (section->size == 0 || section->size > STRINGS_MAX)
		return NULL;
	strings = malloc(section->size + 1);
	if (!strings || !proc_memory_read(file, section->offset, strings, section->size))
		return NULL;
	strings[section->size] = '\0';
	return TAKE_PTR(strings);
}

static size_t rank_of(const char *name, const char *const *names, size_t n_names)
{
	size_t rank = 0;

	while (rank < n_names && strcmp(name, names[rank]) != 0)
		rank++;
	return rank;
}

bool elf_file_lookup(struct proc_memory *file, uint64_t entry, const char *const *names, size_t n_names,
                     uint64_t *ret_address)
{
	CLEANUP_FREE char *strings = NULL;
	struct elf_header header;
	struct section symbols, string_section;
	size_t best = n_names, size;
	uint64_t count;

	if (!elf_read_header(file, 0, true, &header) || !find_symtab(file, &header, &symbols, &string_section))
		return false;
	strings = read_strings(file, &string_section);
	if (!strings)
		return false;
	size = elf_symbol_size(file);
	count = symbols.size / size < SYMBOLS_MAX ? symbols.size / size : SYMBOLS_MAX;
	for (uint64_t done = 0; done < count && best; done += SYMBOLS_AT_ONCE) {
		char raw[SYMBOLS_AT_ONCE * sizeof(union elf_raw_symbol)];
		size_t some = count - done < SYMBOLS_AT_ONCE ? (size_t)(count - done) : SYMBOLS_AT_ONCE;

		if (!proc_memory_read(file, symbols.offset + done * size, raw, some * size))
			return false;
		for (size_t i = 0; i < some; i++) {
			struct elf_symbol symbol;
			size_t rank;

			elf_widen_symbol(file, raw + i * size, &symbol);
			if (!elf_symbol_is_object(&symbol) || symbol.name >= string_section.size)
				continue;
			rank = rank_of(strings + symbol.name, names, n_names);
			if (rank >= best)
				continue;
			best = rank;
			*ret_address = symbol.value - header.entry + entry;
		}
	}
	return best < n_names;
}
