/* Words that people write: times and signals. */
#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define WORDS_DAY_US INT64_C(86400000000)

/* "0.5", "500ms", "3s", "1min" → microseconds. */
bool words_parse_time(const char *string, int64_t *ret_us);

/* "TERM", "SIGTERM", "RTMIN+3" → the number; -1 for what is none, and for KILL and STOP, which nobody can handle. */
int words_parse_signal(const char *string);

#endif
