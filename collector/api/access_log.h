/* Who read what is not published: a line in the store before the answer that it is about, or no answer. Inside the API
 * room. HTTP threads and those that make tables. */
#ifndef COLLECTOR_API_ACCESS_LOG_H
#define COLLECTOR_API_ACCESS_LOG_H

#include "collector/api/api.h"

/* Notes that the bearer of `token` is given `rows` rows of what the format says, as by printf. On stable storage when
 * it returns; it may wait for a commit. -1: *error; then what was asked must not be given. */
MUST_CHECK int access_log_note(struct service *service, const char *token, int64_t rows, struct error *error,
                               const char *format, ...) PRINTF_LIKE(5, 6);

#endif
