#include "engine/suggest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { PART_MIN = 3 }; /* a shorter word is a part of nearly anything */

const char *suggest_nearest(const char *word, const char *const *names, size_t count)
{
	size_t length = strlen(word), best = SIZE_MAX;
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t distance = text_distance(word, names[i]);

		if (distance < best) {
			best = distance;
			nearest = names[i];
		}
	}
	if (best <= 1 + length / 4 && best < length)
		return nearest;
	if (length < PART_MIN)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (strstr(names[i], word))
			return names[i];
	}
	return NULL;
}

const char *suggest_phrase(char buffer[SUGGEST_TEXT_MAX], const char *word, const char *const *names, size_t count)
{
	const char *nearest = suggest_nearest(word, names, count);

	buffer[0] = '\0';
	if (nearest)
		(void)snprintf(buffer, SUGGEST_TEXT_MAX, "; did you mean '%s'?", nearest);
	return buffer;
}
