/* The schema of a candidate file, for libcyaml. What a text must be beyond that, candidate.def says. */
#include "engine/candidate_yaml.h"

#include "evidence/evidence.h"
#include "probes/profile.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Bytes, and entries of lists. */
enum {
	NAME_MAX_LENGTH = 64,
	WORD_MAX_LENGTH = 256,
	PATH_MAX_LENGTH =
	    1000, /* a log's is told to the session leader in a message, with another one after a rename */
	SOCKET_MAX_LENGTH = 107,
	TEXT_MAX_LENGTH = 65536,
	CONTENT_MAX_LENGTH = 1 << 20,
	ARGUMENTS_MAX = 1024,
	FILES_MAX = 64,
	COMMANDS_MAX = 64,
	READY_MAX = 64,
	DRAINS_MAX = 16,
	FAILS_MAX = 16,
};

/* The signals that can be handled, each by two names. */
#define SIGNALS(ROW)                                                                                                   \
	ROW(HUP), ROW(INT), ROW(QUIT), ROW(ILL), ROW(TRAP), ROW(ABRT), ROW(BUS), ROW(FPE), ROW(USR1), ROW(SEGV),       \
	    ROW(USR2), ROW(PIPE), ROW(ALRM), ROW(TERM), ROW(STKFLT), ROW(CHLD), ROW(CONT), ROW(TSTP), ROW(TTIN),       \
	    ROW(TTOU), ROW(URG), ROW(XCPU), ROW(XFSZ), ROW(VTALRM), ROW(PROF), ROW(WINCH), ROW(POLL), ROW(PWR),        \
	    ROW(SYS)

static const cyaml_strval_t BOOLEANS[] = {{"true", CANDIDATE_YAML_YES}, {"false", CANDIDATE_YAML_NO}};
static const cyaml_strval_t STYLES[] = {{"forks", PROFILE_FORKS + 1}, {"stays", PROFILE_STAYS + 1}};
static const cyaml_strval_t EFFECTS[] = {{"lives", EV_EFFECT_LIVES}, {"stops", EV_EFFECT_STOPS}};
static const cyaml_strval_t SECONDS[] = {
    {"refused", EV_SECOND_REFUSED}, {"succeeds", EV_SECOND_SUCCEEDS}, {"runs", EV_SECOND_RUNS}};

/* Most members are optional texts and words. */
#define TEXT(key, structure, member, minimum, maximum)                                                                 \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, minimum, maximum)
#define TEXT_NEEDED(key, structure, member, minimum, maximum)                                                          \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, minimum, maximum)
#define WORD(key, structure, member, words)                                                                            \
	CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, structure, member, words, COUNT(words))
#define LIST(key, structure, member, entry, minimum, maximum)                                                          \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, entry, minimum, maximum)
#define MAP(key, structure, member, fields)                                                                            \
	CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, fields)
#define VALUE(structure, fields)                                                                                       \
	{                                                                                                              \
		CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, structure, fields)                                             \
	}

static const cyaml_schema_value_t ARGUMENT = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, TEXT_MAX_LENGTH)};
static const cyaml_schema_value_t ENTRY = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX_LENGTH)};

static const cyaml_schema_field_t FILE_FIELDS[] = {
    TEXT_NEEDED("path", struct candidate_yaml_file, path, 1, PATH_MAX_LENGTH),
    TEXT("content", struct candidate_yaml_file, content, 0, CONTENT_MAX_LENGTH),
    TEXT("mode", struct candidate_yaml_file, mode, 1, WORD_MAX_LENGTH),
    WORD("directory", struct candidate_yaml_file, directory, BOOLEANS),
    CYAML_FIELD_END,
};

