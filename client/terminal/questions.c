/* Labels, ends and options; answers by the labels of their options. */
#include "client/terminal/questions.h"
#include "base/lang.h"
#include "base/text.h"
#include "client/terminal/messages.h"
#include <string.h>

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
        buf_printf(out, "  (%s)\n", q->options[i].value);
    }
}

void question_put_label(struct buf *out, const struct question *question)
{
    put_label(out, &question->label);
}

void question_put(struct buf *out, const struct question *question)
{
    put_label(out, &question->label);
    buf_put_char(out, '\n');
    if (question->type == QUESTION_SCALE)
        put_scale_ends(out, question);
    else
        put_option_lines(out, question);
}

static void put_option_label(struct buf *out, const struct question *q, const char *value, size_t len)
{
    for (size_t i = 0; i < q->option_count; i++)
        if (strlen(q->options[i].value) == len && memcmp(q->options[i].value, value, len) == 0) {
            put_label(out, &q->options[i].label);
            return;
        }
    text_put_clean(out, value, len);
}

static void put_option_labels(struct buf *out, const struct question *q, const char *typed, char separator)
{
    if (!*typed)
        buf_put_text(out, T("(none of these)", "(geen van deze)"));
    while (*typed) {
        size_t len = strcspn(typed, (char[]){separator, '\0'});
        put_option_label(out, q, typed, len);
        typed += len + (typed[len] != '\0');
        buf_put_text(out, *typed ? ", " : "");
    }
}

static void put_lines(struct buf *out, const char *text, const char *indent)
{
    for (;;) {
        size_t len = strcspn(text, "\n");
        text_put_clean(out, text, len);
        if (!text[len])
            return;
        text += len + 1;
        buf_put_char(out, '\n');
        buf_put_text(out, indent);
    }
}

void question_put_answer(struct buf *out, const struct question *question, const char *typed, char separator,
                         const char *indent)
{
    switch (question->type) {
    case QUESTION_SCALE:
        text_put_clean(out, typed, strlen(typed));
        return;
    case QUESTION_CHOICE:
        put_option_label(out, question, typed, strlen(typed));
        return;
    case QUESTION_MULTI:
        put_option_labels(out, question, typed, separator);
        return;
    case QUESTION_TEXT:
        put_lines(out, typed, indent);
        return;
    }
}
