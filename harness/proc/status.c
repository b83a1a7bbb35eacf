/* Parser of status: keys at the start of a line, each once. */
#include "proc/status.h"

#include <errno.h>

#include "proc/scan.h"

/* In the order of the kernel, so that the next key wanted is mostly the next in the table. */
enum key {
	KEY_UMASK,
	KEY_TGID,
	KEY_PID,
	KEY_UID,
	KEY_GID,
	KEY_GROUPS,
	KEY_NSPID,
	KEY_THREADS,
	KEY_SIGPND,
	KEY_SHDPND,
	KEY_SIGBLK,
	KEY_SIGIGN,
	KEY_SIGCGT,
	KEY_CAPINH,
	KEY_CAPPRM,
	KEY_CAPEFF,
	KEY_CAPBND,
	KEY_CAPAMB,
	KEY_NO_NEW_PRIVS,
	KEY_SECCOMP,
};
enum { KEYS = KEY_SECCOMP + 1 };

static const struct {
	const char *text;
	size_t length;
	bool optional;
} keys[KEYS] = {
#define KEY(text, optional)                                                                                            \
	{                                                                                                              \
		text ":\t", sizeof(text ":\t") - 1, optional                                                           \
	}
    [KEY_UMASK] = KEY("Umask", true),
    [KEY_TGID] = KEY("Tgid", false),
    [KEY_PID] = KEY("Pid", false),
    [KEY_UID] = KEY("Uid", false),
    [KEY_GID] = KEY("Gid", false),
    [KEY_GROUPS] = KEY("Groups", false),
    [KEY_NSPID] = KEY("NSpid", true),
    [KEY_THREADS] = KEY("Threads", false),
    [KEY_SIGPND] = KEY("SigPnd", false),
    [KEY_SHDPND] = KEY("ShdPnd", false),
    [KEY_SIGBLK] = KEY("SigBlk", false),
    [KEY_SIGIGN] = KEY("SigIgn", false),
    [KEY_SIGCGT] = KEY("SigCgt", false),
    [KEY_CAPINH] = KEY("CapInh", false),
    [KEY_CAPPRM] = KEY("CapPrm", false),
    [KEY_CAPEFF] = KEY("CapEff", false),
    [KEY_CAPBND] = KEY("CapBnd", false),
    [KEY_CAPAMB] = KEY("CapAmb", true),
    [KEY_NO_NEW_PRIVS] = KEY("NoNewPrivs", true),
    [KEY_SECCOMP] = KEY("Seccomp", true),
#undef KEY
};

/* Half of the lines are none of ours by their first letter. */
static bool may_be_key(const struct scan *line)
{
	static const char letters[] = {'C', 'G', 'N', 'P', 'S', 'T', 'U'};

	return !scan_done(line) && memchr(letters, *line->at, sizeof(letters));
}

/* The key that LINE begins with, looking from FIRST on and then round; KEYS where it is none of them. */
static unsigned int find_key(const struct scan *line, unsigned int first)
{
	size_t left = scan_left(line);

	for (unsigned int i = 0; i < KEYS; i++) {
		unsigned int key = first + i < KEYS ? first + i : first + i - KEYS;

		if (left >= keys[key].length && line->at[0] == keys[key].text[0] && line->at[1] == keys[key].text[1] &&
		    memcmp(line->at, keys[key].text, keys[key].length) == 0)
			return key;
	}
	return KEYS;
}

static bool scan_ids(struct scan *line, struct proc_ids *ids)
{
	return scan_u32(line, &ids->real) && scan_char(line, '\t') && scan_u32(line, &ids->effective) &&
	       scan_char(line, '\t') && scan_u32(line, &ids->saved) && scan_char(line, '\t') &&
	       scan_u32(line, &ids->filesystem);
}

/* Checks and counts "4 24 27 " and stores what GROUPS has room for. */
static bool scan_groups(struct scan *line, uint32_t *groups, size_t room, size_t *ret_count)
{
	size_t count = 0;

	(void)scan_blanks(line);
	while (!scan_done(line)) {
		uint32_t group;

		if (!scan_u32(line, &group) || (!scan_done(line) && !scan_blanks(line)))
			return false;
		if (count < room)
			groups[count] = group;
		count++;
	}
	*ret_count = count;
	return true;
}

