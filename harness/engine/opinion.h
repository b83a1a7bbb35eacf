/* Judging while the candidate is still watched: is there something that time could mend? */
#ifndef ENGINE_OPINION_H
#define ENGINE_OPINION_H

#include "engine/engine.h"
#include "observe/observe.h"

/* The profile to judge by. A style's own profile is loaded when the style is first seen. */
struct opinion {
	const char *asked;           /* as the caller asked; NULL: by the style */
	int style;                   /* declared: enum profile_style; -1: as it is seen */
	struct profile *by_style[2]; /* enum profile_style */
	struct profile *named;
	struct error *error;
};

/* Loads the asked profile, so that a wrong name is told before anything runs. */
int opinion_prepare(struct opinion *opinion, const char *profile, int style, struct error *error);
void opinion_free(struct opinion *opinion);

/* Loads what will most likely be asked for, when there is time for it; DATA is a struct opinion. */
void opinion_warm(void *data);

/* The profile for what the evidence shows: the asked one, or that of the style. NULL after an error. */
struct profile *opinion_profile(struct opinion *opinion, const struct evidence *evidence);

/* observe_plan.judge; DATA is a struct opinion. */
int opinion_judge(struct evidence *evidence, struct observe_opinion *ret_opinion, void *data);

/* Hands the profile over and says why it was taken. */
struct profile *opinion_take(struct opinion *opinion, const struct evidence *evidence, char *reason, size_t size);

#endif
