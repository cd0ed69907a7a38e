/* What a daemon tells whoever runs it: a line each on standard error, `2026-01-01T00:00:00Z level message`. What must
 * not reach a terminal (base/text.h) is written as \xNN, so one event is one line. Secrets, codes, answers and
 * addresses never come here. Any thread. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/compiler.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO };

/* Lines above `level` are left out; LOG_INFO at the start. */
void log_set_level(enum log_level level);

/* 0 and *out for "error", "warning", "info"; -1 else. */
MUST_CHECK int log_level_find(const char *name, enum log_level *out);

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
