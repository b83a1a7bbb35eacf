/* Time: CLOCK_MONOTONIC as microseconds in an int64_t, everywhere. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum { CLOCK_US_PER_MS = 1000, CLOCK_US_PER_S = 1000000 };

static inline int64_t clock_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CLOCK_US_PER_S + now.tv_nsec / 1000;
}

#endif
