/* A panel definition as a value: finding things in it, comparing, freeing. Reading it from JSON is definition_read.c's.
 * The finders pass over ids that are NULL, for the reader uses them on a panel of which a part could not be read. */
#include "panel/definition.h"
#include "base/json.h"
#include "base/mem.h"
#include <string.h>

static const struct {
    const char *name;
    enum question_counting counting;
} types[] = {
    [QUESTION_SCALE] = {"scale", COUNTED_ON_SCALE},
    [QUESTION_CHOICE] = {"choice", COUNTED_BY_CHOICE},
    [QUESTION_MULTI] = {"multi", COUNTED_BY_OPTION},
    [QUESTION_TEXT] = {"text", COUNTED_AS_GIVEN},
};

void labels_free(struct labels *labels)
{
    for (size_t i = 0; i < labels->count; i++) {
        mem_free(labels->list[i].language);
        mem_free(labels->list[i].text);
    }
    mem_free(labels->list);
    *labels = (struct labels){0};
}

static void question_wipe(struct question *question)
{
    mem_free(question->id);
    labels_free(&question->label);
    labels_free(&question->min_end);
    labels_free(&question->max_end);
    for (size_t i = 0; i < question->option_count; i++) {
        mem_free(question->options[i].value);
        labels_free(&question->options[i].label);
    }
    mem_free(question->options);
}

static void questionnaire_wipe(struct questionnaire *questionnaire)
{
    mem_free(questionnaire->id);
    for (size_t i = 0; i < questionnaire->question_count; i++)
        question_wipe(&questionnaire->questions[i]);
    mem_free(questionnaire->questions);
}

static void round_wipe(struct round *round)
{
    mem_free(round->id);
    labels_free(&round->title);
    for (size_t i = 0; i < round->action_count; i++)
        mem_free(round->actions[i]);
    mem_free(round->actions);
}

void panel_free(struct panel *panel)
{
    if (!panel)
        return;
    mem_free(panel->id);
    labels_free(&panel->title);
    labels_free(&panel->purpose);
    labels_free(&panel->privacy);
    for (size_t i = 0; i < panel->questionnaire_count; i++)
        questionnaire_wipe(&panel->questionnaires[i]);
    mem_free(panel->questionnaires);
    for (size_t i = 0; i < panel->round_count; i++)
        round_wipe(&panel->rounds[i]);
    mem_free(panel->rounds);
    mem_free(panel);
}

static bool is_named(const char *id, const char *wanted)
{
    return id && strcmp(id, wanted) == 0;
}

int panel_find_round(const struct panel *panel, const char *id)
{
    for (size_t i = 0; i < panel->round_count; i++)
        if (is_named(panel->rounds[i].id, id))
            return (int)i;
    return -1;
}

int panel_find_questionnaire(const struct panel *panel, const char *id)
{
    for (size_t i = 0; i < panel->questionnaire_count; i++)
        if (is_named(panel->questionnaires[i].id, id))
            return (int)i;
    return -1;
}

int questionnaire_find(const struct questionnaire *questionnaire, const char *question_id)
{
    for (size_t i = 0; i < questionnaire->question_count; i++)
        if (is_named(questionnaire->questions[i].id, question_id))
            return (int)i;
    return -1;
}

const struct questionnaire *round_questionnaire(const struct panel *panel, const struct round *round)
{
    return &panel->questionnaires[round->questionnaire];
}

bool round_is_open(const struct round *round, int64_t now)
{
    return now >= round->opens_at && now < round->closes_at;
}