/* The last of "26110\t3". */
static bool scan_last(struct scan *line, int *ret_value)
{
	do {
		if (!scan_int(line, ret_value) || *ret_value < 0)
			return false;
	} while (scan_char(line, '\t'));
	return true;
}

static bool scan_small(struct scan *line, int maximum, int *ret_value)
{
	uint64_t value;

	if (!scan_number(line, (uint64_t)maximum, &value))
		return false;
	*ret_value = (int)value;
	return true;
}

static bool scan_value(enum key key, struct scan *line, struct proc_status *status)
{
	uint64_t number;
	int small;

	switch (key) {
	case KEY_UMASK:
		if (!scan_octal(line, 07777, &number))
			return false;
		status->umask_known = true;
		status->umask = (uint32_t)number;
		return true;
	case KEY_TGID:
		return scan_small(line, INT_MAX, &status->tgid);
	case KEY_PID:
		return scan_small(line, INT_MAX, &status->pid);
	case KEY_UID:
		return scan_ids(line, &status->uid);
	case KEY_GID:
		return scan_ids(line, &status->gid);
	case KEY_GROUPS:
		return scan_groups(line, NULL, 0, &status->n_groups);
	case KEY_NSPID:
		return scan_last(line, &status->inner_pid);
	case KEY_THREADS:
		return scan_small(line, INT_MAX, &status->threads);
	case KEY_SIGPND:
		return scan_hex(line, &status->pending);
	case KEY_SHDPND:
		return scan_hex(line, &status->shared_pending);
	case KEY_SIGBLK:
		return scan_hex(line, &status->blocked);
	case KEY_SIGIGN:
		return scan_hex(line, &status->ignored);
	case KEY_SIGCGT:
		return scan_hex(line, &status->caught);
	case KEY_CAPINH:
		return scan_hex(line, &status->cap_inheritable);
	case KEY_CAPPRM:
		return scan_hex(line, &status->cap_permitted);
	case KEY_CAPEFF:
		return scan_hex(line, &status->cap_effective);
	case KEY_CAPBND:
		return scan_hex(line, &status->cap_bounding);
	case KEY_CAPAMB:
		return scan_hex(line, &status->cap_ambient);
	case KEY_NO_NEW_PRIVS:
		if (!scan_small(line, 1, &small))
			return false;
		status->no_new_privileges = small;
		return true;
	case KEY_SECCOMP:
		return scan_small(line, INT_MAX, &status->seccomp);
	}
	return false;
}

static bool all_needed(uint32_t seen)
{
	for (unsigned int i = 0; i < KEYS; i++)
		if (!keys[i].optional && !(seen & UINT32_C(1) << i))
			return false;
	return true;
}

int proc_parse_status(const char *text, size_t length, uint32_t *groups, size_t groups_room,
                      struct proc_status *ret_status)
{
	struct scan scan = scan_over(text, length), line, groups_line = {0};
	struct proc_status status = {0};
	unsigned int next = 0;
	uint32_t seen = 0;

	while (!scan_done(&scan)) {
		unsigned int key;

		if (!scan_line(&scan, &line))
			return -EINVAL;
		key = may_be_key(&line) ? find_key(&line, next) : KEYS;
		if (key == KEYS)
			continue;
		line.at += keys[key].length;
		if (key == KEY_GROUPS)
			groups_line = line;
		if (seen & UINT32_C(1) << key || !scan_value((enum key)key, &line, &status) || !scan_done(&line))
			return -EINVAL;
		seen |= UINT32_C(1) << key;
		next = key + 1 < KEYS ? key + 1 : 0;
	}
	if (!all_needed(seen))
		return -EINVAL;
	if (groups_room)
		(void)scan_groups(&groups_line, groups, groups_room, &status.n_groups);
	*ret_status = status;
	return 0;
}
