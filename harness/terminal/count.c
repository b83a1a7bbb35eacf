/* Tracing for the sake of counting calls. */
#include "terminal/count.h"

#include <errno.h>
#include <limits.h>
#include <seccomp.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "terminal/command.h"
#include "terminal/life.h"

enum { NUMBER_BITS = 31 /* of a descriptor: what is above is negative */ };

int count_seize(struct leader *leader, pid_t pid, struct error *error)
{
	return trace_seize(&leader->trace, pid, PTRACE_O_TRACESECCOMP, error);
}

/* What else this processor's kernel may execute, beside what we are made for. */
static int add_kinds(scmp_filter_ctx filter)
{
	switch (seccomp_arch_native()) {
	case SCMP_ARCH_X86_64:
		if (seccomp_arch_add(filter, SCMP_ARCH_X86) < 0)
			return -ENOTSUP;
		return seccomp_arch_add(filter, SCMP_ARCH_X32);
	case SCMP_ARCH_AARCH64:
		return seccomp_arch_add(filter, SCMP_ARCH_ARM);
	default: /* numbers, no enumeration */
		return 0;
	}
}

/* The kernel looks at the lower half of the argument alone, so the filter must: a rule for each highest bit that a
 * number may have. */
static int add_rules(scmp_filter_ctx filter)
{
	int status = 0;

	for (int bit = __builtin_ctz(COUNT_FROM); bit < NUMBER_BITS && status == 0; bit++) {
		const struct scmp_arg_cmp highest =
		    SCMP_A0_64(SCMP_CMP_MASKED_EQ, UINT32_MAX & ~((UINT64_C(1) << bit) - 1), UINT64_C(1) << bit);

		status = seccomp_rule_add(filter, SCMP_ACT_TRACE(0), SCMP_SYS(close), 1, highest);
	}
	return status;
}

/* With the right to, programs keep the rights that their files give them: PR_SET_NO_NEW_PRIVS, which cannot be taken
 * back, is only for those without. */
static int load(scmp_filter_ctx filter)
{
	int status = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);

	if (status == 0)
		status = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
	if (status == 0)
		status = seccomp_load(filter);
	if (status != -EACCES)
		return status;
	status = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1);
	return status == 0 ? seccomp_load(filter) : status;
}

void count_install(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool installed;

	if (!filter)
		return;
	installed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW) == 0 && add_kinds(filter) == 0 &&
	            add_rules(filter) == 0 && load(filter) == 0;
	seccomp_release(filter);
	if (installed)
		(void)close(INT_MAX);
}

static void called(struct count *count)
{
	if (count->executed)
		count->closes++;
	else
		count->works = true;
}

void count_stopped(struct leader *leader, pid_t tid, int status)
{
	struct trace_thread *thread = trace_find(&leader->trace, tid);
	int signal = 0;

	if (!thread)
		thread = trace_add(&leader->trace, tid);
	switch (status >> 16) {
	case PTRACE_EVENT_SECCOMP:
		called(&leader->count);
		break;
	case PTRACE_EVENT_EXEC:
		trace_executed(&leader->trace, tid);
		leader->count.executed = true;
		break;
	case PTRACE_EVENT_STOP:
		if (thread && trace_stays(leader, thread, status))
			return;
		break;
	case 0: /* a signal on its way */
		signal = WSTOPSIG(status);
		break;
	default: /* a birth; numbers, no enumeration */
		break;
	}
	thread = trace_find(&leader->trace, tid); /* the table may have moved */
	if (thread)
		trace_goes_on(leader, thread);
	(void)trace_request(PTRACE_CONT, tid, (unsigned long)signal);
}

int count_tell(const struct count *count, struct leader_counted *ret_counted)
{
	if (!count->works)
		return -EOPNOTSUPP;
	ret_counted->closes = count->closes;
	return 0;
}
