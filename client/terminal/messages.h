/* The words for what went otherwise than asked: a collector's problems, a connection's, the faults in what a person
 * gave. All that comes from elsewhere is made clean (base/text.h) on its way. Knows no file. Main thread only.
 *
 * The room: what a person reads and types. output.h makes tables and texts, questions.h a question and its answers;
 * input.h reads lines, at a terminal by editor.h (what each key does, pure) over tty.h (the terminal taken and given
 * back); prompt.h asks one question, dialogue.h a whole questionnaire. messages.h finds the words, failures.h says
 * them as a verb's last, outcome.h tells how deliveries went. The verbs (client/cmd) call all of them; those below
 * know none: what has something to tell gives it to its caller, in a struct or through a listener. */
#ifndef CLIENT_TERMINAL_MESSAGES_H
#define CLIENT_TERMINAL_MESSAGES_H

#include "base/buf.h"
#include "base/json.h"
#include "client/home/held.h"
#include "client/net/http.h"
#include "panel/actions.h"
#include "panel/follow_up.h"

/* "nl" or "en", as labels_text wants it. */
const char *messages_language(void);

/* "planned" …, as a person reads it. */
const char *messages_action_status(enum action_status status);

/* What is said to be done with answers. */
const char *messages_follow_up_status(enum follow_up_status status);

/* Appends one phrase: why a response waits that the collector turned away for now; nothing for HELD_NOT. */
void messages_put_held(struct buf *out, enum held held);

/* Appends one phrase: why a request failed, by what the collector said or by what came in between. */
void messages_put_reason(struct buf *out, const struct http_answer *answer);

/* The same for a problem by its name alone. */
void messages_put_problem(struct buf *out, enum problem problem, unsigned status);

/* A place as a person names it: of a JSON pointer to an answer the question's id, "answers" for all of them; any other
 * as it is. Points into `pointer`. */
const char *messages_place(const char *pointer);

/* Appends one of the `errors` of a problem answer, led by `before`: "PLACE: what is wrong there", no more than some
 * thousand bytes however long a collector makes them. false, and nothing, where it lacks either. */
bool messages_put_error(struct buf *out, const char *before, const struct json *error);

/* Says the `errors` of a problem answer (`body` is its JSON), a line each, led by two spaces; nothing where there are
 * none. */
void messages_say_errors(const char *body, size_t len);

/* Says how far our clock is from the collector's where that is more than the protocol allows; else nothing. */
void messages_say_clock(const struct http_answer *answer);

#endif
