/* ELF in the memory of a process: the dynamic section and its hash tables, as the dynamic linker uses them. */
#include <elf.h>
#include <string.h>

#include "proc/elf.h"
#include "proc/elf_private.h"

enum {
	PHDRS_MAX = 128,
	DYNAMIC_WORDS = 512,  /* 256 entries of a dynamic section; real ones have 30 */
	CHAIN_MAX = 1024,     /* symbols in one bucket; real ones have 3 */
	NAME_MAX_LENGTH = 32, /* of the symbols that are looked for */
};

/* The pairs of auxv, with words of the type TYPE. */
#define COLLECT_AUXV(type)                                                                                             \
	for (size_t i = 0; i + 2 * sizeof(type) <= length; i += 2 * sizeof(type)) {                                    \
		type pair[2];                                                                                          \
                                                                                                                       \
		memcpy(pair, auxv + i, sizeof(pair));                                                                  \
		if (pair[0] == AT_NULL)                                                                                \
			break;                                                                                         \
		if (pair[0] < AUXV_KINDS)                                                                              \
			values[pair[0]] = pair[1];                                                                     \
	}

bool elf_parse_auxv(const char *auxv, size_t length, struct elf_auxv *ret_auxv)
{
	enum { AUXV_KINDS = AT_ENTRY + 1 };
	uint64_t values[AUXV_KINDS] = {0};
	bool narrow = false;

	/* Nothing tells the width but the values themselves: the size of a program header is unmistakable. */
	COLLECT_AUXV(uint64_t)
	if (values[AT_PHENT] != sizeof(Elf64_Phdr)) {
		memset(values, 0, sizeof(values));
		narrow = true;
		COLLECT_AUXV(uint32_t)
		if (values[AT_PHENT] != sizeof(Elf32_Phdr))
			return false;
	}
	if (!values[AT_PHDR] || !values[AT_PHNUM])
		return false;
	*ret_auxv = (struct elf_auxv){
	    .narrow = narrow,
	    .phdr = values[AT_PHDR],
	    .phnum = values[AT_PHNUM],
	    .entry = values[AT_ENTRY],
	};
	return true;
}

bool elf_read_header(struct proc_memory *memory, uint64_t address, bool set_width, struct elf_header *ret_header)
{
	static const unsigned char own_data = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	union {
		unsigned char ident[EI_NIDENT];
		Elf64_Ehdr wide;
		Elf32_Ehdr narrow;
	} header;
	bool narrow;

	if (!proc_memory_read(memory, address, &header, sizeof(header)))
		return false;
	if (memcmp(header.ident, ELFMAG, SELFMAG) != 0 || header.ident[EI_DATA] != own_data ||
	    (header.ident[EI_CLASS] != ELFCLASS64 && header.ident[EI_CLASS] != ELFCLASS32))
		return false;
	narrow = header.ident[EI_CLASS] == ELFCLASS32;
	if (set_width)
		memory->narrow = narrow;
	else if (memory->narrow != narrow)
		return false;
	if (narrow)
		*ret_header =
		    (struct elf_header){header.narrow.e_entry, header.narrow.e_phoff,     header.narrow.e_shoff,
		                        header.narrow.e_phnum, header.narrow.e_shentsize, header.narrow.e_shnum};
	else
		*ret_header = (struct elf_header){header.wide.e_entry, header.wide.e_phoff,     header.wide.e_shoff,
		                                  header.wide.e_phnum, header.wide.e_shentsize, header.wide.e_shnum};
	return true;
}

void elf_widen_symbol(const struct proc_memory *memory, const char *raw, struct elf_symbol *ret_symbol)
{
	union elf_raw_symbol symbol;

	memcpy(&symbol, raw, elf_symbol_size(memory));
	if (memory->narrow)
		*ret_symbol = (struct elf_symbol){symbol.narrow.st_name, ELF32_ST_TYPE(symbol.narrow.st_info),
		                                  symbol.narrow.st_shndx, symbol.narrow.st_value};
	else
		*ret_symbol = (struct elf_symbol){symbol.wide.st_name, ELF64_ST_TYPE(symbol.wide.st_info),
		                                  symbol.wide.st_shndx, symbol.wide.st_value};
}

