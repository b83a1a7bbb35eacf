/* What a text in a candidate file may be. The pattern is both what is checked and what the schema for editors says. */
#include "engine/candidate_forms.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "engine/profiles.h"
#include "engine/words.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { HOST_MAX = 64, PORT_MAX = 65535 };

static bool is_port(const char *string)
{
	uint64_t port;

	return text_parse_number(string, 10, PORT_MAX, &port) && port > 0;
}

/* "127.0.0.1:80", "[::1]:80", "localhost:80". */
static bool is_address(const char *string)
{
	unsigned char binary[sizeof(struct in6_addr)];
	const char *colon = strrchr(string, ':');
	char host[HOST_MAX];
	size_t length = colon ? (size_t)(colon - string) : 0;

	if (!length || length >= sizeof(host) || !is_port(colon + 1))
		return false;
	memcpy(host, string, length);
	host[length] = '\0';
	if (host[0] != '[')
		return strcmp(host, "localhost") == 0 || inet_pton(AF_INET, host, binary) == 1;
	host[length - 1] = '\0';
	return inet_pton(AF_INET6, host + 1, binary) == 1;
}

static bool is_client_address(const char *string)
{
	return strncmp(string, "tcp ", 4) == 0 ? is_address(string + 4) : strlen(string) <= strlen("unix ") + 107;
}

static bool is_time(const char *string)
{
	int64_t us;

	return words_parse_time(string, &us) && us > 0 && us <= WORDS_DAY_US;
}

static bool is_signal(const char *string)
{
	return words_parse_signal(string) > 0;
}

static bool is_profile(const char *string)
{
	size_t length = strlen(string);

	for (const char *const *name = profiles_names(); *name; name++) {
		if (strcmp(*name, string) == 0)
			return true;
	}
	return strchr(string, '/') || (length > 5 && strcmp(string + length - 5, ".yaml") == 0);
}

static const char *const *common_signals(void)
{
	static const char *const NAMES[] = {"TERM", "HUP",  "INT",  "QUIT", "USR1", "USR2", "ALRM", "WINCH",
	                                    "PWR",  "ABRT", "CONT", "TSTP", "CHLD", "PIPE", NULL};

	return NAMES;
}

#define ADDRESS_PATTERN "(localhost|[0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}\\]):[0-9]{1,5}"

