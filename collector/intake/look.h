/* A look at what other collectors on the same store have committed: a job without submissions in the writer's queue; a
 * batch that it comes into does as well. Once it is done, and if it was `committed`, all that any collector had
 * answered before it was asked for is in roster, catalogue and proofs. Who asks while one is under way shares the
 * next. */
#ifndef COLLECTOR_INTAKE_LOOK_H
#define COLLECTOR_INTAKE_LOOK_H

#include "collector/intake/commit.h"

/* Asks for one; `done` and `context` of the job are the caller's. As commit_push, but announced here. Any thread. */
MUST_CHECK int look_begin(struct commit_queue *queue, struct commit_job *job);

/* The same, and waits for it: not on an HTTP thread. -1: it could not be had. */
MUST_CHECK int look_wait(struct commit_queue *queue);

#endif
