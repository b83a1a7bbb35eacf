/* Evidence for tests. */
#include "evidence_fixture.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "evidence/fields.h"

enum { ENTRIES = 2, PTS_0 = 136 << 8 };

static const char hostile[] = "n\033[2J\xff\xe2\x80\xae\xc3\xbc\\x41<&>\"'\x01\r\n";
static const char hostile_bytes[] = "out\0put\033]0;x\007\xc0\xaf\n";

static void *room(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		abort();
	return memory;
}

static char *copy(const char *bytes, size_t length)
{
	char *made = room(length + 1, 1);

	memcpy(made, bytes, length);
	return made;
}

static char *string_of(const char *string)
{
	return copy(string, strlen(string));
}

static void fill_record(const struct record *record, void *base);

static void fill_records(const struct record *record, char *base, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fill_record(record, base + i * record->size);
}

static void fill_entries(const struct field *field, void *base)
{
	size_t count = ENTRIES;
	void *entries = room(count, field->type == FIELD_NUMBERS ? sizeof(uint32_t) : field->record->size);

	memcpy(field_of(field, base), &entries, sizeof(entries));
	memcpy(field_count_of(field, base), &count, sizeof(count));
	if (field->type == FIELD_NUMBERS)
		memset(entries, 0xFF, count * sizeof(uint32_t));
	else
		fill_records(field->record, entries, count);
}

static void fill_field(const struct field *field, void *base)
{
	void *member = field_of(field, base);
	unsigned int last = 0;

	switch (field->type) {
	case FIELD_KIND:
	case FIELD_VERSION:
		return;
	case FIELD_BOOL:
		*(bool *)member = true;
		return;
	case FIELD_INT:
		*(int *)member = (int)field->minimum;
		return;
	case FIELD_INT64:
		*(int64_t *)member = INT64_MIN;
		return;
	case FIELD_UINT32:
	case FIELD_OCTAL:
		*(uint32_t *)member = UINT32_MAX;
		return;
	case FIELD_UINT64:
	case FIELD_SET:
		*(uint64_t *)member = UINT64_MAX;
		return;
	case FIELD_LETTER:
		*(char *)member = '\x9b';
		return;
	case FIELD_ENUM:
		while (field->names[last + 1])
			last++;
		memcpy(member, &last, sizeof(last));
		return;
	case FIELD_STRING:
		*(char **)member = string_of(hostile);
		return;
	case FIELD_BYTES:
		*(char **)member = copy(hostile_bytes, sizeof(hostile_bytes));
		*(uint64_t *)field_count_of(field, base) = sizeof(hostile_bytes);
		return;
	case FIELD_STRINGS:
		*(char ***)member = room(ENTRIES + 1, sizeof(char *));
		(*(char ***)member)[0] = string_of(hostile);
		(*(char ***)member)[1] = string_of("");
		return;
	case FIELD_RECORD:
		fill_record(field->record, member);
		return;
	case FIELD_ROW:
		fill_records(field->record, member, field->maximum);
		return;
	case FIELD_NUMBERS:
	case FIELD_RECORDS:
		fill_entries(field, base);
		return;
	}
}

static void fill_record(const struct record *record, void *base)
{
	for (size_t i = 0; i < record->n_fields; i++)
		fill_field(&record->fields[i], base);
}

struct evidence *evidence_fixture_full(void)
{
	struct evidence *evidence = evidence_new();

	if (!evidence)
		abort();
	fill_record(&EVIDENCE_RECORD, evidence);
	return evidence;
}

static char **strings_of(const char *first, const char *second)
{
	char **strings = room(3, sizeof(*strings));

	strings[0] = string_of(first);
	strings[1] = second ? string_of(second) : NULL;
	return strings;
}

static void launch_process(struct ev_process *process, int pid, int parent, const char *name)
{
	*process = (struct ev_process){
	    .pid = pid,
	    .parent = parent,
	    .group = 5,
	    .session = 5,
	    .terminal_group = -1,
	    .state = 'S',
	    .name = string_of(name),
	    .argv = strings_of("/usr/sbin/food", "-d"),
	    .exe = string_of("/usr/sbin/food"),
	    .cwd = string_of("/"),
	    .root = string_of("/"),
	    .umask_known = true,
	    .umask = 022,
	    .ids_known = true,
	    .uid = {33, 33, 33, 33},
	    .gid = {33, 33, 33, 33},
	};
}

struct evidence *evidence_fixture_launch(void)
{
	struct evidence *evidence = evidence_new();

	if (!evidence)
		abort();
	evidence->host = (struct ev_host){string_of("0.0.1"), string_of("6.1.0"), string_of("x86_64"),
	                                  string_of("2026-11-21T12:00:00Z")};
	evidence->isolation.missing = strings_of("the net\033work is shared", NULL);
	evidence->start = (struct ev_start){
	    .argv = strings_of("/usr/sbin/food", "it's \033[31m"),
	    .umask = 037,
	    .directory = string_of("/start"),
	    .terminal = PTS_0,
	    .leader = 2,
	    .reaper = 1,
	    .user = string_of("www-data"),
	    .user_uid = 33,
	    .user_gid = 33,
	};
	evidence->launch = (struct ev_launch){
	    .outcome = EV_RETURNED,
	    .pid = 3,
	    .group = 3,
	    .returned_us = 4500,
	    .output = copy(hostile_bytes, sizeof(hostile_bytes) - 1),
	    .output_kept = sizeof(hostile_bytes) - 1,
	    .output_total = sizeof(hostile_bytes) - 1,
	};
	evidence->settle = (struct ev_settle){true, 6100, 500000, 500000, 12};
	evidence->processes = room(2, sizeof(*evidence->processes));
	evidence->n_processes = 2;
	launch_process(&evidence->processes[0], 6, 1, "food\033[2J");
	launch_process(&evidence->processes[1], 7, 6, "worker");
	evidence->processes[1].session = 2;
	evidence->processes[1].terminal = PTS_0;
	evidence->listeners = room(1, sizeof(*evidence->listeners));
	evidence->n_listeners = 1;
	evidence->listeners[0] = (struct ev_listener){EV_SOCKET_TCP, 99, string_of("127.0.0.1:8080")};
	evidence->written = room(1, sizeof(*evidence->written));
	evidence->n_written = 1;
	evidence->written[0].path = string_of("/run/food\033.pid");
	evidence->written[0].file.mode = S_IFREG | 0644;
	evidence->written[0].created = true;
	return evidence;
}
