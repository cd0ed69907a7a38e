/* One question at a time: shown, a line read, looked at, asked again until it fits. Signs and sends nothing. */
#include "client/terminal/prompt.h"
#include "base/cli.h"
#include "base/lang.h"
#include "base/number.h"
#include "base/text.h"
#include "client/terminal/input.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include "panel/answer.h"
#include <string.h>

#define LINE_MAX_BYTES ((size_t)32 * 1024)
#define ASK_AGAIN 2
#define SHOWN_MAX ((size_t)64 * 1024)

/* What is shown. */

static void put_label(struct buf *out, const struct labels *labels)
{
    const char *text = labels_text(labels, messages_language());
    text_put_clean(out, text, strlen(text));
}

static void put_scale_ends(struct buf *out, const struct question *q)
{
    const char *low = labels_text(&q->min_end, messages_language());
    const char *high = labels_text(&q->max_end, messages_language());
    buf_printf(out, "  %lld%s", (long long)q->min, *low ? " = " : "");
    text_put_clean(out, low, strlen(low));
    buf_printf(out, T(" to %lld%s", " tot %lld%s"), (long long)q->max, *high ? " = " : "");
    text_put_clean(out, high, strlen(high));
    buf_put_char(out, '\n');
}

static void put_option_lines(struct buf *out, const struct question *q)
{
    for (size_t i = 0; i < q->option_count; i++) {
        buf_printf(out, "  %2zu  ", i + 1);
        put_label(out, &q->options[i].label);
        buf_put_text(out, "  (");
        buf_put_text(out, q->options[i].value);
        buf_put_text(out, ")\n");
    }
}

static const char *hint_of(const struct question *q)
{
    switch (q->type) {
    case QUESTION_SCALE:
    case QUESTION_CHOICE:
        return q->required ? "" : T("  Enter: no answer\n", "  Enter: geen antwoord\n");
    case QUESTION_MULTI:
        return q->required ? T("  several with commas between, Enter: none of these\n",
                               "  meer dan een met komma's ertussen, Enter: geen van deze\n")
                           : T("  several with commas between, -: none of these, Enter: no answer\n",
                               "  meer dan een met komma's ertussen, -: geen van deze, Enter: geen antwoord\n");
    case QUESTION_TEXT:
        return q->required ? "" : T("  on one line; Enter: no answer\n", "  op een regel; Enter: geen antwoord\n");
    }
    return "";
}

static int show_question(const struct question *q)
{
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    put_label(&out, &q->label);
    buf_put_char(&out, '\n');
    if (q->type == QUESTION_SCALE)
        put_scale_ends(&out, q);
    else
        put_option_lines(&out, q);
    buf_put_text(&out, hint_of(q));
    cli_say("%s", "");
    output_say_lines(&out);
    int result = buf_check(&out);
    buf_free(&out);
    return result;
}

/* What is typed. */

static bool has_option(const struct question *q, const char *value, size_t len)
{
    for (size_t i = 0; i < q->option_count; i++)
        if (strlen(q->options[i].value) == len && memcmp(q->options[i].value, value, len) == 0)
            return true;
    return false;
}

/* Puts the option's value when `word` is the number shown before it and no value itself; else the word. */
static void put_word(struct buf *out, const struct question *q, const char *word, size_t len)
{
    int64_t number;
    while (len > 0 && *word == ' ') {
        word++;
        len--;
    }
    while (len > 0 && word[len - 1] == ' ')
        len--;
    if (number_parse(word, len, 1, (int64_t)q->option_count, &number) == 0 && !has_option(q, word, len))
        buf_put_text(out, q->options[number - 1].value);
    else
        buf_put(out, word, len);
}

static void put_words(struct buf *out, const struct question *q, const char *line)
{
    for (;;) {
        size_t len = strcspn(line, ",");
        put_word(out, q, line, len);
        if (!line[len])
            return;
        buf_put_char(out, ',');
        line += len + 1;
    }
}

/* The line as answer_put wants it. */
static void put_typed(struct buf *out, const struct question *q, const char *line)
{
    switch (q->type) {
    case QUESTION_CHOICE:
    case QUESTION_SCALE:
        put_word(out, q, line, strlen(line));
        return;
    case QUESTION_MULTI:
        if (strcmp(line, "-") != 0 || question_find_option(q, "-") >= 0)
            put_words(out, q, line);
        return;
    case QUESTION_TEXT:
        buf_put_text(out, line);
        return;
    }
}

static bool check_typed(const struct question *q, const char *typed)
{
    struct faults faults;
    struct buf scratch;
    faults_init(&faults);
    buf_init(&scratch, SHOWN_MAX);
    bool fine = answer_put(&scratch, q, typed, ',', &faults) == 0;
    for (size_t i = 0; i < faults.count; i++)
        cli_say("  %s", faults.list[i].what);
    buf_free(&scratch);
    faults_free(&faults);
    return fine;
}

/* 0: answered or passed over; 1: end of input; -1: no memory; ASK_AGAIN. */
static int take_line(struct answers *answers, size_t question, struct buf *line)
{
    const struct question *q = &answers->questionnaire->questions[question];
    struct buf typed;
    int result = input_read_line(line);
    if (result > 0)
        return 1;
    if (result == 0 && line->len == 0 && !q->required)
        return 0;
    if (result < 0) {
        cli_say("  %s", T("that is too long", "dat is te lang"));
        return ASK_AGAIN;
    }
    if (line->len == 0 && q->type != QUESTION_MULTI) {
        cli_say("  %s", T("an answer is needed here", "hier is een antwoord nodig"));
        return ASK_AGAIN;
    }
    buf_init(&typed, LINE_MAX_BYTES);
    put_typed(&typed, q, buf_text(line));
    if (buf_check(&typed) < 0)
        result = -1;
    else if (!check_typed(q, buf_text(&typed)))
        result = ASK_AGAIN;
    else
        result = answers_set(answers, question, buf_text(&typed));
    buf_free(&typed);
    return result;
}

int prompt_all(struct answers *answers)
{
    struct buf line;
    int result = 0;
    buf_init(&line, LINE_MAX_BYTES);
    for (size_t i = 0; i < answers->questionnaire->question_count && result == 0; i++) {
        if (!answers_is_asked(answers, i))
            continue;
        result = show_question(&answers->questionnaire->questions[i]);
        if (result < 0)
            break;
        do
            result = take_line(answers, i, &line);
        while (result == ASK_AGAIN);
    }
    buf_free(&line);
    return result;
}
