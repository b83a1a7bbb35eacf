/* Where something stands in a YAML text: libcyaml keeps no places of what it has loaded. For yaml_file.c. */
#ifndef ENGINE_YAML_PLACE_H
#define ENGINE_YAML_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* The line of the value at PATH, "files[1].mode", "" being the whole; 0 where there is none. */
unsigned long yaml_place_of(const char *text, size_t length, const char *path);

/* The line of the key KEY in the mapping at PATH, the OCCURRENCE-th of that name from 1; 0 where there is none. */
unsigned long yaml_place_of_key(const char *text, size_t length, const char *path, const char *key,
                                unsigned int occurrence);

/* The line of the first text that holds a NUL, which only an escape can write; 0 where there is none. */
unsigned long yaml_place_of_nul(const char *text, size_t length);

#endif
