/* Checks 5, 6 and 7 of PROTOCOL 5: response_check of response.h. This runs for every response, so the answers are
 * resolved in one pass each over the claims and over the questionnaire, with one allocation. */
#include "base/clock.h"
#include "base/mem.h"
#include "panel/pointer.h"
#include "panel/response.h"
#include <inttypes.h>
#include <string.h>

#define POINTER_MAX ((size_t)1024 * 1024)

enum asked { ASKED_NO, ASKED_YES, ASKED_UNKNOWN }; /* unknown: the answer that decides it is itself wrong */

#define CHOSE_NOTHING (-1)
#define CHOSE_WRONGLY (-2)

struct checking {
    const struct questionnaire *questionnaire;
    const struct json *given[QUESTIONS_MAX]; /* the answer to each question, or NULL */
    int chosen[QUESTIONS_MAX]; /* option of a scale or choice, or CHOSE_… */
    enum asked asked[QUESTIONS_MAX];
    struct mark *marks;
    size_t mark_count;
    struct faults *faults;
    struct buf where;
};

static const char *pointer_to(struct checking *c, const char *question)
{
    buf_reset(&c->where);
    buf_put_text(&c->where, "/answers");
    pointer_put_name(&c->where, question);
    if (buf_check(&c->where) < 0)
        c->faults->no_memory = true;
    return buf_text(&c->where);
}

static const char *pointer_into(struct checking *c, const char *question, size_t place)
{
    pointer_to(c, question);
    pointer_put_place(&c->where, place);
    if (buf_check(&c->where) < 0)
        c->faults->no_memory = true;
    return buf_text(&c->where);
}

#define NO_OPTION(c)                                                                                                   \
    FAULTS_SAY((c)->faults, "must be the value of one of the question's options",                                      \
               "moet de waarde van een van de opties zijn")

#define answer_fault(c, question, ...) faults_add((c)->faults, pointer_to(c, question), __VA_ARGS__)

/* Most clients answer in the order of the questionnaire, so the question after the last one found is tried first. */
static int find_question(const struct questionnaire *questionnaire, const char *id, size_t likely)
{
    if (likely < questionnaire->question_count && strcmp(questionnaire->questions[likely].id, id) == 0)
        return (int)likely;
    return questionnaire_find(questionnaire, id);
}

static size_t most_marks(const struct json *answer)
{
    if (json_type(answer) != JSON_ARRAY)
        return 2;
    size_t count = json_count(answer);
    return 1 + (count < OPTIONS_MAX ? count : OPTIONS_MAX);
}

/* Puts each answer with its question; returns how many marks they can come to. Stops when no more faults are kept:
 * looking up thousands of made-up names would cost more than the signature did. */
static size_t match_answers(struct checking *c, const struct json *answers)
{
    size_t likely = 0, marks = 0;
    memset(c->given, 0, c->questionnaire->question_count * sizeof *c->given);
    for (const struct json *answer = json_first(answers); answer; answer = json_next(answer)) {
        int found = find_question(c->questionnaire, json_name(answer), likely);
        if (found >= 0) {
            c->given[found] = answer;
            likely = (size_t)found + 1;
            marks += most_marks(answer);
            continue;
        }
        answer_fault(c, json_name(answer), "is not a question of this round's questionnaire");
        if (c->faults->count == FAULTS_MAX)
            break;
    }
    return marks;
}

static enum asked is_asked(const struct checking *c, const struct question *question)
{
    if (!question->has_when)
        return ASKED_YES;
    size_t other = question->when_question;
    if (c->asked[other] == ASKED_NO)
        return ASKED_NO;
    if (c->chosen[other] == CHOSE_WRONGLY)
        return ASKED_UNKNOWN;
    return c->chosen[other] == (int)question->when_option ? c->asked[other] : ASKED_NO;
}

