/* A job arranged: what is known only when the clean launch and the candidate file are is put into its row. */
#ifndef ENGINE_ARRANGE_H
#define ENGINE_ARRANGE_H

#include "engine/launch.h"
#include "engine/plan.h"

enum { ARRANGE_STEPS_MAX = 64, ARRANGE_ARGUMENTS_MAX = 3, ARRANGE_FILES_MAX = 80, ARRANGE_TEXTS_MAX = 80 };

/* A launch as it is carried out. It may not be moved: it points into itself. */
struct arranged {
	struct launch_plan launch;
	struct script_step steps[ARRANGE_STEPS_MAX];
	const char *arguments[ARRANGE_STEPS_MAX][ARRANGE_ARGUMENTS_MAX];
	struct variation_file files[ARRANGE_FILES_MAX];
	const char *occupied[ARRANGE_TEXTS_MAX];
	char *texts[ARRANGE_TEXTS_MAX]; /* owned */
	size_t n_texts;
	bool overfull; /* more was asked for than there is room */
};

/* The clean launch: files and set-up of the candidate file. Free with arranged_free in any case. 0 or -E2BIG. */
int arrange_clean(const struct engine_request *request, struct arranged *ret_arranged);

/* A further launch. 0, -ENOMEM or -E2BIG. */
int arrange_job(const struct engine_request *request, const struct job *job, const struct evidence *top,
                struct arranged *ret_arranged);
void arranged_free(struct arranged *arranged);

#endif
