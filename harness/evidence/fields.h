/* The shape of the evidence as tables: one row a member, which drives writing, reading and freeing. To add a member,
 * add it to its struct in evidence.h, snapshot.h or life.h, and its row to the struct's table in the
 * file of fields of that header. */
#ifndef EVIDENCE_FIELDS_H
#define EVIDENCE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

enum { FIELD_STRING_MAX = 1 << 20 }; /* bytes of any one string */

/* The C type of a member and its form in JSON. */
enum field_type {
	FIELD_KIND,    /* no member: the string `names[0]`, at the top of a document */
	FIELD_VERSION, /* no member: the integer `maximum` */
	FIELD_BOOL,    /* bool */
	FIELD_INT,     /* int, from `minimum` to `maximum` */
	FIELD_INT64,   /* int64_t */
	FIELD_UINT32,  /* uint32_t */
	FIELD_UINT64,  /* uint64_t; a decimal string beyond INT64_MAX, which JSON integers end at here */
	FIELD_OCTAL,   /* uint32_t as "0022" */
	FIELD_SET,     /* uint64_t as "0x1f": signals, capabilities, flags */
	FIELD_LETTER,  /* char as a string of one character, or an empty one for NUL */
	FIELD_ENUM,    /* enum by name: names[value] */
	FIELD_STRING,  /* char *, escaped; left out where NULL */
	FIELD_BYTES,   /* char * with a uint64_t length beside it, escaped; left out where NULL */
	FIELD_STRINGS, /* char **, NULL-ended; left out where NULL */
	FIELD_NUMBERS, /* uint32_t * with a size_t count beside it */
	FIELD_RECORD,  /* a struct within the struct */
	FIELD_RECORDS, /* a pointer to structs with a size_t count beside it */
	FIELD_ROW,     /* an array of `maximum` structs within the struct */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	size_t count_offset;         /* of the count or length that goes with a pointer */
	const struct record *record; /* FIELD_RECORD, FIELD_RECORDS, FIELD_ROW */
	const char *const *names;    /* FIELD_ENUM, FIELD_KIND; NULL-ended */
	int64_t minimum;             /* FIELD_INT */
	uint64_t maximum;            /* the largest number, or the most bytes or entries */
};

struct record {
	const char *name; /* for the schema: "process" */
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

/* struct evidence */
extern const struct record EVIDENCE_RECORD;
/* struct evidence, as one of the runs */
extern const struct record EVIDENCE_RUN_RECORD;
/* struct ev_process */
extern const struct record EVIDENCE_PROCESS_RECORD;

/* Where the member lies, and its count, in the struct at BASE. */
static inline void *field_of(const struct field *field, const void *base)
{
	return (char *)base + field->offset;
}

static inline void *field_count_of(const struct field *field, const void *base)
{
	return (char *)base + field->count_offset;
}

/* Whether a reader may miss the member. */
static inline int field_is_optional(const struct field *field)
{
	return field->type == FIELD_STRING || field->type == FIELD_BYTES || field->type == FIELD_STRINGS;
}

/* Frees all that the struct at BASE owns and empties it. */
void record_clear(const struct record *record, void *base);

#endif