static void put_mark(struct checking *c, size_t place, size_t option)
{
    c->marks[c->mark_count++] = (struct mark){.question = (uint16_t)place, .option = (uint16_t)option};
}

static void check_scale(struct checking *c, size_t place)
{
    const struct question *question = &c->questionnaire->questions[place];
    int64_t value;
    int option = -1;
    if (json_integer(c->given[place], &value) == 0)
        option = question_find_value(question, value);
    c->chosen[place] = option >= 0 ? option : CHOSE_WRONGLY;
    if (option >= 0)
        put_mark(c, place, (size_t)option);
    else
        answer_fault(c, question->id,
                     FAULTS_SAY(c->faults, "must be an integer from %" PRId64 " to %" PRId64,
                                "moet een geheel getal van %" PRId64 " tot en met %" PRId64 " zijn"),
                     question->min, question->max);
}

static void check_choice(struct checking *c, size_t place)
{
    const struct question *question = &c->questionnaire->questions[place];
    const char *value = json_text(c->given[place]);
    int option = value ? question_find_option(question, value) : -1;
    c->chosen[place] = option >= 0 ? option : CHOSE_WRONGLY;
    if (option >= 0)
        put_mark(c, place, (size_t)option);
    else
        answer_fault(c, question->id, "%s", NO_OPTION(c));
}

