/* How a table of fields is written, and the tables that others have as members. Each row checks the C type of its
 * member; THIS is the struct that the table is of. */
#ifndef EVIDENCE_TABLES_H
#define EVIDENCE_TABLES_H

#include <limits.h>

#include "evidence/fields.h"

enum {
	STRINGS_MAX = 1 << 16,
	NICE_MIN = -20,
	NICE_MAX = 19,
	OOM_ADJ_MIN = -1000,
	OOM_ADJ_MAX = 1000,
};

/* offsetof, and an error where the member is of another type. */
#define IS(type, member) __builtin_types_compatible_p(__typeof__(((THIS *)0)->member), type)
#define AT(type, member) (offsetof(THIS, member) + 0 * sizeof(char[IS(type, member) ? 1 : -1]))
#define ENDED(member)    AT(size_t, n_##member)
#define PLAIN(kind, ctype, member)                                                                                     \
	{                                                                                                              \
		.name = #member, .type = kind, .offset = AT(ctype, member)                                             \
	}
#define BOOL(member)   PLAIN(FIELD_BOOL, bool, member)
#define INT64(member)  PLAIN(FIELD_INT64, int64_t, member)
#define UINT32(member) PLAIN(FIELD_UINT32, uint32_t, member)
#define UINT64(member) PLAIN(FIELD_UINT64, uint64_t, member)
#define OCTAL(member)  PLAIN(FIELD_OCTAL, uint32_t, member)
#define SET(member)    PLAIN(FIELD_SET, uint64_t, member)
#define LETTER(member) PLAIN(FIELD_LETTER, char, member)
#define INT(member, least, most)                                                                                       \
	{                                                                                                              \
		.name = #member, .type = FIELD_INT, .offset = AT(int, member), .minimum = (least), .maximum = (most)   \
	}
#define PID(member)     INT(member, -1, INT_MAX) /* the kernel shows -1 for the group and session of what just ended */
#define ANY_INT(member) INT(member, INT_MIN, INT_MAX)
#define ENUM(ctype, member, list)                                                                                      \
	{                                                                                                              \
		.name = #member, .type = FIELD_ENUM, .offset = AT(ctype, member), .names = (list)                      \
	}
#define STRING(member)                                                                                                 \
	{                                                                                                              \
		.name = #member, .type = FIELD_STRING, .offset = AT(char *, member), .maximum = FIELD_STRING_MAX       \
	}
#define BYTES(member, length, most)                                                                                    \
	{                                                                                                              \
		.name = #member, .type = FIELD_BYTES, .offset = AT(char *, member),                                    \
		.count_offset = AT(uint64_t, length), .maximum = (most)                                                \
	}
#define STRINGS(member)                                                                                                \
	{                                                                                                              \
		.name = #member, .type = FIELD_STRINGS, .offset = AT(char **, member), .maximum = STRINGS_MAX          \
	}
#define NUMBERS(member, most)                                                                                          \
	{                                                                                                              \
		.name = #member, .type = FIELD_NUMBERS, .offset = AT(uint32_t *, member),                              \
		.count_offset = ENDED(member), .maximum = (most)                                                       \
	}
#define RECORD(ctype, member, table)                                                                                   \
	{                                                                                                              \
		.name = #member, .type = FIELD_RECORD, .offset = AT(ctype, member), .record = &(table)                 \
	}
#define RECORDS(ctype, member, table, most)                                                                            \
	{                                                                                                              \
		.name = #member, .type = FIELD_RECORDS, .offset = AT(ctype *, member), .count_offset = ENDED(member),  \
		.record = &(table), .maximum = (most)                                                                  \
	}
#define ROW(ctype, member, table, length)                                                                              \
	{                                                                                                              \
		.name = #member, .type = FIELD_ROW, .offset = AT(ctype[length], member), .record = &(table),           \
		.maximum = (length)                                                                                    \
	}
#define TABLE(label, list)                                                                                             \
	{                                                                                                              \
		.name = (label), .size = sizeof(THIS), .fields = (list), .n_fields = sizeof(list) / sizeof(*(list))    \
	}

extern const struct record EVIDENCE_FILE_RECORD;
extern const struct record EVIDENCE_LIMIT_RECORD;
extern const struct record EVIDENCE_LISTENER_RECORD;
extern const struct record EVIDENCE_WRITTEN_RECORD;
extern const struct record EVIDENCE_LOOK_RECORD;
extern const struct record EVIDENCE_DECLARED_RECORD;
extern const struct record EVIDENCE_NOTICE_RECORD;
extern const struct record EVIDENCE_STEP_RECORD;

#endif
