/* Evidence for tests, filled by the tables so that a new member is filled, too. */
#ifndef UNIT_EVIDENCE_FIXTURE_H
#define UNIT_EVIDENCE_FIXTURE_H

#include "evidence/evidence.h"

/* Every member set, with bytes that a hostile candidate may choose and the largest numbers. Aborts without memory. */
struct evidence *evidence_fixture_full(void);

/* A daemon of two processes as a launch leaves it; names and output are hostile. */
struct evidence *evidence_fixture_launch(void);

#endif
