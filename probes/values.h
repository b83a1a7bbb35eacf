/* Values as text, the way ps, ls and kill show them. Each function writes into the buffer that it is given and returns
 * it, so that it can stand among the arguments of a format. */
#ifndef PROBES_VALUES_H
#define PROBES_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/evidence.h"

enum { END_TEXT_MAX = 64, OUTCOME_TEXT_MAX = 160, SIGNALS_TEXT_MAX = 96, NUMBERS_TEXT_MAX = 96, TTY_TEXT_MAX = 32 };
enum { TIME_TEXT_MAX = 32, NUMBERS_KEPT = 6 };

/* Different values, the first few of them. */
struct numbers {
	uint64_t items[NUMBERS_KEPT];
	size_t count;
	bool more;
};

void numbers_add(struct numbers *numbers, uint64_t value);
/* "7, 9 and 12"; octal as umasks are written: "0022 and 0077". */
const char *numbers_text(const struct numbers *numbers, bool octal, char buffer[NUMBERS_TEXT_MAX]);

/* "TERM", "RTMIN+1"; the names of a set: "TERM USR2". */
const char *probe_signal_text(int signal, char buffer[SIGNALS_TEXT_MAX]);
const char *probe_signals_text(uint64_t set, char buffer[SIGNALS_TEXT_MAX]);

/* "ended with exit status 1", "was killed by signal SEGV", for a status of wait(2). */
const char *probe_end_text(int status, char buffer[END_TEXT_MAX]);
/* What went wrong with a launch that left nothing to judge. */
const char *probe_outcome_text(const struct evidence *evidence, char buffer[OUTCOME_TEXT_MAX]);
/* "pts/3", as ps has it, for a tty_nr. */
const char *probe_tty_text(int terminal, char buffer[TTY_TEXT_MAX]);
/* "12.3 ms", "4.00 s". */
const char *probe_time_text(int64_t us, char buffer[TIME_TEXT_MAX]);
/* "No such file or directory" */
const char *probe_errno_text(int error_number);

/* Texts that may be missing in a record. */
const char *probe_or_unknown(const char *text);

/* Whether both are known and the same file. */
bool probe_same_file(const struct ev_file *a, const struct ev_file *b);
/* Whether PATH is DIRECTORY or lies below it, by the names alone. */
bool probe_path_within(const char *path, const char *directory);
/* Whether the descriptor is there and open for use: one opened with O_PATH is neither to be read nor written. */
bool probe_fd_usable(const struct ev_fd *fd);

/* What every thread of the process blocks. */
uint64_t probe_blocked_by_all(const struct ev_process *process);
/* Whether it waits for signals by sigwait or has a signalfd: what it waits for must be blocked. */
bool probe_awaits_signals(const struct ev_process *process);
/* Why the signal does nothing to the process: ", which it ignores"; "" where it would. */
const char *probe_deaf_text(const struct ev_process *process, int signal);

/* Whether the notice has that very line: "READY=1". */
bool probe_notice_has(const struct ev_notice *notice, const char *line);
/* Whether it has the line NAME=number; NAME with the equals sign: "MAINPID=". */
bool probe_notice_number(const struct ev_notice *notice, const char *name, uint64_t *ret_value);

#endif
