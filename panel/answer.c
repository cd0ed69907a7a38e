/* One answer as JSON from what a person typed. The collector judges again what comes out;
 * here it is judged while the person who can mend it is still there, and in that person's language. */
#include "panel/answer.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/number.h"
#include "base/text.h"
#include "base/utf8.h"
#include "panel/pointer.h"
#include <inttypes.h>
#include <string.h>

#define POINTER_MAX 128 /* a question's id has at most 64 characters */

struct typed {
    const struct question *question;
    struct faults *faults;
    struct buf where;
};

#define typed_fault(t, ...) faults_add((t)->faults, buf_text(&(t)->where), __VA_ARGS__)

/* A word without the blanks around it. */
struct word {
    const char *text;
    size_t len;
};

static struct word trim_word(const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", text[0]) != NULL)
        text++, len--;
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    return (struct word){text, len};
}

static int find_option(const struct question *question, struct word word)
{
    for (size_t i = 0; i < question->option_count; i++)
        if (strlen(question->options[i].value) == word.len &&
            memcmp(question->options[i].value, word.text, word.len) == 0)
            return (int)i;
    return -1;
}

bool answer_is_none(const struct question *question, const char *typed)
{
    struct word word = trim_word(typed, strlen(typed));
    bool is_hyphen = word.len == 1 && word.text[0] == '-' && find_option(question, word) < 0;
    return is_hyphen && (question->type == QUESTION_MULTI || !question->required);
}

static void fault_option(struct typed *t, struct word word)
{
    char values[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < t->question->option_count; i++) {
        const char *value = t->question->options[i].value;
        size_t len = strlen(value);
        if (used + len + 3 > sizeof values)
            break;
        if (used > 0)
            values[used++] = ' ';
        memcpy(values + used, value, len + 1);
        used += len;
    }
    int shown = word.len < 64 ? (int)word.len : 64;
    typed_fault(t, T("'%.*s' is not one of: %s", "'%.*s' is niet een van: %s"), shown, word.text, values);
}

/* A person may well write 04. */
static int read_integer(struct word word, int64_t *out)
{
    bool negative = word.len > 0 && word.text[0] == '-';
    word.text += negative;
    word.len -= negative;
    for (; word.len > 1 && word.text[0] == '0'; word.len--)
        word.text++;
    int64_t size;
    if (number_parse(word.text, word.len, 0, INT64_MAX, &size) < 0)
        return -1;
    *out = negative ? -size : size;
    return 0;
}

int answer_find_option(const struct question *question, const char *typed)
{
    struct word word = trim_word(typed, strlen(typed));
    int64_t value;
    if (question->type == QUESTION_CHOICE)
        return find_option(question, word);
    return read_integer(word, &value) < 0 ? -1 : question_find_value(question, value);
}

static int put_scale(struct buf *out, struct typed *t, const char *text)
{
    int option = answer_find_option(t->question, text);
    if (option < 0) {
        typed_fault(t,
                    T("must be an integer from %" PRId64 " to %" PRId64,
                      "moet een geheel getal van %" PRId64 " tot en met %" PRId64 " zijn"),
                    t->question->min, t->question->max);
        return -1;
    }
    buf_put_integer(out, t->question->min + option);
    return 0;
}

static int put_choice(struct buf *out, struct typed *t, const char *text)
{
    int option = answer_find_option(t->question, text);
    if (option < 0) {
        fault_option(t, trim_word(text, strlen(text)));
        return -1;
    }
    json_put_text(out, t->question->options[option].value);
    return 0;
}

static int give_option(struct typed *t, struct word word, uint64_t *given)
{
    int option = find_option(t->question, word);
    if (option < 0) {
        fault_option(t, word);
        return -1;
    }
    if (*given >> option & 1) {
        typed_fault(t, T("'%s' is there twice", "'%s' staat er twee keer"), t->question->options[option].value);
        return -1;
    }
    *given |= UINT64_C(1) << option;
    return 0;
}

/* The options that were typed, as a set of bits; -1 after a fault. */
static int read_given_options(struct typed *t, const char *text, char separator, uint64_t *given)
{
    const char *end;
    while ((end = strchr(text, separator)) != NULL) {
        if (give_option(t, trim_word(text, (size_t)(end - text)), given) < 0)
            return -1;
        text = end + 1;
    }
    return give_option(t, trim_word(text, strlen(text)), given);
}

static int put_multi(struct buf *out, struct typed *t, const char *text, char separator)
{
    uint64_t given = 0;
    bool is_none = trim_word(text, strlen(text)).len == 0;
    if (!is_none && read_given_options(t, text, separator, &given) < 0)
        return -1;
    buf_put_char(out, '[');
    const char *comma = "";
    for (size_t option = 0; option < t->question->option_count; option++) {
        if (!(given >> option & 1))
            continue;
        buf_put_text(out, comma);
        json_put_text(out, t->question->options[option].value);
        comma = ",";
    }
    buf_put_char(out, ']');
    return 0;
}

static int put_text_answer(struct buf *out, struct typed *t, const char *text)
{
    size_t len = strlen(text), count = 0;
    if (text_is_blank(text, len)) {
        typed_fault(t, T("is empty; leave the question out", "is leeg; laat de vraag weg"));
        return -1;
    }
    for (size_t at = 0; at < len; count++) {
        size_t step = utf8_step(text + at, len - at);
        if (step == 0) {
            typed_fault(t, T("is not written in UTF-8", "is niet in UTF-8 geschreven"));
            return -1;
        }
        at += step;
    }
    if (count > t->question->max_length) {
        typed_fault(
            t,
            t->question->max_length == 1
                ? T("is %zu characters long; at most %zu fits", "is %zu tekens lang; er past er hoogstens %zu")
                : T("is %zu characters long; at most %zu fit", "is %zu tekens lang; er passen er hoogstens %zu"),
            count, t->question->max_length);
        return -1;
    }
    json_put_string(out, text, len);
    return 0;
}

static int put_answer(struct buf *out, struct typed *t, const char *text, char separator)
{
    switch (t->question->type) {
    case QUESTION_SCALE:
        return put_scale(out, t, text);
    case QUESTION_CHOICE:
        return put_choice(out, t, text);
    case QUESTION_MULTI:
        return put_multi(out, t, text, separator);
    case QUESTION_TEXT:
        return put_text_answer(out, t, text);
    }
    return -1;
}

int answer_put(struct buf *out, const struct question *question, const char *typed, char separator,
               struct faults *faults)
{
    struct typed t = {.question = question, .faults = faults};
    buf_init(&t.where, POINTER_MAX);
    buf_put_text(&t.where, "/answers");
    pointer_put_name(&t.where, question->id);
    int result = put_answer(out, &t, typed, separator);
    if (buf_check(&t.where) < 0)
        faults->no_memory = true;
    buf_free(&t.where);
    return result;
}
