/* A bar on standard error while something long goes on, with how fast and, where it is known, how long yet; nothing at
 * all where that is no terminal, or one that is dumb (TERM). Knows not what goes on. Main thread only. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *what; /* one word before the bar */
    size_t total, done;
    int64_t began_us, drawn_us; /* drawn_us: when last */
    bool shown;
};

/* `what` must outlive it. */
void progress_start(struct progress *progress, const char *what, size_t total);

/* `count` more are done. Draws ten times a second at most. */
void progress_add(struct progress *progress, size_t count);

/* Takes the bar away, so that what is said next starts on a clean line. */
void progress_end(struct progress *progress);

/* The line as it is `elapsed_us` after the start: from the first second on with the rate and, by that rate, the time
 * left as minutes:seconds or hours:minutes:seconds. At most 79 columns for a `what` of 12. Pure. */
void progress_put(struct buf *out, const struct progress *progress, int64_t elapsed_us);

#endif
