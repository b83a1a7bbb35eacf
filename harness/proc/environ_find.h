/* The steps of reading an environment, each over hostile memory or text and nothing else. */
#ifndef PROC_ENVIRON_FIND_H
#define PROC_ENVIRON_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/elf.h"
#include "proc/memory.h"

/* The address of the variable `environ`: through the dynamic linker's list of images (r_debug, link_map), … */
bool environ_find_linked(struct proc_memory *memory, const struct elf_auxv *auxv, uint64_t *ret_address);

/* … which, in a program that was itself started by the dynamic linker as a command, is known to one of the images that
 * /proc/PID/maps shows, … */
bool environ_find_mapped(struct proc_memory *memory, const char *maps, size_t length, uint64_t *ret_address);

/* … or in the file of a static program. */
bool environ_find_static(struct proc_memory *file, const struct elf_auxv *auxv, uint64_t *ret_address);

/* Reads the list that the variable at ADDRESS points to. 0, -EAGAIN, -E2BIG or -ENOMEM as proc_read_environment. */
int environ_read_list(struct proc_memory *memory, uint64_t address, char ***ret_strings);

/* One line of /proc/PID/maps: the start of the mapping, and whether it shows the beginning of a file. */
struct scan;
bool environ_scan_mapping(struct scan *maps, uint64_t *ret_start, bool *ret_file_start);

#endif
