/* The order of the questions, and the answers as a whole. What was given stands in `kept`, so that Enter keeps it
 * when a question comes again; `answers` are made from it, in order, since what is asked depends on earlier ones. */
#include "client/terminal/dialogue.h"
#include "base/cli.h"
#include "base/lang.h"
#include "base/number.h"
#include "client/terminal/output.h"
#include "client/terminal/prompt.h"
#include "client/terminal/questions.h"
#include <string.h>
#include <strings.h>

#define SHOWN_MAX ((size_t)512 * 1024)
#define LINE_MAX ((size_t)64)

struct walk {
    const struct dialogue *dialogue;
    struct answers *answers;
    struct answers kept;
    bool is_given[QUESTIONS_MAX]; /* in this dialogue, be it with no answer */
    bool is_reviewed; /* all answers were shown: back leads there from any question */
};

static size_t question_count(const struct walk *walk)
{
    return walk->answers->questionnaire->question_count;
}

/* Sets all answers anew from what was given. */
static int settle_answers(struct walk *walk)
{
    for (size_t i = 0; i < question_count(walk); i++) {
        bool is_answered = walk->is_given[i] && answers_is_asked(walk->answers, i);
        if (answers_set(walk->answers, i, is_answered ? walk->kept.typed[i] : NULL) < 0)
            return -1;
    }
    return 0;
}

/* The first question that is asked and has not been; as many as there are when all have. */
static size_t next_question(const struct walk *walk)
{
    size_t i = 0;
    while (i < question_count(walk) && (walk->is_given[i] || !answers_is_asked(walk->answers, i)))
        i++;
    return i;
}

/* The last question before `question` that is asked; `question` itself when there is none. */
static size_t question_before(const struct walk *walk, size_t question)
{
    for (size_t i = question; i-- > 0;)
        if (answers_is_asked(walk->answers, i))
            return i;
    return question;
}

/* Asks one question, and takes its answer up. */
static enum prompt_result ask_question(struct walk *walk, size_t question)
{
    struct prompt prompt = {.input = walk->dialogue->input,
                            .kept = &walk->kept,
                            .room = walk->dialogue->room,
                            .can_go_back = walk->is_reviewed || question_before(walk, question) != question};
    enum prompt_result result = prompt_question(&prompt, walk->answers, question);
    if (result == PROMPT_DONE) {
        walk->is_given[question] = true;
        if (answers_set(&walk->kept, question, walk->answers->typed[question]) < 0)
            return PROMPT_FAILED;
    }
    if (settle_answers(walk) < 0)
        return PROMPT_FAILED;
    if (result == PROMPT_DONE && walk->dialogue->answered)
        walk->dialogue->answered(walk->dialogue->context, walk->answers);
    return result;
}

/* The question before, having said so where there is none. */
static size_t go_back(const struct walk *walk, size_t question)
{
    size_t before = question_before(walk, question);
    if (before == question)
        cli_say("  %s", T("this is the first question", "dit is de eerste vraag"));
    return before;
}

/* Asks from `question` on until none is left. */
static enum prompt_result ask_from(struct walk *walk, size_t question)
{
    while (question < question_count(walk)) {
        enum prompt_result result = ask_question(walk, question);
        if (result == PROMPT_BACK)
            question = go_back(walk, question);
        else if (result == PROMPT_DONE)
            question = next_question(walk);
        else
            return result;
    }
    return PROMPT_DONE;
}

/* What is said before the first question. */
static void say_beginning(const struct walk *walk)
{
    const struct questionnaire *questionnaire = walk->answers->questionnaire;
    size_t conditional = 0;
    struct buf text;
    for (size_t i = 0; i < questionnaire->question_count; i++)
        conditional += questionnaire->questions[i].has_when;
    buf_init(&text, SHOWN_MAX);
    buf_printf(&text,
               questionnaire->question_count == 1 ? T("%zu question", "%zu vraag") : T("%zu questions", "%zu vragen"),
               questionnaire->question_count);
    if (conditional > 0)
        buf_printf(&text, T(", of which %zu by what you answer", ", waarvan %zu afhankelijk van uw antwoorden"),
                   conditional);
    buf_put_text(&text, T(". Nothing is signed or sent before you have seen all your answers.\n",
                          ". Niets wordt ondertekend of verstuurd voordat u al uw antwoorden hebt gezien.\n"));
    output_say_lines(&text);
    buf_free(&text);
}

/* All answers, for who is to agree. */

static void put_question_and_answer(struct buf *out, const struct walk *walk, size_t question)
{
    const struct question *q = &walk->answers->questionnaire->questions[question];
    const char *typed = walk->answers->typed[question];
    buf_printf(out, "  %2zu  ", question + 1);
    question_put_label(out, q);
    buf_put_text(out, "\n      ");
    if (typed)
        question_put_answer(out, q, typed, walk->answers->separator, "      ");
    else
        buf_put_text(out, T("(no answer)", "(geen antwoord)"));
    buf_put_char(out, '\n');
}

