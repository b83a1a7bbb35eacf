#include "cli/catalogue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/profiles.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	unsigned int bit;
	const char *word;
} SEEN[CATALOGUE_SEEN_MAX] = {
    {SEEN_LAUNCH, "launch"}, {SEEN_DIFFERENTIAL, "hostile launch"}, {SEEN_STIMULUS, "stimulus"}, {SEEN_TRACE, "trace"},
    {SEEN_AUDIT, "audit"},
};

static const struct {
	unsigned int bit;
	const char *word;
} STDIO[] = {
    {STDIO_NULL, "null"}, {STDIO_LOG, "log"},           {STDIO_SOCKET, "socket"},
    {STDIO_PIPE, "pipe"}, {STDIO_TERMINAL, "terminal"},
};

int catalogue_load(struct catalogue *ret_catalogue, struct error *error)
{
	const char *const *names = profiles_names();
	struct catalogue catalogue = {0};
	size_t count = 0;
	int r = 0;

	while (names[count])
		count++;
	catalogue.profiles = calloc(count + 1, sizeof(struct profile *));
	if (!catalogue.profiles)
		return error_set(error, -ENOMEM, "out of memory");
	for (; r == 0 && catalogue.n_profiles < count; catalogue.n_profiles += r == 0)
		r = profiles_load(names[catalogue.n_profiles], &catalogue.profiles[catalogue.n_profiles], error);
	if (r < 0) {
		catalogue_clear(&catalogue);
		return r;
	}
	*ret_catalogue = catalogue;
	return 0;
}

void catalogue_clear(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->n_profiles; i++)
		profile_free(catalogue->profiles[i]);
	free(catalogue->profiles);
	*catalogue = (struct catalogue){0};
}

size_t catalogue_seen(unsigned int seen, const char *words[CATALOGUE_SEEN_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(SEEN); i++) {
		if (seen & SEEN[i].bit)
			words[count++] = SEEN[i].word;
	}
	return count;
}

void catalogue_put_stdio(FILE *out, unsigned int stdio)
{
	const char *separator = "";

	for (size_t i = 0; i < COUNT(STDIO); i++) {
		if (!(stdio & STDIO[i].bit))
			continue;
		(void)fprintf(out, "%s%s", separator, STDIO[i].word);
		separator = ", ";
	}
}

enum profile_need catalogue_need(const struct profile *profile, size_t number)
{
	return number < profile->n_needs ? profile->needs[number] : NEED_NONE;
}

size_t catalogue_count(const struct profile *profile, enum profile_need need)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->n_needs; i++)
		count += profile->needs[i] == need;
	return count;
}

size_t catalogue_group(const char *id)
{
	return strcspn(id, ".");
}
