/* Values as text, and small questions about files and paths. */
#include "probes/values.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/text.h"
#include "probes/probe.h"

void numbers_add(struct numbers *numbers, uint64_t value)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (numbers->items[i] == value)
			return;
	if (numbers->count == NUMBERS_KEPT)
		numbers->more = true;
	else
		numbers->items[numbers->count++] = value;
}

static const char *separator(const struct numbers *numbers, size_t index)
{
	if (index == 0)
		return "";
	return index + 1 == numbers->count && !numbers->more ? " and " : ", ";
}

const char *numbers_text(const struct numbers *numbers, bool octal, char buffer[NUMBERS_TEXT_MAX])
{
	buffer[0] = '\0';
	for (size_t i = 0; i < numbers->count; i++) {
		unsigned long long value = numbers->items[i];

		text_append(buffer, NUMBERS_TEXT_MAX, "%s", separator(numbers, i));
		if (octal)
			text_append(buffer, NUMBERS_TEXT_MAX, "%04llo", value);
		else
			text_append(buffer, NUMBERS_TEXT_MAX, "%llu", value);
	}
	if (numbers->more)
		text_append(buffer, NUMBERS_TEXT_MAX, " and more");
	return buffer;
}

enum { FIRST_REALTIME = 34, LAST_SIGNAL = 64 }; /* the C library keeps 32 and 33 for itself */

static void append_signal(char *buffer, int signal)
{
	const char *name = signal > 0 && signal < FIRST_REALTIME ? sigabbrev_np(signal) : NULL;

	if (name)
		text_append(buffer, SIGNALS_TEXT_MAX, "%s", name);
	else if (signal == FIRST_REALTIME)
		text_append(buffer, SIGNALS_TEXT_MAX, "RTMIN");
	else if (signal > FIRST_REALTIME && signal <= LAST_SIGNAL)
		text_append(buffer, SIGNALS_TEXT_MAX, "RTMIN+%d", signal - FIRST_REALTIME);
	else
		text_append(buffer, SIGNALS_TEXT_MAX, "%d", signal);
}

const char *probe_signal_text(int signal, char buffer[SIGNALS_TEXT_MAX])
{
	buffer[0] = '\0';
	append_signal(buffer, signal);
	return buffer;
}

const char *probe_signals_text(uint64_t set, char buffer[SIGNALS_TEXT_MAX])
{
	buffer[0] = '\0';
	for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
		if (!(set >> (signal - 1) & 1))
			continue;
		if (buffer[0])
			text_append(buffer, SIGNALS_TEXT_MAX, " ");
		append_signal(buffer, signal);
	}
	return buffer;
}

const char *probe_end_text(int status, char buffer[END_TEXT_MAX])
{
	char name[SIGNALS_TEXT_MAX];

	if (WIFEXITED(status))
		(void)snprintf(buffer, END_TEXT_MAX, "ended with exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		(void)snprintf(buffer, END_TEXT_MAX, "was killed by signal %.16s",
		               probe_signal_text(WTERMSIG(status), name));
	else
		(void)snprintf(buffer, END_TEXT_MAX, "ended with wait status %#x", (unsigned int)status);
	return buffer;
}

const char *probe_errno_text(int error_number)
{
	const char *text = strerrordesc_np(error_number);

	return text ? text : "unknown error";
}

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return "pass";
	case VERDICT_FAIL:
		return "fail";
	case VERDICT_NOTE:
		return "note";
	case VERDICT_SKIP:
		return "skip";
	case VERDICT_BROKEN:
		return "broken";
	}
	return "broken";
}

const char *probe_outcome_text(const struct evidence *evidence, char buffer[OUTCOME_TEXT_MAX])
{
	const char *text = "";

	switch (evidence->launch.outcome) {
	case EV_RETURNED:
		text = "it returned";
		break;
	case EV_STAYED:
		text = "it stayed in the foreground";
		break;
	case EV_NO_COMMAND:
		(void)snprintf(buffer, OUTCOME_TEXT_MAX, "the command could not be executed: %s",
		               probe_errno_text(evidence->launch.exec_errno));
		return buffer;
	case EV_RESTLESS:
		text = "it returned, but its processes came and went until the deadline: there is no state to judge";
		break;
	case EV_NEVER:
		text = "it never settled: it neither returned nor came to rest before the deadline";
		break;
	case EV_TOO_MANY:
		text = "it was ended because it made too many processes";
		break;
	case EV_TOO_MUCH:
		text = "it was ended because it took too much memory";
		break;
	}
	(void)snprintf(buffer, OUTCOME_TEXT_MAX, "%s", text);
	return buffer;
}

