/* One look at each id, each questionnaire, each reference. Knows no store and no file. */
#include "panel/warnings.h"
#include "base/buf.h"
#include "base/lang.h"
#include "base/spreadsheet.h"
#include "crypto/jws.h"
#include "panel/limits.h"
#include <stdio.h>
#include <string.h>

#define WHERE_SIZE 128
#define IDS_NAMED 20 /* of a round; the rest are counted */

/* Bytes of a response's payload for answers: what base64url leaves of a JWS without header and signature, less the
 * other claims. */
#define JWS_BESIDE 256
#define CLAIMS_BESIDE 400
#define ANSWERS_MAX ((JWS_MAX - JWS_BESIDE) / 4 * 3 - CLAIMS_BESIDE)

/* Spreadsheets. */

static void check_id(struct faults *warnings, const char *where, const char *id)
{
    if (spreadsheet_changes(id))
        faults_add(
            warnings, where,
            T("a spreadsheet takes '%s' for a number, a date or a truth value when it opens a table, and changes it",
              "een rekenblad houdt '%s' bij het openen van een tabel voor een getal, een datum of een "
              "waarheidswaarde, en verandert het"),
            id);
}

static void check_question_ids(struct faults *warnings, const struct question *question, size_t questionnaire,
                               size_t index)
{
    char where[WHERE_SIZE];
    snprintf(where, sizeof where, "/questionnaires/%zu/questions/%zu/id", questionnaire, index);
    check_id(warnings, where, question->id);
    for (size_t i = 0; i < question->option_count; i++) {
        snprintf(where, sizeof where, "/questionnaires/%zu/questions/%zu/options/%zu/value", questionnaire, index, i);
        check_id(warnings, where, question->options[i].value);
    }
}

static void check_round_ids(struct faults *warnings, const struct panel *panel)
{
    for (size_t i = 0; i < panel->round_count; i++) {
        char where[WHERE_SIZE];
        snprintf(where, sizeof where, "/rounds/%zu/id", i);
        check_id(warnings, where, panel->rounds[i].id);
    }
}

void warnings_of_actions(const struct action_list *actions, struct faults *warnings)
{
    for (size_t i = 0; i < actions->count; i++)
        check_id(warnings, actions->list[i].id, actions->list[i].id);
}

/* Length. */

/* The least that the longest answer takes in JSON: texts in letters of one byte. */
static size_t longest_answer(const struct question *question)
{
    size_t longest = 0, sum = 0;
    for (size_t i = 0; i < question->option_count; i++) {
        size_t len = strlen(question->options[i].value) + strlen("\"\",");
        longest = len > longest ? len : longest;
        sum += len;
    }
    switch (question->type) {
    case QUESTION_SCALE:
        return 1;
    case QUESTION_CHOICE:
        return longest;
    case QUESTION_MULTI:
        return sum + strlen("[]");
    case QUESTION_TEXT:
        return question->max_length + strlen("\"\"");
    }
    return 0;
}

static void check_length(struct faults *warnings, const struct questionnaire *questionnaire, size_t index)
{
    char where[WHERE_SIZE];
    size_t sum = strlen("{}");
    for (size_t i = 0; i < questionnaire->question_count; i++) {
        const struct question *question = &questionnaire->questions[i];
        sum += strlen(question->id) + strlen("\"\":,") + longest_answer(question);
    }
    snprintf(where, sizeof where, "/questionnaires/%zu", index);
    if (sum > ANSWERS_MAX)
        faults_add(
            warnings, where,
            T("the longest answers to '%s' take %zu bytes or more together, and a response holds %zu: who writes "
              "that much can't send it; lower maxLength",
              "de langste antwoorden op '%s' zijn samen %zu bytes of meer, en een reactie bevat er %zu: wie zoveel "
              "schrijft kan het niet versturen; verlaag maxLength"),
            questionnaire->id, sum, (size_t)ANSWERS_MAX);
}

/* What members are told. */

