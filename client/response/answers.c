/* Words QUESTION=VALUE and columns of a file alike become typed answers, and these JSON. */
#include "client/response/answers.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"
#include "panel/answer.h"
#include <string.h>

#define WHERE_MAX 80
#define ID_SIZE 65 /* no question has a longer id */
#define TYPED_MAX ((size_t)64 * 1024)

void answers_init(struct answers *answers, const struct questionnaire *questionnaire, char separator)
{
    memset(answers, 0, sizeof *answers);
    answers->questionnaire = questionnaire;
    answers->separator = separator;
}

void answers_free(struct answers *answers)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++) {
        mem_free(answers->typed[i]);
        answers->typed[i] = NULL;
    }
}

int answers_set(struct answers *answers, size_t question, const char *typed)
{
    char *copy = typed ? mem_copy_text(typed, strlen(typed)) : NULL;
    if (typed && !copy)
        return -1;
    mem_free(answers->typed[question]);
    answers->typed[question] = copy;
    return 0;
}

int answers_set_none(struct answers *answers, size_t question)
{
    return answers_set(answers, question,
                       answers->questionnaire->questions[question].type == QUESTION_MULTI ? "" : NULL);
}

static int set_given_value(struct answers *answers, size_t question, const char *value)
{
    bool is_none =
        text_is_blank(value, strlen(value)) || answer_is_none(&answers->questionnaire->questions[question], value);
    return answers_set(answers, question, is_none ? "" : value);
}

static void read_answer_word(struct answers *answers, const char *word, const char *where, struct faults *faults)
{
    char id[ID_SIZE];
    const char *sign = strchr(word, '=');
    size_t len = sign ? (size_t)(sign - word) : 0;
    if (len == 0 || len >= sizeof id) {
        faults_add(faults, where, "%s", T("not of the form QUESTION=VALUE", "niet van de vorm VRAAG=WAARDE"));
        return;
    }
    memcpy(id, word, len);
    id[len] = '\0';
    int question = questionnaire_find(answers->questionnaire, id);
    if (question < 0)
        faults_add(faults, where, T("no question '%s'", "geen vraag '%s'"), id);
    else if (answers->typed[question])
        faults_add(faults, where, T("question '%s' answered twice", "vraag '%s' twee keer beantwoord"), id);
    else if (set_given_value(answers, (size_t)question, sign + 1) < 0)
        faults->no_memory = true;
}

int answers_take_words(struct answers *answers, char *const *words, size_t count, struct faults *faults)
{
    for (size_t i = 0; i < count; i++) {
        struct buf where;
        buf_init(&where, WHERE_MAX);
        buf_printf(&where, T("answer %zu", "antwoord %zu"), i + 1);
        read_answer_word(answers, words[i], buf_text(&where), faults);
        buf_free(&where);
    }
    return faults_any(faults) ? -1 : 0;
}

/* An answer as it would have been typed. Nothing for what is no answer to that kind of question. */
static void put_as_typed(struct buf *out, const struct question *question, const struct json *value, char separator)
{
    int64_t number;
    const struct json *element = json_first(value);
    switch (question->type) {
    case QUESTION_SCALE:
        if (json_integer(value, &number) == 0)
            buf_put_integer(out, number);
        return;
    case QUESTION_CHOICE:
    case QUESTION_TEXT:
        buf_put_text(out, json_text(value) ? json_text(value) : "");
        return;
    case QUESTION_MULTI:
        for (; element; element = json_next(element)) {
            buf_put_text(out, json_text(element) ? json_text(element) : "");
            if (json_next(element))
                buf_put_char(out, separator);
        }
        return;
    }
}

static int set_from_json(struct answers *answers, size_t question, const struct json *value)
{
    struct buf typed;
    int result = -1;
    buf_init(&typed, TYPED_MAX);
    put_as_typed(&typed, &answers->questionnaire->questions[question], value, answers->separator);
    bool is_seen = answers->questionnaire->questions[question].type != QUESTION_TEXT ||
                   !text_is_blank(buf_text(&typed), typed.len);
    if (buf_check(&typed) == 0)
        result = answers_set(answers, question, is_seen ? buf_text(&typed) : NULL);
    buf_free(&typed);
    return result;
}

int answers_take_json(struct answers *answers, const struct buf *json)
{
    struct json *document = json_parse(buf_text(json), json->len, NULL);
    int result = document ? 0 : -1;
    for (size_t i = 0; i < answers->questionnaire->question_count && result == 0; i++) {
        const struct json *value = json_member(document, answers->questionnaire->questions[i].id);
        if (value)
            result = set_from_json(answers, i, value);
    }
    json_free(document);
    return result;
}

int answers_keep(struct answers *answers, const struct answers *earlier)
{
    for (size_t i = 0; i < answers->questionnaire->question_count; i++) {
        const char *anew = answers->typed[i];
        bool is_taken_away = anew && !*anew && answers->questionnaire->questions[i].type != QUESTION_MULTI;
        if (is_taken_away && answers_set(answers, i, NULL) < 0)
            return -1;
        if (!anew && earlier->typed[i] && answers_is_asked(answers, i) &&
            answers_set(answers, i, earlier->typed[i]) < 0)
            return -1;
    }
    return 0;
}

bool answers_is_asked(const struct answers *answers, size_t question)
{
    const struct question *q = &answers->questionnaire->questions[question];
    if (!q->has_when)
        return true;
    const char *typed = answers->typed[q->when_question];
    if (!typed)
        return false;
    int option = answer_find_option(&answers->questionnaire->questions[q->when_question], typed);
    return option >= 0 && (size_t)option == q->when_option;
}

int answers_put_json(struct buf *out, const struct answers *answers, struct faults *faults)
{
    int result = 0;
    const char *between = "";
    buf_put_char(out, '{');
    for (size_t i = 0; i < answers->questionnaire->question_count; i++) {
        const struct question *question = &answers->questionnaire->questions[i];
        size_t mark = out->len;
        if (!answers->typed[i])
            continue;
        buf_put_text(out, between);
        json_put_text(out, question->id);
        buf_put_char(out, ':');
        if (answer_put(out, question, answers->typed[i], answers->separator, faults) < 0) {
            out->len = mark; /* as if it had not been given */
            result = -1;
        } else {
            between = ",";
        }
    }
    buf_put_char(out, '}');
    if (buf_check(out) < 0)
        faults->no_memory = true;
    return faults->no_memory ? -1 : result;
}
