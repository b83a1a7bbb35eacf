/* Parsers of stat, schedstat and syscall. They run for every task at every look of settling. */
#include "proc/stat.h"

#include <errno.h>

#include "proc/scan.h"

/* "PID (COMM) ": leaves SCAN at the state. */
static bool scan_name(struct scan *scan, struct proc_stat *stat)
{
	const char *last;
	size_t length;

	if (!scan_int(scan, &stat->pid) || !scan_literal(scan, " ("))
		return false;
	last = memrchr(scan->at, ')', scan_left(scan));
	if (!last)
		return false;
	length = (size_t)(last - scan->at);
	if (length >= sizeof(stat->comm) || memchr(scan->at, '\0', length))
		return false;
	memcpy(stat->comm, scan->at, length);
	scan->at = last + 1;
	return scan_char(scan, ' ');
}

static bool scan_next_int(struct scan *scan, int *ret_value)
{
	return scan_char(scan, ' ') && scan_int(scan, ret_value);
}

static bool scan_next_u64(struct scan *scan, uint64_t *ret_value)
{
	return scan_char(scan, ' ') && scan_u64(scan, ret_value);
}

/* Numbers that are of no interest, signed or not. */
static bool skip_fields(struct scan *scan, unsigned int count)
{
	const char *at = scan->at, *end = scan->end;

	while (count--) {
		const char *first;

		if (at == end || *at++ != ' ')
			return false;
		if (at != end && *at == '-')
			at++;
		for (first = at; at != end && *at >= '0' && *at <= '9'; at++)
			;
		if (at == first)
			return false;
	}
	scan->at = at;
	return true;
}

static bool is_letter(char character)
{
	return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

static bool scan_fields(struct scan *scan, struct proc_stat *stat)
{
	uint64_t flags;

	if (scan_done(scan) || !is_letter(*scan->at))
		return false;
	stat->state = *scan->at++;
	if (!scan_next_int(scan, &stat->ppid) || !scan_next_int(scan, &stat->pgrp) ||
	    !scan_next_int(scan, &stat->session) || !scan_next_int(scan, &stat->tty_nr) ||
	    !scan_next_int(scan, &stat->tpgid) || !scan_next_u64(scan, &flags) || flags > UINT32_MAX)
		return false;
	stat->flags = (uint32_t)flags;
	return skip_fields(scan, 9) &&                    /* minflt … cstime, priority */
	       scan_next_int(scan, &stat->nice) &&        /* 19 */
	       scan_next_int(scan, &stat->num_threads) && /* 20 */
	       skip_fields(scan, 1) &&                    /* itrealvalue */
	       scan_next_u64(scan, &stat->starttime) &&   /* 22 */
	       skip_fields(scan, 1) &&                    /* vsize */
	       scan_next_u64(scan, &stat->rss_pages) &&   /* 24 */
	       skip_fields(scan, 14) &&                   /* rsslim … exit_signal */
	       scan_next_int(scan, &stat->processor);     /* 39 */
}

int proc_parse_stat(const char *text, size_t length, struct proc_stat *ret_stat)
{
	struct scan scan = scan_over(text, length);
	struct proc_stat stat = {0};

	if (!scan_name(&scan, &stat) || !scan_fields(&scan, &stat))
		return -EINVAL;
	/* Later kernels add fields at the end. */
	while (!scan_done(&scan) && *scan.at == ' ')
		if (!skip_fields(&scan, 1))
			return -EINVAL;
	if (!scan_char(&scan, '\n') || !scan_done(&scan))
		return -EINVAL;
	*ret_stat = stat;
	return 0;
}

int proc_parse_schedstat(const char *text, size_t length, struct proc_schedstat *ret_schedstat)
{
	struct scan scan = scan_over(text, length);
	struct proc_schedstat schedstat;

	if (!scan_u64(&scan, &schedstat.run_ns) || !scan_next_u64(&scan, &schedstat.wait_ns) ||
	    !scan_next_u64(&scan, &schedstat.timeslices) || !scan_char(&scan, '\n') || !scan_done(&scan))
		return -EINVAL;
	*ret_schedstat = schedstat;
	return 0;
}

static bool scan_next_address(struct scan *scan, uint64_t *ret_value)
{
	return scan_literal(scan, " 0x") && scan_hex(scan, ret_value);
}

int proc_parse_syscall(const char *text, size_t length, struct proc_syscall *ret_syscall)
{
	struct scan scan = scan_over(text, length);
	struct proc_syscall call = {.kind = PROC_SYSCALL_RUNNING, .nr = -1};
	int nr;

	if (!scan_literal(&scan, "running")) {
		if (!scan_int(&scan, &nr))
			return -EINVAL;
		call.kind = nr < 0 ? PROC_SYSCALL_OUTSIDE : PROC_SYSCALL_IN_CALL;
		if (call.kind == PROC_SYSCALL_IN_CALL) {
			call.nr = nr;
			for (size_t i = 0; i < 6; i++)
				if (!scan_next_address(&scan, &call.args[i]))
					return -EINVAL;
		}
		if (!scan_next_address(&scan, &call.sp) || !scan_next_address(&scan, &call.pc))
			return -EINVAL;
	}
	if (!scan_char(&scan, '\n') || !scan_done(&scan))
		return -EINVAL;
	*ret_syscall = call;
	return 0;
}