/* tty_nr is the kernel's 32-bit coding of a device number: 12 bits of major between two parts of the minor. */
const char *probe_tty_text(int terminal, char buffer[TTY_TEXT_MAX])
{
	enum { TTY = 4, FIRST_SERIAL = 64, PTS_FIRST = 136, PTS_LAST = 143, PTS_EACH = 256 };
	unsigned int coded = (unsigned int)terminal;
	unsigned int type = coded >> 8 & 0xfff, unit = (coded & 0xff) | (coded >> 12 & 0xfff00);

	if (terminal == 0)
		(void)snprintf(buffer, TTY_TEXT_MAX, "?");
	else if (type >= PTS_FIRST && type <= PTS_LAST)
		(void)snprintf(buffer, TTY_TEXT_MAX, "pts/%u", unit + (type - PTS_FIRST) * PTS_EACH);
	else if (type == TTY && unit < FIRST_SERIAL)
		(void)snprintf(buffer, TTY_TEXT_MAX, "tty%u", unit);
	else if (type == TTY)
		(void)snprintf(buffer, TTY_TEXT_MAX, "ttyS%u", unit - FIRST_SERIAL);
	else
		(void)snprintf(buffer, TTY_TEXT_MAX, "%u:%u", type, unit);
	return buffer;
}

const char *probe_time_text(int64_t us, char buffer[TIME_TEXT_MAX])
{
	if (us < CLOCK_US_PER_S)
		(void)snprintf(buffer, TIME_TEXT_MAX, "%.1f ms", (double)us / CLOCK_US_PER_MS);
	else
		(void)snprintf(buffer, TIME_TEXT_MAX, "%.2f s", (double)us / CLOCK_US_PER_S);
	return buffer;
}

const char *probe_or_unknown(const char *text)
{
	return text ? text : "?";
}

bool probe_same_file(const struct ev_file *a, const struct ev_file *b)
{
	return a->known && b->known && a->device == b->device && a->inode == b->inode;
}

bool probe_path_within(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	while (length > 0 && directory[length - 1] == '/')
		length--;
	return strncmp(path, directory, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

bool probe_fd_usable(const struct ev_fd *fd)
{
	return fd && !(fd->flags & O_PATH);
}

uint64_t probe_blocked_by_all(const struct ev_process *process)
{
	uint64_t all = process->n_threads ? UINT64_MAX : 0;

	for (size_t i = 0; i < process->n_threads; i++)
		all &= process->threads[i].blocked;
	return all;
}

bool probe_awaits_signals(const struct ev_process *process)
{
	for (size_t i = 0; i < process->n_threads; i++)
		if (process->threads[i].sigwait)
			return true;
	for (size_t i = 0; i < process->n_fds; i++)
		if (process->fds[i].target && strcmp(process->fds[i].target, "anon_inode:[signalfd]") == 0)
			return true;
	return false;
}

const char *probe_deaf_text(const struct ev_process *process, int signal)
{
	uint64_t bit = signal > 0 && signal <= LAST_SIGNAL ? UINT64_C(1) << (signal - 1) : 0;

	if (process->ignored & bit)
		return ", which it ignores";
	if ((probe_blocked_by_all(process) & bit) && !probe_awaits_signals(process))
		return ", which it blocks";
	return process->state == 'T' ? ", stopped" : "";
}

/* The line of the notice that begins at or after *AT, without its end, which is skipped; NULL: there is none. Both
 * newline and carriage return end one, and NULs at the end of the datagram are of no account. */
static const char *notice_line(const struct ev_notice *notice, size_t *at, size_t *ret_length)
{
	size_t size = notice->text ? (size_t)notice->size : 0, begin = *at, end;

	while (size > 0 && notice->text[size - 1] == '\0')
		size--;
	if (begin >= size)
		return NULL;
	for (end = begin; end < size && notice->text[end] != '\n' && notice->text[end] != '\r';)
		end++;
	*at = end + 1;
	*ret_length = end - begin;
	return notice->text + begin;
}

bool probe_notice_has(const struct ev_notice *notice, const char *line)
{
	size_t at = 0, length;
	const char *found;

	while ((found = notice_line(notice, &at, &length)))
		if (length == strlen(line) && memcmp(found, line, length) == 0)
			return true;
	return false;
}

bool probe_notice_number(const struct ev_notice *notice, const char *name, uint64_t *ret_value)
{
	enum { DIGITS_MAX = 20 };
	size_t at = 0, length, skip = strlen(name);
	char digits[DIGITS_MAX + 1] = "";
	const char *found;

	while ((found = notice_line(notice, &at, &length))) {
		if (length <= skip || length - skip > DIGITS_MAX || memcmp(found, name, skip) != 0)
			continue;
		memcpy(digits, found + skip, length - skip);
		digits[length - skip] = '\0';
		if (text_parse_number(digits, 10, UINT64_MAX, ret_value))
			return true;
	}
	return false;
}
