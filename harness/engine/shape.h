/* The shape of a settled daemon: how many processes of which name, on which terminal and in which session role, what
 * listens, whether the pid file names one of them. A further launch that has come to the shape of the clean one has
 * settled at once; another shape must stand for the patience. */
#ifndef ENGINE_SHAPE_H
#define ENGINE_SHAPE_H

#include <stdint.h>

#include "evidence/evidence.h"

/* Equal for equal shapes. */
uint64_t shape_of(const struct evidence *evidence);

#endif