static int show_all_answers(const struct walk *walk)
{
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    buf_put_text(&out, T("\nYour answers:\n", "\nUw antwoorden:\n"));
    for (size_t i = 0; i < question_count(walk); i++)
        if (answers_is_asked(walk->answers, i))
            put_question_and_answer(&out, walk, i);
    buf_put_text(&out,
                 T("Sign and send these? y: yes, a number: change that answer, <: back, q: stop, nothing is sent\n",
                   "Deze ondertekenen en versturen? j: ja, een nummer: verander dat antwoord, <: terug, q: stop, er "
                   "wordt niets verstuurd\n"));
    output_say_lines(&out);
    int result = buf_check(&out);
    buf_free(&out);
    return result;
}

/* What was typed below all answers. */
enum review_choice { REVIEW_AGREED, REVIEW_LEFT, REVIEW_QUESTION, REVIEW_UNKNOWN };

static bool is_one_of_words(const char *line, const char *const *words)
{
    while (*words && strcasecmp(line, *words) != 0)
        words++;
    return *words;
}

static enum review_choice read_choice(const struct walk *walk, const char *line, size_t *question)
{
    static const char *const agreeing[] = {"y", "yes", "j", "ja", NULL}, *const leaving[] = {"q",  "quit", "n",
                                                                                             "no", "nee",  NULL};
    int64_t number;
    if (is_one_of_words(line, agreeing))
        return REVIEW_AGREED;
    if (is_one_of_words(line, leaving))
        return REVIEW_LEFT;
    if (strcmp(line, "<") == 0) {
        *question = question_before(walk, question_count(walk));
        return REVIEW_QUESTION;
    }
    if (number_read(line, 1, (int64_t)question_count(walk), &number) < 0 ||
        !answers_is_asked(walk->answers, (size_t)number - 1))
        return REVIEW_UNKNOWN;
    *question = (size_t)number - 1;
    return REVIEW_QUESTION;
}

static enum dialogue_result broken_off(enum prompt_result result)
{
    return result == PROMPT_ENDED ? DIALOGUE_ENDED : DIALOGUE_FAILED;
}

/* Mends one answer; who goes back from it comes to all answers again. Then what is asked by it. */
static enum prompt_result mend_answer(struct walk *walk, size_t question)
{
    enum prompt_result result = ask_question(walk, question);
    return result == PROMPT_DONE || result == PROMPT_BACK ? ask_from(walk, next_question(walk)) : result;
}

static enum dialogue_result review_answers(struct walk *walk, struct buf *line)
{
    for (;;) {
        size_t question;
        if (show_all_answers(walk) < 0)
            return DIALOGUE_FAILED;
        enum input_result read = input_read_line(walk->dialogue->input, line);
        if (read == INPUT_ENDED || read == INPUT_NO_MEMORY)
            return read == INPUT_ENDED ? DIALOGUE_ENDED : DIALOGUE_FAILED;
        switch (read == INPUT_LINE ? read_choice(walk, buf_text(line), &question) : REVIEW_UNKNOWN) {
        case REVIEW_AGREED:
            return DIALOGUE_AGREED;
        case REVIEW_LEFT:
            return DIALOGUE_LEFT;
        case REVIEW_UNKNOWN:
            cli_say("  %s", T("type y, the number of a question above, < or q",
                              "typ j, het nummer van een vraag hierboven, < of q"));
            break;
        case REVIEW_QUESTION: {
            enum prompt_result result = mend_answer(walk, question);
            if (result != PROMPT_DONE)
                return broken_off(result);
        }
        }
    }
}

static enum dialogue_result ask_and_review(struct walk *walk)
{
    struct buf line;
    bool is_terminal = walk->dialogue->input->is_terminal;
    if (is_terminal)
        say_beginning(walk);
    enum prompt_result asked = ask_from(walk, next_question(walk));
    if (asked != PROMPT_DONE)
        return broken_off(asked);
    if (!is_terminal)
        return DIALOGUE_AGREED;
    walk->is_reviewed = true;
    buf_init(&line, LINE_MAX);
    enum dialogue_result result = review_answers(walk, &line);
    buf_free(&line);
    return result;
}

/* What Enter keeps at first: what was begun, else what was answered before. */
static int prepare_walk(struct walk *walk)
{
    const struct answers *earlier = walk->dialogue->earlier, *begun = walk->dialogue->begun;
    for (size_t i = 0; i < question_count(walk); i++) {
        walk->is_given[i] = begun && begun->typed[i];
        if (answers_set(&walk->kept, i, walk->is_given[i] ? begun->typed[i] : earlier->typed[i]) < 0)
            return -1;
    }
    return settle_answers(walk);
}

enum dialogue_result dialogue_run(const struct dialogue *dialogue, struct answers *answers)
{
    struct walk walk = {.dialogue = dialogue, .answers = answers};
    answers_init(&walk.kept, answers->questionnaire, dialogue->earlier->separator);
    enum dialogue_result result = prepare_walk(&walk) < 0 ? DIALOGUE_FAILED : ask_and_review(&walk);
    answers_free(&walk.kept);
    return result;
}