/* A language that the title has and a text lacks: its readers get that text in Dutch. */
static void check_languages(struct faults *warnings, const struct panel *panel, const char *where,
                            const struct labels *text)
{
    for (size_t i = 0; text->count > 0 && i < panel->title.count; i++) {
        const char *language = panel->title.list[i].language;
        bool has = false;
        for (size_t k = 0; k < text->count; k++)
            has = has || strcmp(text->list[k].language, language) == 0;
        if (!has)
            faults_add(
                warnings, where,
                T("lacks '%s', in which the panel has a title: its readers get it in Dutch",
                  "mist '%s', waarin het panel een titel heeft: wie die taal leest krijgt het in het Nederlands"),
                language);
    }
}

static void check_terms(struct faults *warnings, const struct panel *panel)
{
    const struct retention *retention = &panel->retention;
    check_languages(warnings, panel, "/purpose", &panel->purpose);
    check_languages(warnings, panel, "/privacy", &panel->privacy);
    if (panel->purpose.count > 0 && panel->privacy.count == 0)
        faults_add(warnings, "/privacy",
                   T("is missing: who enrols is told what for, but not what is kept and for how long",
                     "ontbreekt: wie zich aanmeldt hoort waarvoor, maar niet wat er bewaard wordt en hoe lang"));
    if (panel->privacy.count > 0 && panel->purpose.count == 0)
        faults_add(warnings, "/purpose",
                   T("is missing: who enrols is told what is kept, but not what for",
                     "ontbreekt: wie zich aanmeldt hoort wat er bewaard wordt, maar niet waarvoor"));
    if (retention->members_days > 0 &&
        (retention->responses_days == 0 || retention->members_days < retention->responses_days))
        faults_add(
            warnings, "/retention/membersDays",
            T("ends before responsesDays: with a member all their responses go, also those that may be kept",
              "eindigt voor responsesDays: met een panellid gaan al zijn reacties, ook die bewaard mogen blijven"));
}

void warnings_of_panel(const struct panel *panel, struct faults *warnings)
{
    for (size_t i = 0; i < panel->questionnaire_count; i++) {
        const struct questionnaire *questionnaire = &panel->questionnaires[i];
        check_length(warnings, questionnaire, i);
        for (size_t q = 0; q < questionnaire->question_count; q++)
            check_question_ids(warnings, &questionnaire->questions[q], i, q);
    }
    check_round_ids(warnings, panel);
    limits_warn(panel, warnings);
    check_terms(warnings, panel);
}

/* References. */

static void put_missing_id(struct buf *names, size_t already, const char *id)
{
    if (already < IDS_NAMED)
        buf_printf(names, "%s%s", already > 0 ? ", " : "", id);
}

static void check_references(const struct panel *panel, size_t index, const struct action_list *actions,
                             struct faults *warnings)
{
    const struct round *round = &panel->rounds[index];
    char where[WHERE_SIZE];
    size_t missing = 0;
    struct buf names;
    buf_init(&names, SIZE_MAX);
    for (size_t i = 0; i < round->action_count; i++)
        if (action_list_find(actions, round->actions[i]) < 0)
            put_missing_id(&names, missing++, round->actions[i]);
    if (missing > IDS_NAMED)
        buf_printf(&names, T(" and %zu more", " en nog %zu"), missing - IDS_NAMED);
    if (buf_check(&names) < 0)
        warnings->no_memory = true;
    snprintf(where, sizeof where, "/rounds/%zu/actions", index);
    if (missing > 0)
        faults_add(warnings, where,
                   T("round '%s' names what is not on the action list: %s",
                     "ronde '%s' noemt wat niet op de actielijst staat: %s"),
                   round->id, buf_text(&names));
    buf_free(&names);
}

void warnings_of_references(const struct panel *panel, const struct action_list *actions, struct faults *warnings)
{
    for (size_t i = 0; i < panel->round_count; i++)
        if (!panel->rounds[i].all_actions)
            check_references(panel, i, actions, warnings);
}