static const struct candidate_form TEXT = {
    .types = CANDIDATE_STRING | CANDIDATE_NUMBER | CANDIDATE_BOOLEAN,
};
static const struct candidate_form PATH = {
    .expected = "an absolute path",
    .pattern = "^/",
    .types = CANDIDATE_STRING,
};
static const struct candidate_form SOCKET = {
    .expected = "an absolute path or @NAME",
    .pattern = "^(/|@.)",
    .types = CANDIDATE_STRING,
};
static const struct candidate_form ASSIGNMENT = {
    .expected = "NAME=VALUE",
    .pattern = "^[^=]+=",
    .types = CANDIDATE_STRING,
};
static const struct candidate_form PROFILE = {
    .expected = "a built-in profile or a YAML file",
    .holds = is_profile,
    .types = CANDIDATE_STRING,
    .known = profiles_names,
};
static const struct candidate_form SIGNAL = {
    .expected = "a signal that can be handled, such as TERM or SIGUSR1",
    .pattern = "^(SIG)?(HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|CHLD|CONT|TSTP|TTIN|"
               "TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|POLL|PWR|SYS|RTMIN([+]([12]?[0-9]|30))?)$",
    .holds = is_signal,
    .types = CANDIDATE_STRING,
    .known = common_signals,
};
static const struct candidate_form TIME = {
    .expected = "a time such as 0.5, 500ms, 3s or 1min, up to a day",
    .pattern = "^[0-9]{1,6}([.][0-9]{1,6})?(us|ms|s|min|h)?$",
    .holds = is_time,
    .types = CANDIDATE_STRING | CANDIDATE_NUMBER,
    .maximum = WORDS_DAY_US / 1000000,
};
static const struct candidate_form PORT = {
    .expected = "a port from 1 to 65535",
    .pattern = "^[0-9]{1,5}$",
    .types = CANDIDATE_INTEGER,
    .minimum = 1,
    .maximum = PORT_MAX,
};
static const struct candidate_form STATUS = {
    .expected = "an exit status from 0 to 255",
    .pattern = "^[0-9]{1,3}$",
    .types = CANDIDATE_INTEGER,
    .maximum = 255,
};
static const struct candidate_form NUMBER_OF = {
    .expected = "a number from 0 to 4096",
    .pattern = "^[0-9]{1,4}$",
    .types = CANDIDATE_INTEGER,
    .maximum = 4096,
};
static const struct candidate_form DESCRIPTOR = {
    .expected = "the number of a descriptor from 3 to 1023",
    .pattern = "^[0-9]{1,4}$",
    .types = CANDIDATE_INTEGER,
    .minimum = 3,
    .maximum = 1023,
};
static const struct candidate_form MODE = {
    .expected = "an octal number from 0000 to 7777",
    .pattern = "^[0-7]{3,4}$",
    .types = CANDIDATE_STRING | CANDIDATE_INTEGER,
    .maximum = 7777, /* as an editor reads it without quotes */
};
static const struct candidate_form TCP = {
    .expected = "an address and a port such as 127.0.0.1:80 or [::1]:80",
    .pattern = "^" ADDRESS_PATTERN "$",
    .holds = is_address,
    .types = CANDIDATE_STRING,
};
static const struct candidate_form ADDRESS = {
    .expected = "an address such as \"tcp 127.0.0.1:80\" or \"unix /run/x.sock\"",
    .pattern = "^(tcp " ADDRESS_PATTERN "|unix (/|@.).*)$",
    .holds = is_client_address,
    .types = CANDIDATE_STRING,
};

#define FORM_TEXT       &TEXT
#define FORM_PATH       &PATH
#define FORM_SOCKET     &SOCKET
#define FORM_ASSIGNMENT &ASSIGNMENT
#define FORM_PROFILE    &PROFILE
#define FORM_SIGNAL     &SIGNAL
#define FORM_TIME       &TIME
#define FORM_PORT       &PORT
#define FORM_STATUS     &STATUS
#define FORM_COUNT      &NUMBER_OF
#define FORM_DESCRIPTOR &DESCRIPTOR
#define FORM_MODE       &MODE
#define FORM_TCP        &TCP
#define FORM_ADDRESS    &ADDRESS
#define FORM_NONE       NULL

const struct candidate_key CANDIDATE_KEYS[] = {
#define KEY(path, form, argument, text) {path, FORM_##form, argument, text},
#include "engine/candidate.def"
#undef KEY
};
const size_t N_CANDIDATE_KEYS = COUNT(CANDIDATE_KEYS);

const struct candidate_rule CANDIDATE_RULES[] = {
    {"", CANDIDATE_AT_MOST_ONE, {"profile", "style"}},
    {"files", CANDIDATE_AT_MOST_ONE, {"content", "directory"}},
    {"ready", CANDIDATE_JUST_ONE, {"port", "tcp", "udp", "socket", "file", "notify", "s6"}},
    {"workers", CANDIDATE_AT_LEAST_ONE, {"name", "count"}},
    {"request", CANDIDATE_JUST_ONE, {"port", "address"}},
};
const size_t N_CANDIDATE_RULES = COUNT(CANDIDATE_RULES);

const struct candidate_key *candidate_key_find(const char *path)
{
	for (size_t i = 0; i < N_CANDIDATE_KEYS; i++) {
		if (strcmp(CANDIDATE_KEYS[i].path, path) == 0)
			return &CANDIDATE_KEYS[i];
	}
	return NULL;
}