/* A file in the place of a right one. */
static const cyaml_schema_field_t BREAK_FIELDS[] = {
    TEXT_NEEDED("path", struct candidate_yaml_file, path, 1, PATH_MAX_LENGTH),
    TEXT_NEEDED("content", struct candidate_yaml_file, content, 0, CONTENT_MAX_LENGTH),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t READY_FIELDS[] = {
    TEXT("port", struct candidate_yaml_ready, port, 1, WORD_MAX_LENGTH),
    TEXT("tcp", struct candidate_yaml_ready, tcp, 1, WORD_MAX_LENGTH),
    TEXT("udp", struct candidate_yaml_ready, udp, 1, WORD_MAX_LENGTH),
    TEXT("socket", struct candidate_yaml_ready, socket, 1, SOCKET_MAX_LENGTH),
    TEXT("file", struct candidate_yaml_ready, file, 1, PATH_MAX_LENGTH),
    WORD("notify", struct candidate_yaml_ready, notify, BOOLEANS),
    TEXT("s6", struct candidate_yaml_ready, s6, 1, WORD_MAX_LENGTH),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t STOP_FIELDS[] = {
    TEXT("signal", struct candidate_yaml_stop, signal, 1, WORD_MAX_LENGTH),
    TEXT("within", struct candidate_yaml_stop, within, 1, WORD_MAX_LENGTH),
    TEXT("status", struct candidate_yaml_stop, status, 1, WORD_MAX_LENGTH),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t SIGNALS_FIELDS[] = {
#define ROW(name)                                                                                                      \
	WORD(#name, struct candidate_yaml_signals, effects[SIG##name], EFFECTS),                                       \
	    WORD("SIG" #name, struct candidate_yaml_signals, prefixed[SIG##name], EFFECTS)
    SIGNALS(ROW),
#undef ROW
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t RELOAD_FIELDS[] = {
    TEXT("signal", struct candidate_yaml_reload, signal, 1, WORD_MAX_LENGTH),
    MAP("break", struct candidate_yaml_reload, broken, BREAK_FIELDS),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t LOG_FIELDS[] = {
    TEXT_NEEDED("path", struct candidate_yaml_log, path, 1, PATH_MAX_LENGTH),
    TEXT_NEEDED("signal", struct candidate_yaml_log, signal, 1, WORD_MAX_LENGTH),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t WORKERS_FIELDS[] = {
    TEXT("name", struct candidate_yaml_workers, name, 1, NAME_MAX_LENGTH),
    TEXT("count", struct candidate_yaml_workers, count, 1, WORD_MAX_LENGTH),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t REQUEST_FIELDS[] = {
    TEXT("port", struct candidate_yaml_request, port, 1, WORD_MAX_LENGTH),
    TEXT("address", struct candidate_yaml_request, address, 1, WORD_MAX_LENGTH),
    TEXT_NEEDED("send", struct candidate_yaml_request, send, 1, TEXT_MAX_LENGTH),
    TEXT("rest", struct candidate_yaml_request, rest, 1, TEXT_MAX_LENGTH),
    TEXT("expect", struct candidate_yaml_request, expect, 1, TEXT_MAX_LENGTH),
    LIST("drains", struct candidate_yaml_request, drains, &ENTRY, 1, DRAINS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t FAILS_FIELDS[] = {
    TEXT_NEEDED("name", struct candidate_yaml_failure, name, 1, NAME_MAX_LENGTH),
    CYAML_FIELD_MAPPING("file", CYAML_FLAG_DEFAULT, struct candidate_yaml_failure, file, BREAK_FIELDS),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t FILE_VALUE = VALUE(struct candidate_yaml_file, FILE_FIELDS);
static const cyaml_schema_value_t READY_VALUE = VALUE(struct candidate_yaml_ready, READY_FIELDS);
static const cyaml_schema_value_t FAILS_VALUE = VALUE(struct candidate_yaml_failure, FAILS_FIELDS);

static const cyaml_schema_field_t TOP_FIELDS[] = {
    TEXT("name", struct candidate_yaml, name, 1, NAME_MAX_LENGTH),
    TEXT("summary", struct candidate_yaml, summary, 1, TEXT_MAX_LENGTH),
    LIST("command", struct candidate_yaml, command, &ARGUMENT, 1, ARGUMENTS_MAX),
    LIST("environment", struct candidate_yaml, environment, &ENTRY, 1, ARGUMENTS_MAX),
    TEXT("directory", struct candidate_yaml, directory, 1, PATH_MAX_LENGTH),
    TEXT("user", struct candidate_yaml, user, 1, WORD_MAX_LENGTH),
    TEXT("profile", struct candidate_yaml, profile, 1, PATH_MAX_LENGTH),
    WORD("style", struct candidate_yaml, style, STYLES),
    WORD("privileged", struct candidate_yaml, privileged, BOOLEANS),
    TEXT("pidfile", struct candidate_yaml, pidfile, 1, PATH_MAX_LENGTH),
    LIST("files", struct candidate_yaml, files, &FILE_VALUE, 1, FILES_MAX),
    LIST("setup", struct candidate_yaml, setup, &ENTRY, 1, COMMANDS_MAX),
    LIST("ready", struct candidate_yaml, ready, &READY_VALUE, 1, READY_MAX),
    MAP("stop", struct candidate_yaml, stop, STOP_FIELDS),
    MAP("signals", struct candidate_yaml, signals, SIGNALS_FIELDS),
    MAP("reload", struct candidate_yaml, reload, RELOAD_FIELDS),
    MAP("log", struct candidate_yaml, log, LOG_FIELDS),
    WORD("second", struct candidate_yaml, second, SECONDS),
    MAP("workers", struct candidate_yaml, workers, WORKERS_FIELDS),
    MAP("request", struct candidate_yaml, request, REQUEST_FIELDS),
    LIST("fails", struct candidate_yaml, fails, &FAILS_VALUE, 1, FAILS_MAX),
    TEXT("watchdog", struct candidate_yaml, watchdog, 1, WORD_MAX_LENGTH),
    WORD("sockets", struct candidate_yaml, sockets, BOOLEANS),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t TOP = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct candidate_yaml, TOP_FIELDS),
};

const struct yaml_kind CANDIDATE_YAML_KIND = {
    .name = "candidate file",
    .top = "a mapping with keys such as command, pidfile, ready, stop",
    .schema = &TOP,
    .whole_paths = true,
};
