/* The keys of a candidate file, the forms of their values, and which keys go together: data for the check, the manual
 * page and the schema for editors. */
#ifndef ENGINE_CANDIDATE_FORMS_H
#define ENGINE_CANDIDATE_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a value may be for an editor, which tells 80 from "80": a set. */
enum candidate_type {
	CANDIDATE_STRING = 1,
	CANDIDATE_INTEGER = 2,
	CANDIDATE_NUMBER = 4,
	CANDIDATE_BOOLEAN = 8,
};

struct candidate_form {
	const char *expected;              /* "an absolute path"; NULL: anything goes */
	const char *pattern;               /* a regular expression that every value matches; NULL: none */
	bool (*holds)(const char *value);  /* what the pattern cannot say, or NULL */
	unsigned int types;                /* set of enum candidate_type */
	int64_t minimum, maximum;          /* of a number; both 0: any */
	const char *const *(*known)(void); /* words to suggest, NULL-ended, or NULL */
};

struct candidate_key {
	const char *path;                  /* "stop.within"; of an entry, where the value is a list */
	const struct candidate_form *form; /* NULL: the schema says it all */
	const char *argument;              /* "TIME" */
	const char *text;                  /* what it declares */
};

extern const struct candidate_key CANDIDATE_KEYS[];
extern const size_t N_CANDIDATE_KEYS;

/* The key of that path, or NULL. */
const struct candidate_key *candidate_key_find(const char *path);

enum candidate_rule_kind {
	CANDIDATE_JUST_ONE, /* one of the keys is there, and no other */
	CANDIDATE_AT_MOST_ONE,
	CANDIDATE_AT_LEAST_ONE,
};

enum { CANDIDATE_RULE_KEYS_MAX = 8 };

struct candidate_rule {
	const char *path; /* of the mapping; "" for the whole */
	enum candidate_rule_kind kind;
	const char *keys[CANDIDATE_RULE_KEYS_MAX]; /* NULL-ended */
};

extern const struct candidate_rule CANDIDATE_RULES[];
extern const size_t N_CANDIDATE_RULES;

#endif
