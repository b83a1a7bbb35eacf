/* What the two readers of ELF share: records of both widths as one. */
#ifndef PROC_ELF_PRIVATE_H
#define PROC_ELF_PRIVATE_H

#include <elf.h>

#include "proc/memory.h"

struct elf_symbol {
	uint32_t name;
	unsigned int type, section;
	uint64_t value;
};

union elf_raw_symbol {
	Elf64_Sym wide;
	Elf32_Sym narrow;
};

struct elf_header {
	uint64_t entry, phoff, shoff;
	unsigned int phnum, shentsize, shnum;
};

/* Reads the ELF header at ADDRESS; the width of MEMORY is set by it where SET_WIDTH, and must agree otherwise. */
bool elf_read_header(struct proc_memory *memory, uint64_t address, bool set_width, struct elf_header *ret_header);

static inline size_t elf_symbol_size(const struct proc_memory *memory)
{
	return memory->narrow ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
}

/* RAW need not be aligned. */
void elf_widen_symbol(const struct proc_memory *memory, const char *raw, struct elf_symbol *ret_symbol);

/* Whether it is a variable that is defined here: not a function, not thread-local, not elsewhere. */
bool elf_symbol_is_object(const struct elf_symbol *symbol);

#endif