bool elf_symbol_is_object(const struct elf_symbol *symbol)
{
	return (symbol->type == STT_OBJECT || symbol->type == STT_NOTYPE || symbol->type == STT_COMMON) &&
	       symbol->section != SHN_UNDEF && symbol->value != 0;
}

struct segment {
	uint32_t type;
	uint64_t offset, address;
};

static bool read_segment(struct proc_memory *memory, uint64_t phdrs, uint64_t index, struct segment *ret_segment)
{
	union {
		Elf64_Phdr wide;
		Elf32_Phdr narrow;
	} phdr;
	size_t size = memory->narrow ? sizeof(phdr.narrow) : sizeof(phdr.wide);

	if (!proc_memory_read(memory, phdrs + index * size, &phdr, size))
		return false;
	if (memory->narrow)
		*ret_segment = (struct segment){phdr.narrow.p_type, phdr.narrow.p_offset, phdr.narrow.p_vaddr};
	else
		*ret_segment = (struct segment){phdr.wide.p_type, phdr.wide.p_offset, phdr.wide.p_vaddr};
	return true;
}

/* Finds the dynamic section among the program headers, and the bias: from where the header that ANCHOR names says that
 * it should lie, and where it does. */
static bool image_by_segments(struct proc_memory *memory, uint64_t phdrs, uint64_t count, uint32_t anchor,
                              uint64_t anchored_at, struct elf_image *ret_image)
{
	bool biased = false, dynamic_found = false;
	uint64_t bias = 0, dynamic = 0;

	if (count > PHDRS_MAX)
		return false;
	for (uint64_t i = 0; i < count; i++) {
		struct segment segment;

		if (!read_segment(memory, phdrs, i, &segment))
			return false;
		if (segment.type == PT_DYNAMIC) {
			dynamic = segment.address;
			dynamic_found = true;
		}
		/* Of the loaded segments it is the one with the ELF header that lies at the start. */
		if (segment.type == anchor && !biased && (anchor != PT_LOAD || segment.offset == 0)) {
			bias = anchored_at - segment.address;
			biased = true;
		}
	}
	return biased && dynamic_found && elf_image_by_dynamic(memory, bias, bias + dynamic, ret_image);
}

bool elf_image_by_phdrs(struct proc_memory *memory, uint64_t phdrs, uint64_t count, struct elf_image *ret_image)
{
	return image_by_segments(memory, phdrs, count, PT_PHDR, phdrs, ret_image);
}

bool elf_image_by_header(struct proc_memory *memory, uint64_t start, struct elf_image *ret_image)
{
	struct elf_header header;

	return elf_read_header(memory, start, false, &header) &&
	       image_by_segments(memory, start + header.phoff, header.phnum, PT_LOAD, start, ret_image);
}

/* glibc puts the bias into most of these addresses when it loads an image, musl never does. */
static uint64_t absolute(const struct elf_image *image, uint64_t address)
{
	return address < image->bias ? address + image->bias : address;
}

bool elf_image_by_dynamic(struct proc_memory *memory, uint64_t bias, uint64_t dynamic, struct elf_image *ret_image)
{
	uint64_t words[DYNAMIC_WORDS];
	size_t got = proc_memory_some_words(memory, dynamic, DYNAMIC_WORDS, words);
	struct elf_image image = {.bias = bias};

	for (size_t i = 0; i + 1 < got && words[i] != DT_NULL; i += 2) {
		uint64_t value = words[i + 1];

		if (words[i] == DT_DEBUG)
			image.debug = value;
		else if (words[i] == DT_SYMTAB)
			image.symtab = absolute(&image, value);
		else if (words[i] == DT_STRTAB)
			image.strtab = absolute(&image, value);
		else if (words[i] == DT_GNU_HASH)
			image.gnu_hash = absolute(&image, value);
		else if (words[i] == DT_HASH)
			image.hash = absolute(&image, value);
	}
	if (!image.symtab || !image.strtab)
		return false;
	*ret_image = image;
	return true;
}