bool round_has_action(const struct round *round, const char *action_id)
{
    if (round->all_actions)
        return true;
    size_t low = 0, high = round->action_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(action_id, round->actions[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

enum question_counting question_counting(const struct question *question)
{
    return types[question->type].counting;
}

size_t question_option_count(const struct question *question)
{
    switch (question_counting(question)) {
    case COUNTED_ON_SCALE:
        return (size_t)(question->max - question->min + 1);
    case COUNTED_BY_CHOICE:
    case COUNTED_BY_OPTION:
        return question->option_count;
    case COUNTED_AS_GIVEN:
        return 0;
    }
    return 0;
}

int question_find_option(const struct question *question, const char *value)
{
    for (size_t i = 0; i < question->option_count; i++)
        if (is_named(question->options[i].value, value))
            return (int)i;
    return -1;
}

int question_find_value(const struct question *question, int64_t value)
{
    if (question->type != QUESTION_SCALE || value < question->min || value > question->max)
        return -1;
    return (int)(value - question->min);
}

const char *question_type_name(enum question_type type)
{
    return (size_t)type < sizeof types / sizeof *types ? types[type].name : NULL;
}

static const char *find_label(const struct labels *labels, const char *language)
{
    for (size_t i = 0; i < labels->count; i++)
        if (strcmp(labels->list[i].language, language) == 0)
            return labels->list[i].text;
    return NULL;
}

const char *labels_text(const struct labels *labels, const char *language)
{
    const char *text = find_label(labels, language);
    if (!text)
        text = find_label(labels, "nl");
    return text ? text : "";
}

bool labels_equal(const struct labels *a, const struct labels *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const char *other = find_label(b, a->list[i].language);
        if (!other || strcmp(a->list[i].text, other) != 0)
            return false;
    }
    return true;
}

void labels_put_json(struct buf *out, const struct labels *labels)
{
    buf_put_char(out, '{');
    for (size_t i = 0; i < labels->count; i++) {
        buf_put_text(out, i > 0 ? "," : "");
        json_put_text(out, labels->list[i].language);
        buf_put_char(out, ':');
        json_put_text(out, labels->list[i].text);
    }
    buf_put_char(out, '}');
}

static bool options_equal(const struct question *a, const struct question *b)
{
    if (a->option_count != b->option_count)
        return false;
    for (size_t i = 0; i < a->option_count; i++)
        if (strcmp(a->options[i].value, b->options[i].value) != 0 ||
            !labels_equal(&a->options[i].label, &b->options[i].label))
            return false;
    return true;
}

static bool when_equal(const struct question *a, const struct question *b)
{
    if (a->has_when != b->has_when)
        return false;
    return !a->has_when || (a->when_question == b->when_question && a->when_option == b->when_option);
}

static bool question_equal(const struct question *a, const struct question *b)
{
    return strcmp(a->id, b->id) == 0 && a->type == b->type && a->required == b->required && when_equal(a, b) &&
           a->min == b->min && a->max == b->max && a->max_length == b->max_length &&
           labels_equal(&a->label, &b->label) && labels_equal(&a->min_end, &b->min_end) &&
           labels_equal(&a->max_end, &b->max_end) && options_equal(a, b);
}

bool questionnaire_equal(const struct questionnaire *a, const struct questionnaire *b)
{
    if (strcmp(a->id, b->id) != 0 || a->question_count != b->question_count)
        return false;
    for (size_t i = 0; i < a->question_count; i++)
        if (!question_equal(&a->questions[i], &b->questions[i]))
            return false;
    return true;
}

bool panel_has_questionnaire(const struct panel *panel, const struct questionnaire *questionnaire)
{
    int found = panel_find_questionnaire(panel, questionnaire->id);
    return found >= 0 && questionnaire_equal(&panel->questionnaires[found], questionnaire);
}

static bool is_one_to_64_of(const char *text, const char *allowed)
{
    size_t len = strspn(text, allowed);
    return len >= 1 && len <= 64 && text[len] == '\0';
}

bool panel_id_is_valid(const char *text)
{
    return is_one_to_64_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

bool question_id_is_valid(const char *text)
{
    return text[0] >= 'a' && text[0] <= 'z' && is_one_to_64_of(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

bool option_value_is_valid(const char *text)
{
    return is_one_to_64_of(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}
