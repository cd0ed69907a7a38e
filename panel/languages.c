/* A walk past all texts. */
#include "panel/languages.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WHERE_SIZE 160 /* a pointer of three places */
#define PLACE_SIZE (WHERE_SIZE + 80)

/* The first subtag names the language itself. */
static bool has_capital_in_language(const char *language)
{
    size_t len = strcspn(language, "-");
    return strcspn(language, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < len;
}

/* A label before this one of the same language in other letters; NULL: none. */
static const char *find_double(const struct labels *labels, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (strcasecmp(labels->list[i].language, labels->list[place].language) == 0)
            return labels->list[i].language;
    return NULL;
}

static void check_label(const struct labels *labels, size_t i, const char *place, struct faults *faults)
{
    const char *language = labels->list[i].language, *text = labels->list[i].text, *other = find_double(labels, i);
    if (other)
        faults_add(faults, place,
                   FAULTS_SAY(faults, "is the same language as '%.64s'; keep one of the two",
                              "is dezelfde taal als '%.64s'; houd een van de twee"),
                   other);
    else if (has_capital_in_language(language))
        faults_add(faults, place, "%s",
                   FAULTS_SAY(faults, "has a capital; readers look for languages in lower case, such as nl or en",
                              "heeft een hoofdletter; lezers zoeken talen met kleine letters, zoals nl of en"));
    if (text_is_blank(text, strlen(text)))
        faults_add(faults, place, "%s",
                   FAULTS_SAY(faults, "is empty; fill it in or leave the language out",
                              "is leeg; vul het in of laat de taal weg"));
}

void languages_check_labels(const struct labels *labels, const char *where, struct faults *faults)
{
    char place[PLACE_SIZE];
    for (size_t i = 0; i < labels->count; i++) {
        snprintf(place, sizeof place, "%s/%.64s", where, labels->list[i].language);
        check_label(labels, i, place, faults);
    }
}

static void check_labels_at(struct faults *faults, const struct labels *labels, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void check_labels_at(struct faults *faults, const struct labels *labels, const char *format, ...)
{
    char where[WHERE_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(where, sizeof where, format, list);
    va_end(list);
    languages_check_labels(labels, where, faults);
}

static void check_question_labels(struct faults *faults, const struct question *question, size_t questionnaire,
                                  size_t place)
{
    char where[WHERE_SIZE / 2];
    snprintf(where, sizeof where, "/questionnaires/%zu/questions/%zu", questionnaire, place);
    check_labels_at(faults, &question->label, "%s/label", where);
    check_labels_at(faults, &question->min_end, "%s/ends/min", where);
    check_labels_at(faults, &question->max_end, "%s/ends/max", where);
    for (size_t i = 0; i < question->option_count; i++)
        check_labels_at(faults, &question->options[i].label, "%s/options/%zu/label", where, i);
}

void languages_check(const struct panel *panel, const struct panel *before, struct faults *faults)
{
    languages_check_labels(&panel->title, "/title", faults);
    languages_check_labels(&panel->purpose, "/purpose", faults);
    languages_check_labels(&panel->privacy, "/privacy", faults);
    for (size_t i = 0; i < panel->questionnaire_count; i++) {
        const struct questionnaire *questionnaire = &panel->questionnaires[i];
        if (before && panel_has_questionnaire(before, questionnaire))
            continue;
        for (size_t q = 0; q < questionnaire->question_count; q++)
            check_question_labels(faults, &questionnaire->questions[q], i, q);
    }
    for (size_t i = 0; i < panel->round_count; i++)
        check_labels_at(faults, &panel->rounds[i].title, "/rounds/%zu/title", i);
}