/* What is looked for in an image, with its answer. */
struct lookup {
	struct proc_memory *memory;
	const struct elf_image *image;
	const char *name;
	uint64_t address;
};

static bool lookup_symbol(struct lookup *lookup, uint64_t index)
{
	char raw[sizeof(union elf_raw_symbol)], name[NAME_MAX_LENGTH];
	size_t size = elf_symbol_size(lookup->memory), length = strlen(lookup->name) + 1;
	struct elf_symbol symbol;

	if (!proc_memory_read(lookup->memory, lookup->image->symtab + index * size, raw, size))
		return false;
	elf_widen_symbol(lookup->memory, raw, &symbol);
	if (!elf_symbol_is_object(&symbol) || length > sizeof(name) ||
	    !proc_memory_read(lookup->memory, lookup->image->strtab + symbol.name, name, length) ||
	    memcmp(name, lookup->name, length) != 0)
		return false;
	lookup->address = symbol.section == SHN_ABS ? symbol.value : symbol.value + lookup->image->bias;
	return true;
}

static bool read_u32(struct proc_memory *memory, uint64_t address, uint32_t *ret_value)
{
	return proc_memory_read(memory, address, ret_value, sizeof(*ret_value));
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* The Bloom filter is passed over: it would save one read in the images that do not define the name. */
static bool lookup_gnu(struct lookup *lookup)
{
	struct {
		uint32_t n_buckets, first_symbol, n_blooms, bloom_shift;
	} head;
	uint64_t table = lookup->image->gnu_hash, buckets, chains;
	uint32_t hash = gnu_hash(lookup->name), index, link;

	if (!proc_memory_read(lookup->memory, table, &head, sizeof(head)) || !head.n_buckets)
		return false;
	buckets = table + sizeof(head) + head.n_blooms * (uint64_t)proc_memory_word(lookup->memory);
	chains = buckets + head.n_buckets * UINT64_C(4);
	if (!read_u32(lookup->memory, buckets + hash % head.n_buckets * UINT64_C(4), &index) ||
	    index < head.first_symbol)
		return false;
	for (unsigned int i = 0; i < CHAIN_MAX; i++) {
		uint64_t position = (uint64_t)index + i;

		if (!read_u32(lookup->memory, chains + (position - head.first_symbol) * 4, &link))
			return false;
		if ((link | 1) == (hash | 1) && lookup_symbol(lookup, position))
			return true;
		if (link & 1)
			return false;
	}
	return false;
}

static uint32_t sysv_hash(const char *name)
{
	uint32_t hash = 0;

	for (; *name; name++) {
		hash = (hash << 4) + (unsigned char)*name;
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	return hash;
}

static bool lookup_sysv(struct lookup *lookup)
{
	struct {
		uint32_t n_buckets, n_chains;
	} head;
	uint64_t table = lookup->image->hash, buckets, chains;
	uint32_t index;

	if (!proc_memory_read(lookup->memory, table, &head, sizeof(head)) || !head.n_buckets)
		return false;
	buckets = table + sizeof(head);
	chains = buckets + head.n_buckets * UINT64_C(4);
	if (!read_u32(lookup->memory, buckets + sysv_hash(lookup->name) % head.n_buckets * UINT64_C(4), &index))
		return false;
	for (unsigned int i = 0; i < CHAIN_MAX && index && index < head.n_chains; i++) {
		if (lookup_symbol(lookup, index))
			return true;
		if (!read_u32(lookup->memory, chains + index * UINT64_C(4), &index))
			return false;
	}
	return false;
}

bool elf_image_lookup(struct proc_memory *memory, const struct elf_image *image, const char *name,
                      uint64_t *ret_address)
{
	struct lookup lookup = {memory, image, name, 0};

	if (!(image->gnu_hash && lookup_gnu(&lookup)) && !(image->hash && lookup_sysv(&lookup)))
		return false;
	*ret_address = lookup.address;
	return true;
}
