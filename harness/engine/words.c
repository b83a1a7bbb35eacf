#include "engine/words.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { WHOLE_DIGITS_MAX = 6, DECIMALS_MAX = 6, CLASSIC_MAX = 31 };

bool words_parse_time(const char *string, int64_t *ret_us)
{
	static const struct {
		const char *name;
		int64_t us;
	} UNITS[] = {{"", 1000000}, {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"min", 60000000}, {"h", 3600000000}};
	size_t whole = strspn(string, "0123456789"), decimals = 0, end = whole;
	int64_t value = 0, scale = 1;

	if (string[whole] == '.') {
		decimals = strspn(string + whole + 1, "0123456789");
		end += 1 + decimals;
		if (!decimals)
			return false;
	}
	if (!whole || whole > WHOLE_DIGITS_MAX || decimals > DECIMALS_MAX)
		return false;
	for (size_t i = 0; i < end; i++) {
		if (string[i] == '.')
			continue;
		value = value * 10 + (string[i] - '0');
		if (i > whole)
			scale *= 10;
	}
	for (size_t i = 0; i < COUNT(UNITS); i++) {
		if (strcmp(string + end, UNITS[i].name) == 0) {
			*ret_us = value * UNITS[i].us / scale;
			return true;
		}
	}
	return false;
}

static int realtime(const char *string)
{
	uint64_t offset = 0;

	if (*string && (*string != '+' || !text_parse_number(string + 1, 10, (uint64_t)(SIGRTMAX - SIGRTMIN), &offset)))
		return -1;
	return SIGRTMIN + (int)offset;
}

int words_parse_signal(const char *string)
{
	const char *name = strncmp(string, "SIG", 3) == 0 ? string + 3 : string;

	if (strncmp(name, "RTMIN", 5) == 0)
		return realtime(name + 5);
	for (int signal = 1; signal <= CLASSIC_MAX; signal++) {
		const char *known = sigabbrev_np(signal);

		if (known && strcmp(name, known) == 0)
			return signal == SIGKILL || signal == SIGSTOP ? -1 : signal;
	}
	return -1;
}
