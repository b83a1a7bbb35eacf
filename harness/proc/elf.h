/* Symbols of ELF programs and libraries, as they lie in the memory of a process or in a file. Only of this machine's
 * byte order, with 64 or 32 bits. Nothing here is trusted: every size and address comes from the program. elf(5). */
#ifndef PROC_ELF_H
#define PROC_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/memory.h"

/* What the kernel told the program when it was executed: /proc/PID/auxv, getauxval(3). */
struct elf_auxv {
	bool narrow;          /* a program with 32 bits */
	uint64_t phdr, phnum; /* AT_PHDR, AT_PHNUM: its program headers in memory */
	uint64_t entry;       /* AT_ENTRY */
};

bool elf_parse_auxv(const char *auxv, size_t length, struct elf_auxv *ret_auxv);

/* A program or library in memory that has a dynamic section. Addresses are 0 where it has no such thing. */
struct elf_image {
	uint64_t bias;  /* what is added to the addresses in its file */
	uint64_t debug; /* DT_DEBUG: the dynamic linker's struct r_debug */
	uint64_t symtab, strtab, gnu_hash, hash;
};

/* By its dynamic section; by its program headers (which must hold PT_PHDR); by its ELF header at START. */
bool elf_image_by_dynamic(struct proc_memory *memory, uint64_t bias, uint64_t dynamic, struct elf_image *ret_image);
bool elf_image_by_phdrs(struct proc_memory *memory, uint64_t phdrs, uint64_t count, struct elf_image *ret_image);
bool elf_image_by_header(struct proc_memory *memory, uint64_t start, struct elf_image *ret_image);

/* The address of the object that the image defines under NAME for others to use. */
bool elf_image_lookup(struct proc_memory *memory, const struct elf_image *image, const char *name,
                      uint64_t *ret_address);

/* The same in the full symbol table of a file that was not stripped, for N_NAMES names by falling preference; the
 * address is relative to the entry point (ENTRY is that of the running program, AT_ENTRY). Sets FILE's width. */
bool elf_file_lookup(struct proc_memory *file, uint64_t entry, const char *const *names, size_t n_names,
                     uint64_t *ret_address);

#endif
