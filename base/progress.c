/* One line, drawn over itself. Knows no more of what goes on than how much of it is done. */
#include "base/progress.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/lang.h"
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define INTERVAL_US 100000
#define SECOND_US 1000000
#define LINE_MAX ((size_t)256)

static void put_time_left(struct buf *out, int64_t seconds)
{
    int64_t hours = seconds / 3600, minutes = seconds / 60 % 60;
    buf_put_text(out, T(", ", ", nog "));
    if (hours > 0)
        buf_printf(out, "%lld:%02lld:%02lld", (long long)hours, (long long)minutes, (long long)(seconds % 60));
    else
        buf_printf(out, "%lld:%02lld", (long long)minutes, (long long)(seconds % 60));
    buf_put_text(out, T(" left ", " "));
}

void progress_put(struct buf *out, const struct progress *progress, int64_t elapsed_us)
{
    size_t full = progress->total ? progress->done * BAR_WIDTH / progress->total : BAR_WIDTH;
    buf_printf(out, "%s [", progress->what);
    for (size_t i = 0; i < BAR_WIDTH; i++)
        buf_put_char(out, i < full ? '#' : '.');
    buf_printf(out, "] %zu/%zu ", progress->done, progress->total);
    if (elapsed_us < SECOND_US || progress->done == 0)
        return;
    double rate = (double)progress->done / ((double)elapsed_us / SECOND_US);
    buf_printf(out, "%.0f/s", rate);
    put_time_left(out,
                  progress->done < progress->total ? (int64_t)((double)(progress->total - progress->done) / rate) : 0);
}

/* What the line before had at its end is taken away. */
static void draw_bar(const struct progress *p, int64_t now_us)
{
    struct buf line;
    buf_init(&line, LINE_MAX);
    progress_put(&line, p, now_us - p->began_us);
    fprintf(stderr, "\r%s\033[K", buf_text(&line));
    fflush(stderr);
    buf_free(&line);
}

void progress_start(struct progress *progress, const char *what, size_t total)
{
    int64_t now_us = clock_monotonic_us();
    *progress = (struct progress){.what = what,
                                  .total = total,
                                  .began_us = now_us,
                                  .drawn_us = now_us,
                                  .shown = total > 0 && isatty(STDERR_FILENO) && !cli_is_dumb()};
    if (progress->shown)
        draw_bar(progress, now_us);
}

void progress_add(struct progress *progress, size_t count)
{
    progress->done += count;
    int64_t now_us = progress->shown ? clock_monotonic_us() : 0;
    if (!progress->shown || now_us - progress->drawn_us < INTERVAL_US)
        return;
    draw_bar(progress, now_us);
    progress->drawn_us = now_us;
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
    progress->shown = false;
}
