/* Judging while the candidate is still watched. */
#include "engine/opinion.h"

#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "engine/profiles.h"

/* The textbook of each style. */
static const char *const STYLE_PROFILES[] = {[PROFILE_FORKS] = "sysv", [PROFILE_STAYS] = "simple"};

static enum profile_style style_of(const struct opinion *opinion, const struct evidence *evidence)
{
	if (opinion->style >= 0)
		return (enum profile_style)opinion->style;
	return evidence->launch.outcome == EV_STAYED ? PROFILE_STAYS : PROFILE_FORKS;
}

int opinion_prepare(struct opinion *opinion, const char *profile, int style, struct error *error)
{
	*opinion = (struct opinion){.asked = profile, .style = style, .error = error};
	return profile ? profiles_load(profile, &opinion->named, error) : 0;
}

void opinion_free(struct opinion *opinion)
{
	profile_free(opinion->by_style[PROFILE_FORKS]);
	profile_free(opinion->by_style[PROFILE_STAYS]);
	profile_free(opinion->named);
	*opinion = (struct opinion){0};
}

struct profile *opinion_profile(struct opinion *opinion, const struct evidence *evidence)
{
	enum profile_style style = style_of(opinion, evidence);

	if (opinion->named)
		return opinion->named;
	if (!opinion->by_style[style] &&
	    profiles_load(STYLE_PROFILES[style], &opinion->by_style[style], opinion->error) < 0)
		return NULL;
	return opinion->by_style[style];
}

void opinion_warm(void *data)
{
	struct opinion *opinion = data;

	/* A failure is told when the profile is needed. */
	if (!opinion->named && !opinion->by_style[PROFILE_FORKS])
		(void)profiles_load(STYLE_PROFILES[PROFILE_FORKS], &opinion->by_style[PROFILE_FORKS], NULL);
}

int opinion_judge(struct evidence *evidence, struct observe_opinion *ret_opinion, void *data)
{
	const struct profile *profile = opinion_profile(data, evidence);
	struct findings findings;
	uint64_t signature = 0xcbf29ce484222325u;
	int status;

	if (!profile)
		return -EINVAL;
	status = findings_judge(evidence, profile, &findings);
	if (status < 0)
		return status;
	for (size_t i = 0; i < findings.count; i++)
		signature = (signature ^ (findings.items[i].verdict + 1u)) * 0x100000001b3u;
	*ret_opinion = (struct observe_opinion){.pending = findings_pending(&findings), .signature = signature};
	findings_free(&findings);
	return 0;
}

static const char *style_reason(const struct evidence *evidence)
{
	switch (evidence->launch.outcome) {
	case EV_STAYED:
		return "the command stayed in the foreground";
	case EV_RETURNED:
	case EV_RESTLESS:
		return "the command returned, as one that forks away";
	case EV_NO_COMMAND:
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		return "the style could not be seen";
	}
	return "";
}

struct profile *opinion_take(struct opinion *opinion, const struct evidence *evidence, char *reason, size_t size)
{
	struct profile *profile = opinion_profile(opinion, evidence);

	(void)snprintf(reason, size, "%s",
	               opinion->named        ? "asked for"
	               : opinion->style >= 0 ? "for the declared style"
	                                     : style_reason(evidence));
	if (profile == opinion->named)
		opinion->named = NULL;
	else if (profile)
		opinion->by_style[style_of(opinion, evidence)] = NULL;
	return profile;
}
