/* Whether a line is due is decided under the lock, and it is written after: so none waits for a log that is slow. */
#include "base/trouble.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell_begun(const struct trouble *trouble, const char *text)
{
    switch (trouble->level) {
    case LOG_ERROR:
        log_error("%s: %s", trouble->where, text);
        break;
    case LOG_WARNING:
        log_warning("%s: %s", trouble->where, text);
        break;
    case LOG_INFO:
        log_info("%s: %s", trouble->where, text);
        break;
    }
}

/* Whether it is to be told; with the lock held. */
static bool is_news(const struct trouble *trouble, int64_t now, const char *text)
{
    if (!atomic_load(&trouble->lasts))
        return true;
    return now - trouble->told_at >= TROUBLE_QUIET_US && strcmp(trouble->text, text) != 0;
}

void trouble_met(struct trouble *trouble, int64_t now, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pthread_mutex_lock(&trouble->lock);
    bool is_due = is_news(trouble, now, text);
    if (!atomic_load(&trouble->lasts))
        trouble->count = 0;
    trouble->count++;
    trouble->met_at = now;
    if (is_due) {
        trouble->told_at = now;
        memcpy(trouble->text, text, sizeof text);
    }
    atomic_store(&trouble->lasts, true);
    pthread_mutex_unlock(&trouble->lock);
    if (is_due)
        tell_begun(trouble, text);
}

void trouble_passed(struct trouble *trouble, int64_t now)
{
    if (!atomic_load_explicit(&trouble->lasts, memory_order_relaxed))
        return;
    pthread_mutex_lock(&trouble->lock);
    bool is_over = atomic_load(&trouble->lasts) && now - trouble->met_at >= TROUBLE_QUIET_US;
    unsigned long long count = trouble->count;
    char text[ERROR_TEXT_SIZE];
    memcpy(text, trouble->text, sizeof text);
    if (is_over)
        atomic_store(&trouble->lasts, false);
    pthread_mutex_unlock(&trouble->lock);
    if (is_over)
        log_info("%s: over, met %llu times: %s", trouble->where, count, text);
}
