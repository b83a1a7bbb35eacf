/* "Did you mean": the nearest of the known names. */
#ifndef ENGINE_SUGGEST_H
#define ENGINE_SUGGEST_H

#include <stddef.h>

enum { SUGGEST_TEXT_MAX = 128 };

/* The name nearest to WORD: one with few letters different, else one that WORD is a part of; NULL where none is near.
 */
const char *suggest_nearest(const char *word, const char *const *names, size_t count);

/* Writes "; did you mean 'X'?" into BUFFER, or the empty string where no name is near. Returns BUFFER. */
const char *suggest_phrase(char buffer[SUGGEST_TEXT_MAX], const char *word, const char *const *names, size_t count);

#endif
