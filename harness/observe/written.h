/* What the candidate wrote: the upper layers of the sandbox's root. */
#ifndef OBSERVE_WRITTEN_H
#define OBSERVE_WRITTEN_H

#include "evidence/evidence.h"
#include "sandbox/sandbox.h"

/* Fills evidence->written. TREE is the lower layer ("/" or the other root), to tell what was there before. 0 or
 * -ENOMEM; a bound that was hit shows in evidence->truncated. */
int written_read(const struct sandbox *sandbox, const char *tree, struct evidence *evidence);

#endif
