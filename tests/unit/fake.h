/* A service that says what a test tells it to say: a thread that takes connections on loopback, one at a time, and
 * gives the answers of a list in turn, the last one again and again. */
#ifndef TESTS_UNIT_FAKE_H
#define TESTS_UNIT_FAKE_H

#include "base/buf.h"
#include <stddef.h>

/* An answer is what goes out after a whole request was read, head and all; "" breaks the connection instead. */
void fake_start(const char *const *answers, size_t count);
void fake_stop(void);

/* The same with a function that puts the whole answer to a request, head and all; nothing put breaks the connection. */
typedef void fake_answer_fn(void *context, const char *request, struct buf *out);
void fake_start_with(fake_answer_fn *answer, void *context);

/* http://127.0.0.1:PORT */
const char *fake_url(void);

/* How many requests came in, and the last one, head and body. */
size_t fake_requests(void);
const char *fake_last(void);

/* Head and body of an answer with this status, further header lines (each with its CRLF) and body; static storage, the
 * last eight stay valid. */
const char *fake_answer(int status, const char *headers, const char *body);

#endif
