/* What the faults share. */
#ifndef CANDIDATES_WRONG_H
#define CANDIDATES_WRONG_H

#include <stddef.h>

#include "plan.h"

/* A step left out. */
void wrong_nothing(struct plan *plan);

void wrong_sleep(long ms);

/* Until the started process has ended and been reaped. */
void wrong_await_launcher_gone(const struct plan *plan);

/* "DIRECTORY/candidate.NAME" in static storage. */
const char *wrong_path(const struct plan *plan, const char *name);

/* A listening stream socket bound to PATH with MODE. */
int wrong_bind(const char *path, mode_t mode);

#endif