static void check_multi(struct checking *c, size_t place)
{
    const struct question *question = &c->questionnaire->questions[place];
    if (json_type(c->given[place]) != JSON_ARRAY) {
        answer_fault(c, question->id, "%s",
                     FAULTS_SAY(c->faults, "must be a list of values of the question's options",
                                "moet een lijst van waarden van de opties zijn"));
        return;
    }
    uint64_t given = 0; /* OPTIONS_MAX bits */
    size_t element = 0;
    for (const struct json *value = json_first(c->given[place]); value; value = json_next(value), element++) {
        int option = question_find_option(question, json_text(value));
        if (option >= 0)
            given |= UINT64_C(1) << option;
        else if (c->faults->count < FAULTS_MAX)
            faults_add(c->faults, pointer_into(c, question->id, element), "%s", NO_OPTION(c));
        else
            return;
    }
    for (size_t option = 0; option < question->option_count; option++)
        if (given >> option & 1)
            put_mark(c, place, option);
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void check_text(struct checking *c, size_t place)
{
    const struct question *question = &c->questionnaire->questions[place];
    const char *text = json_text(c->given[place]);
    if (!text)
        answer_fault(c, question->id, "%s", FAULTS_SAY(c->faults, "must be a string", "moet een tekst zijn"));
    else if (text[0] == '\0')
        answer_fault(c, question->id, "%s",
                     FAULTS_SAY(c->faults, "must not be empty; leave the question out",
                                "mag niet leeg zijn; laat de vraag weg"));
    else if (count_characters(text) > question->max_length)
        answer_fault(
            c, question->id,
            question->max_length == 1
                ? FAULTS_SAY(c->faults, "must be at most %zu character long", "mag hoogstens %zu teken lang zijn")
                : FAULTS_SAY(c->faults, "must be at most %zu characters long", "mag hoogstens %zu tekens lang zijn"),
            question->max_length);
}

static void check_answer(struct checking *c, size_t place)
{
    put_mark(c, place, MARK_ANSWERED);
    switch (c->questionnaire->questions[place].type) {
    case QUESTION_SCALE:
        check_scale(c, place);
        break;
    case QUESTION_CHOICE:
        check_choice(c, place);
        break;
    case QUESTION_MULTI:
        check_multi(c, place);
        break;
    case QUESTION_TEXT:
        check_text(c, place);
        break;
    }
}

static void check_question(struct checking *c, size_t place)
{
    const struct question *question = &c->questionnaire->questions[place];
    bool is_answered = c->given[place] != NULL;
    c->chosen[place] = CHOSE_NOTHING;
    c->asked[place] = is_asked(c, question);
    if (is_answered && c->asked[place] == ASKED_NO)
        answer_fault(c, question->id,
                     FAULTS_SAY(c->faults, "is not asked, given the answer to '%s'; leave it out",
                                "wordt niet gevraagd bij het antwoord op '%s'; laat dit weg"),
                     c->questionnaire->questions[question->when_question].id);
    if (!is_answered && c->asked[place] == ASKED_YES && question->required)
        answer_fault(c, question->id, "%s", FAULTS_SAY(c->faults, "is required", "moet beantwoord worden"));
    if (is_answered)
        check_answer(c, place);
}

static void check_answers(struct checking *c, const struct json *answers)
{
    buf_init(&c->where, POINTER_MAX);
    size_t most = match_answers(c, answers);
    c->marks = mem_alloc((most + 1) * sizeof *c->marks);
    if (!c->marks)
        c->faults->no_memory = true;
    else
        for (size_t i = 0; i < c->questionnaire->question_count; i++)
            check_question(c, i);
    buf_free(&c->where);
}

static void check_time(const struct response *response, const struct round *round, int64_t now, struct faults *faults)
{
    char opened[CLOCK_TEXT_SIZE];
    if (response->iat > now + IAT_TOLERANCE)
        faults_add(faults, "/iat", "%s",
                   FAULTS_SAY(faults, "is ahead of the collector's clock; set the clock right",
                              "ligt voor op de klok van de verzamelaar; zet de klok goed"));
    if (response->iat < round->opens_at) {
        clock_format(round->opens_at, opened);
        faults_add(faults, "/iat",
                   FAULTS_SAY(faults, "is before the round opened, at %s", "ligt voor het begin van de ronde, op %s"),
                   opened);
    }
}

/* aud, round and action; nothing else can be judged while one of these is wrong. */
static int check_subject(const struct response *response, const struct panel *panel, const struct action_list *actions,
                         struct ballot *out, struct faults *faults)
{
    int round = panel_find_round(panel, response->round), action = action_list_find(actions, response->action);
    if (strcmp(response->aud, panel->id) != 0)
        faults_add(faults, "/aud", FAULTS_SAY(faults, "is another panel than '%s'", "is een ander panel dan '%s'"),
                   panel->id);
    if (round < 0)
        faults_add(faults, "/round", "%s",
                   FAULTS_SAY(faults, "is not a round of this panel", "is geen ronde van dit panel"));
    if (action < 0)
        faults_add(faults, "/action", "%s",
                   FAULTS_SAY(faults, "is not on the action list", "staat niet op de actielijst"));
    else if (round >= 0 && !round_has_action(&panel->rounds[round], response->action))
        faults_add(
            faults, "/action", "%s",
            FAULTS_SAY(faults, "is not among the actions of this round", "hoort niet bij de acties van deze ronde"));
    if (faults_any(faults))
        return -1;
    out->round = (size_t)round;
    out->action = (size_t)action;
    return 0;
}

int response_check(const struct response *response, const struct panel *panel, const struct action_list *actions,
                   int64_t now, struct ballot *out, struct faults *faults)
{
    struct ballot ballot;
    if (check_subject(response, panel, actions, &ballot, faults) < 0)
        return -1;
    const struct round *round = &panel->rounds[ballot.round];
    struct checking c; /* not cleared: only the places of this questionnaire's questions are used */
    c.questionnaire = round_questionnaire(panel, round);
    c.faults = faults;
    c.mark_count = 0;
    check_answers(&c, response->answers);
    check_time(response, round, now, faults);
    if (faults_any(faults)) {
        mem_free(c.marks);
        return -1;
    }
    ballot.marks = c.marks;
    ballot.mark_count = c.mark_count;
    *out = ballot;
    return 0;
}

void ballot_free(struct ballot *ballot)
{
    mem_free(ballot->marks);
    *ballot = (struct ballot){0};
}
