/* A panel definition from JSON: panel_parse of definition.h. Every part is read even where another is wrong, into a
 * panel that is thrown away when there was any fault. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mem.h"
#include "panel/actions.h"
#include "panel/definition.h"
#include "panel/moments.h"
#include "panel/question_read.h"
#include "panel/reading.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISCLOSURE_RULE 2 /* the only one */
#define DISCLOSURE_MAX 1000000
#define RELEASE_INTERVAL_MAX 3650
#define RETENTION_DAYS_MAX 36500
/* Escaping at most doubles a name, and all names of one pointer stand in the document. */
#define POINTER_MAX (2 * PANEL_JSON_MAX + 4096)

static const struct id_rule id_rule = {
    panel_id_is_valid,
    "must be 1 to 64 of a-z 0-9 -",
    "moet uit 1 tot 64 tekens a-z 0-9 - bestaan",
};

static void read_questionnaires(struct reading *r, const struct json *root, struct panel *out)
{
    const struct json *list = reading_list(r, root, "questionnaires", 1, SIZE_MAX);
    if (!list)
        return;
    out->questionnaires = reading_alloc(r, json_count(list), sizeof *out->questionnaires);
    if (!out->questionnaires)
        return;
    size_t mark = reading_enter(r, "questionnaires");
    for (const struct json *value = json_first(list); value; value = json_next(value)) {
        size_t element = reading_enter_place(r, out->questionnaire_count);
        struct questionnaire *questionnaire = &out->questionnaires[out->questionnaire_count++];
        if (reading_is_object(r, value, (const char *const[]){"id", "questions", NULL})) {
            questionnaire->id = reading_id(r, value, "id", &id_rule);
            question_read_all(r, value, questionnaire);
        }
        reading_leave(r, element);
    }
    reading_check_unique(r, out->questionnaires, out->questionnaire_count, sizeof *out->questionnaires, "id");
    reading_leave(r, mark);
}

static int read_moment(struct reading *r, const struct json *round, const char *name, int64_t *out, bool *uncommonly)
{
    const char *text = reading_text(r, round, name);
    if (!text)
        return -1;
    if (clock_parse(text, out) == 0) {
        *uncommonly = !moment_is_common(text);
        return 0;
    }
    size_t mark = reading_enter(r, name);
    reading_fault(r, T("must be a moment such as 2026-01-01T00:00:00+01:00",
                       "moet een tijdstip zijn zoals 2026-01-01T00:00:00+01:00"));
    reading_leave(r, mark);
    return -1;
}

static void read_period(struct reading *r, const struct json *value, struct round *out)
{
    int no_start = read_moment(r, value, "opensAt", &out->opens_at, &out->opens_uncommonly);
    int no_end = read_moment(r, value, "closesAt", &out->closes_at, &out->closes_uncommonly);
    if (no_start != 0 || no_end != 0 || out->opens_at < out->closes_at)
        return;
    size_t mark = reading_enter(r, "closesAt");
    reading_fault(r, T("must be later than opensAt", "moet later zijn dan opensAt"));
    reading_leave(r, mark);
}

static void read_round_questionnaire(struct reading *r, const struct json *value, const struct panel *panel,
                                     struct round *out)
{
    const char *id = reading_text(r, value, "questionnaire");
    if (!id)
        return;
    int found = panel_find_questionnaire(panel, id);
    if (found >= 0) {
        out->questionnaire = (size_t)found;
        return;
    }
    size_t mark = reading_enter(r, "questionnaire");
    reading_fault(r, T("there is no questionnaire '%s'", "er is geen vragenlijst '%s'"), id);
    reading_leave(r, mark);
}

static void read_action(struct reading *r, const struct json *element, struct round *out)
{
    const char *id = json_text(element);
    size_t mark = reading_enter_place(r, out->action_count);
    if (!id || !action_id_is_valid(id))
        reading_fault(r, T("must be an action's id, 1 to 64 of A-Z a-z 0-9 . _ -",
                           "moet het id van een actie zijn, 1 tot 64 tekens A-Z a-z 0-9 . _ -"));
    out->actions[out->action_count++] = id ? reading_copy(r, id) : NULL;
    reading_leave(r, mark);
}

