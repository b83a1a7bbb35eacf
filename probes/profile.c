/* The life of a profile; it is read elsewhere, and is only data here. */
#include "probes/profile.h"

#include <stdlib.h>

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	free(profile->name);
	free(profile->title);
	free(profile->summary);
	free(profile->needs);
	free(profile->umasks);
	for (size_t i = 0; profile->directories && profile->directories[i]; i++)
		free(profile->directories[i]);
	free(profile->directories);
	free(profile);
}
