/* One line, drawn over itself. Knows no more of what goes on than how much of it is done. */
#include "base/progress.h"
#include "base/clock.h"
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define INTERVAL_US 100000

static void draw_bar(const struct progress *p)
{
    char bar[BAR_WIDTH + 1];
    size_t full = p->total ? p->done * BAR_WIDTH / p->total : BAR_WIDTH;
    for (size_t i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r%s [%s] %zu/%zu ", p->what, bar, p->done, p->total);
    fflush(stderr);
}

void progress_start(struct progress *progress, const char *what, size_t total)
{
    *progress = (struct progress){.what = what, .total = total, .shown = total > 0 && isatty(STDERR_FILENO)};
    if (progress->shown)
        draw_bar(progress);
    progress->drawn_us = clock_monotonic_us();
}

void progress_add(struct progress *progress, size_t count)
{
    progress->done += count;
    if (!progress->shown || clock_monotonic_us() - progress->drawn_us < INTERVAL_US)
        return;
    draw_bar(progress);
    progress->drawn_us = clock_monotonic_us();
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
    progress->shown = false;
}
