/* What becomes of each line of a batch, kept small: a line costs two bytes, and each of its refusals is kept once,
 * however many lines were refused alike. So a batch that holds nothing costs next to nothing while its answer waits to
 * be taken. Knows no exchange. Inside the API room; one thread at a time. */
#ifndef COLLECTOR_API_OUTCOMES_H
#define COLLECTOR_API_OUTCOMES_H

#include "base/json.h"
#include "collector/intake/submit.h"

#define OUTCOMES_MAX 4096 /* lines */

/* A way in which lines were refused before they came to the writer. */
struct outcome_refusal {
    enum problem problem;
    char *json; /* the problem's object */
};

struct outcomes {
    uint16_t *kinds; /* of each line: 0 a submission, n the refusal n - 1 */
    size_t count, capacity; /* of lines */
    struct outcome_refusal *refusals;
    size_t refusal_count, refusal_capacity;
    struct submission **submissions; /* in the order of their lines */
    size_t submission_count, submission_capacity;
    struct json **unescaped; /* hold the JWS of lines that had an escape */
    size_t unescaped_count, unescaped_capacity;
    size_t next_line, next_submission; /* of outcomes_next */
};

/* All zeros is an empty one. Frees the submissions too. */
void outcomes_free(struct outcomes *outcomes);

/* One more line that goes to the writer; takes the submission over, and `unescaped`, which holds its JWS (or NULL). -1:
 * no memory; both are freed. */
MUST_CHECK int outcomes_add(struct outcomes *outcomes, struct submission *submission, struct json *unescaped);

/* One more line that is refused with the problem's object in `json`, which is copied where it is new. -1: no memory. */
MUST_CHECK int outcomes_add_refusal(struct outcomes *outcomes, enum problem problem, const struct buf *json);

/* Bytes that it holds, submissions among them. */
size_t outcomes_size(const struct outcomes *outcomes);

/* The next line: its submission, or the refusal; the other is NULL. false: there is none. */
bool outcomes_next(struct outcomes *outcomes, const struct submission **submission,
                   const struct outcome_refusal **refusal);

#endif
