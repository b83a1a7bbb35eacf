/* What is declared of the daemon, as a part of the evidence: it is judged again on another machine. */
#ifndef ENGINE_DECLARED_H
#define ENGINE_DECLARED_H

#include "base/error.h"
#include "engine/engine.h"

/* Fills evidence->declared. 0 or -ENOMEM. */
int declared_fill(const struct engine_request *request, struct evidence *evidence, struct error *error);

#endif