static int compare_ids(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    return strcmp(*a, *b);
}

static void read_action_list(struct reading *r, const struct json *list, struct round *out)
{
    if (json_count(list) == 0) {
        reading_fault(
            r, T("names no action; name some, or write \"all\"", "noemt geen actie; noem er een, of schrijf \"all\""));
        return;
    }
    out->actions = reading_alloc(r, json_count(list), sizeof *out->actions);
    if (!out->actions)
        return;
    for (const struct json *element = json_first(list); element; element = json_next(element))
        read_action(r, element, out);
    reading_check_unique(r, out->actions, out->action_count, sizeof *out->actions, NULL);
    if (!faults_any(r->faults))
        qsort(out->actions, out->action_count, sizeof *out->actions, compare_ids);
}

static void read_actions(struct reading *r, const struct json *value, struct round *out)
{
    const struct json *actions = reading_need(r, value, "actions");
    if (!actions)
        return;
    size_t mark = reading_enter(r, "actions");
    if (json_type(actions) == JSON_ARRAY)
        read_action_list(r, actions, out);
    else if (json_text(actions) && strcmp(json_text(actions), "all") == 0)
        out->all_actions = true;
    else
        reading_fault(
            r, T("must be \"all\" or a list of actions' ids", "moet \"all\" of een lijst met id's van acties zijn"));
    reading_leave(r, mark);
}

static void read_round(struct reading *r, const struct json *value, const struct panel *panel, struct round *out)
{
    static const char *const known[] = {"id", "title", "opensAt", "closesAt", "questionnaire", "actions", NULL};
    if (!reading_is_object(r, value, known))
        return;
    out->id = reading_id(r, value, "id", &id_rule);
    reading_labels(r, value, "title", &out->title);
    read_period(r, value, out);
    read_round_questionnaire(r, value, panel, out);
    read_actions(r, value, out);
}

static void read_rounds(struct reading *r, const struct json *root, struct panel *out)
{
    const struct json *list = reading_list(r, root, "rounds", 0, SIZE_MAX);
    if (!list || json_count(list) == 0)
        return;
    out->rounds = reading_alloc(r, json_count(list), sizeof *out->rounds);
    if (!out->rounds)
        return;
    size_t mark = reading_enter(r, "rounds");
    for (const struct json *value = json_first(list); value; value = json_next(value)) {
        size_t element = reading_enter_place(r, out->round_count);
        read_round(r, value, out, &out->rounds[out->round_count++]);
        reading_leave(r, element);
    }
    reading_check_unique(r, out->rounds, out->round_count, sizeof *out->rounds, "id");
    reading_leave(r, mark);
}

/* A definition of before there was another rule names none. */
static void check_rule(struct reading *r, const struct json *disclosure)
{
    int64_t rule = DISCLOSURE_RULE;
    const struct json *member = json_member(disclosure, "rule");
    if (!member || (json_integer(member, &rule) == 0 && rule == DISCLOSURE_RULE))
        return;
    size_t mark = reading_enter(r, "rule");
    reading_fault(
        r, "%s",
        FAULTS_SAY(r->faults,
                   "must be 2, the only rule there is; rule 1 rounded each count by itself, so that two tables "
                   "around one response gave its answers away",
                   "moet 2 zijn, de enige regel die er is; regel 1 rondde elk aantal op zichzelf af, zodat "
                   "twee tabellen rond een reactie de antwoorden erin prijsgaven"));
    reading_leave(r, mark);
}

static void read_limit(struct reading *r, const struct json *disclosure, const char *name, int64_t *limit)
{
    int64_t value;
    if (json_member(disclosure, name) && reading_integer(r, disclosure, name, 1, DISCLOSURE_MAX, &value) == 0)
        *limit = value;
}

static void read_release_interval(struct reading *r, const struct json *disclosure, int64_t *out)
{
    int64_t days;
    if (json_member(disclosure, "releaseInterval") &&
        reading_integer(r, disclosure, "releaseInterval", 0, RELEASE_INTERVAL_MAX, &days) == 0)
        *out = days;
}

