/* One member's answers to one questionnaire as they were typed, on their way to the claims. Pure. One thread. */
#ifndef CLIENT_RESPONSE_ANSWERS_H
#define CLIENT_RESPONSE_ANSWERS_H

#include "base/buf.h"
#include "panel/definition.h"
#include "panel/faults.h"

struct answers {
    const struct questionnaire *questionnaire;
    char separator; /* between the values of a multi */
    char *typed[QUESTIONS_MAX]; /* NULL where unanswered */
};

/* No answers yet; the questionnaire must outlive them. */
void answers_init(struct answers *answers, const struct questionnaire *questionnaire, char separator);
void answers_free(struct answers *answers);

/* Copies what was typed for a question in place of what was there; NULL makes it unanswered. -1: no memory. */
MUST_CHECK int answers_set(struct answers *answers, size_t question, const char *typed);

/* The same for what answer_is_none says of: a multi is answered with none of its options, another question not at
 * all. */
MUST_CHECK int answers_set_none(struct answers *answers, size_t question);

/* Takes `count` words QUESTION=VALUE; a value that shows nothing (text_is_blank) or is none (answer_is_none) is "".
 * Every word that is none, names no question or one named before is a fault; whether a value fits is not looked at, and
 * none is shown. -1 with at least one fault. */
MUST_CHECK int answers_take_words(struct answers *answers, char *const *words, size_t count, struct faults *faults);

/* Takes the answers of a response, a JSON object; what answers no question of the questionnaire, and a text that shows
 * nothing, as other programs may have signed, are passed over. -1: no
 * memory. */
MUST_CHECK int answers_take_json(struct answers *answers, const struct buf *json);

/* Fills in what was answered before and not anew, for the questions that are asked by their `when` and the answers so
 * far; an answer anew that is "" stays away instead, but for a multi, which it answers with none of its options. -1: no
 * memory. */
MUST_CHECK int answers_keep(struct answers *answers, const struct answers *earlier);

/* Whether the question should be asked, going by its `when` and the answers so far, as they will be signed. */
bool answers_is_asked(const struct answers *answers, size_t question);

/* Puts them as a JSON object in the order of the questionnaire. -1 with a fault for each that does not fit its
 * question, which is then left out. */
MUST_CHECK int answers_put_json(struct buf *out, const struct answers *answers, struct faults *faults);

#endif