static void read_disclosure(struct reading *r, const struct json *root, struct panel *out)
{
    static const char *const known[] = {"rule", "minRespondents", "roundTo", "minChanged", "releaseInterval", NULL};
    const struct json *disclosure = json_member(root, "disclosure");
    out->min_respondents = MIN_RESPONDENTS_USUAL;
    out->min_changed = MIN_RESPONDENTS_USUAL;
    out->round_to = ROUND_TO_USUAL;
    out->release_interval = RELEASE_INTERVAL_USUAL;
    if (!disclosure)
        return;
    size_t mark = reading_enter(r, "disclosure");
    if (reading_is_object(r, disclosure, known)) {
        check_rule(r, disclosure);
        read_limit(r, disclosure, "minRespondents", &out->min_respondents);
        out->min_changed = out->min_respondents;
        read_limit(r, disclosure, "roundTo", &out->round_to);
        read_limit(r, disclosure, "minChanged", &out->min_changed);
        read_release_interval(r, disclosure, &out->release_interval);
    }
    reading_leave(r, mark);
}

static void read_text_if_there(struct reading *r, const struct json *root, const char *name, struct labels *out)
{
    if (json_member(root, name))
        reading_labels(r, root, name, out);
}

static void read_retention(struct reading *r, const struct json *root, struct retention *out)
{
    static const char *const known[] = {"responsesDays", "membersDays", "invitationsDays", "accessLogDays", NULL};
    int64_t *const days[] = {&out->responses_days, &out->members_days, &out->invitations_days, &out->access_log_days};
    const struct json *retention = json_member(root, "retention");
    if (!retention)
        return;
    size_t mark = reading_enter(r, "retention");
    if (reading_is_object(r, retention, known))
        for (size_t i = 0; known[i]; i++)
            if (json_member(retention, known[i]) &&
                reading_integer(r, retention, known[i], 1, RETENTION_DAYS_MAX, days[i]) < 0)
                continue; /* told, with its place */
    reading_leave(r, mark);
}

static void read_panel(struct reading *r, const struct json *root, struct panel *out)
{
    static const char *const known[] = {"id",      "title",   "questionnaires", "rounds", "disclosure",
                                        "purpose", "privacy", "retention",      NULL};
    if (!reading_is_object(r, root, known))
        return;
    out->id = reading_id(r, root, "id", &id_rule);
    reading_labels(r, root, "title", &out->title);
    read_questionnaires(r, root, out);
    read_rounds(r, root, out);
    read_disclosure(r, root, out);
    read_text_if_there(r, root, "purpose", &out->purpose);
    read_text_if_there(r, root, "privacy", &out->privacy);
    read_retention(r, root, &out->retention);
}

static struct json *parse_document(const char *text, size_t len, struct faults *faults)
{
    struct json_fault fault = {.offset = PANEL_JSON_MAX, .what = "larger than 4 MiB", .dutch = "groter dan 4 MiB"};
    struct json *root = len <= PANEL_JSON_MAX ? json_parse(text, len, &fault) : NULL;
    if (root)
        return root;
    if (fault.no_memory) {
        faults->no_memory = true;
        return NULL;
    }
    char where[32];
    snprintf(where, sizeof where, "byte %zu", fault.offset);
    faults_add(faults, where, T("can't be read as JSON: %s", "kan niet als JSON worden gelezen: %s"),
               T(fault.what, fault.dutch));
    return NULL;
}

struct panel *panel_parse(const char *text, size_t len, struct faults *faults)
{
    struct reading r;
    struct json *root = parse_document(text, len, faults);
    if (!root)
        return NULL;
    reading_init(&r, faults, POINTER_MAX);
    struct panel *panel = reading_alloc(&r, 1, sizeof *panel);
    if (panel)
        read_panel(&r, root, panel);
    reading_wipe(&r);
    json_free(root);
    if (faults_any(faults)) {
        panel_free(panel);
        return NULL;
    }
    return panel;
}
