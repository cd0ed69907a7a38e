/* Comparing two definitions. */
#include "collector/state/panel_import.h"
#include "base/lang.h"
#include <string.h>

/* Whether anything was ever answered in a round of that id, or released of it. */
static bool is_counted(const struct answered_action *counted, size_t count, const char *round)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(counted[i].round, round) == 0)
            return true;
    return false;
}

static const char *questionnaire_id(const struct panel *panel, const struct round *round)
{
    return round_questionnaire(panel, round)->id;
}

static bool questionnaire_is_counted(const struct panel *panel, size_t questionnaire,
                                     const struct answered_action *counted, size_t count)
{
    for (size_t i = 0; i < panel->round_count; i++)
        if (panel->rounds[i].questionnaire == questionnaire && is_counted(counted, count, panel->rounds[i].id))
            return true;
    return false;
}

static void check_questionnaire(const struct questionnaire *before, const struct panel *after, struct faults *faults)
{
    int place = panel_find_questionnaire(after, before->id);
    if (place < 0)
        faults_add(faults, "/questionnaires",
                   T("questionnaire '%s' has responses or a release and can't be removed",
                     "vragenlijst '%s' heeft reacties of een uitgave en kan niet verwijderd worden"),
                   before->id);
    else if (!questionnaire_equal(before, &after->questionnaires[place]))
        faults_add(faults, "/questionnaires",
                   T("questionnaire '%s' has responses or a release and can't be changed; add another with a new id",
                     "vragenlijst '%s' heeft reacties of een uitgave en kan niet gewijzigd worden; voeg een andere toe "
                     "met een nieuw id"),
                   before->id);
}

static void check_round(const struct panel *before, const struct round *old, const struct panel *after,
                        struct faults *faults)
{
    int place = panel_find_round(after, old->id);
    if (place < 0)
        faults_add(faults, "/rounds",
                   T("round '%s' has responses or a release and can't be removed",
                     "ronde '%s' heeft reacties of een uitgave en kan niet verwijderd worden"),
                   old->id);
    else if (strcmp(questionnaire_id(before, old), questionnaire_id(after, &after->rounds[place])) != 0)
        faults_add(faults, "/rounds",
                   T("round '%s' has responses or a release and can't get another questionnaire",
                     "ronde '%s' heeft reacties of een uitgave en kan geen andere vragenlijst krijgen"),
                   old->id);
}

bool panel_import_keeps_disclosure(const struct panel *before, const struct panel *after)
{
    return before->min_respondents == after->min_respondents && before->round_to == after->round_to &&
           before->min_changed == after->min_changed && before->release_interval == after->release_interval;
}

void panel_import_check_disclosure(const struct panel *before, const struct panel *after, struct faults *faults)
{
    if (!panel_import_keeps_disclosure(before, after))
        faults_add(faults, "/disclosure",
                   T("a round has a release; disclosure can't change before its final one",
                     "een ronde heeft een uitgave; onthulling kan niet veranderen voor haar definitieve"));
}

static void check_action(const struct panel *after, const struct answered_action *counted, struct faults *faults)
{
    int place = panel_find_round(after, counted->round);
    if (place >= 0 && counted->action && !round_has_action(&after->rounds[place], counted->action))
        faults_add(faults, "/rounds",
                   T("action '%s' has responses in round '%s' and can't be taken out of it",
                     "actie '%s' heeft reacties in ronde '%s' en kan er niet uit"),
                   counted->action, counted->round);
}

void panel_import_check(const struct panel *before, const struct panel *after, const struct answered_action *counted,
                        size_t count, struct faults *faults)
{
    if (strcmp(before->id, after->id) != 0)
        faults_add(faults, "/id",
                   T("the log was begun for panel '%s', and every entry names it; its id can't change",
                     "het logboek is begonnen voor panel '%s', en elke regel noemt dat; het id kan niet veranderen"),
                   before->id);
    for (size_t i = 0; i < before->round_count; i++)
        if (is_counted(counted, count, before->rounds[i].id))
            check_round(before, &before->rounds[i], after, faults);
    for (size_t i = 0; i < before->questionnaire_count; i++)
        if (questionnaire_is_counted(before, i, counted, count))
            check_questionnaire(&before->questionnaires[i], after, faults);
    for (size_t i = 0; i < count; i++)
        check_action(after, &counted[i], faults);
}

/* Telling. */

static bool rounds_equal(const struct panel *a, const struct round *x, const struct panel *b, const struct round *y)
{
    bool equal = x->opens_at == y->opens_at && x->closes_at == y->closes_at && x->all_actions == y->all_actions &&
                 x->action_count == y->action_count && strcmp(questionnaire_id(a, x), questionnaire_id(b, y)) == 0 &&
                 labels_equal(&x->title, &y->title);
    for (size_t i = 0; equal && i < x->action_count; i++)
        equal = strcmp(x->actions[i], y->actions[i]) == 0;
    return equal;
}

static void put_change(struct buf *out, const char *what, const char *id, bool was, bool same)
{
    if (!was)
        buf_printf(out, T("added: %s %s\n", "toegevoegd: %s %s\n"), what, id);
    else if (!same)
        buf_printf(out, T("changed: %s %s\n", "gewijzigd: %s %s\n"), what, id);
}

static void put_questionnaires(struct buf *out, const struct panel *before, const struct panel *after)
{
    const char *what = T("questionnaire", "vragenlijst");
    for (size_t i = 0; i < after->questionnaire_count; i++) {
        const struct questionnaire *now = &after->questionnaires[i];
        int old = before ? panel_find_questionnaire(before, now->id) : -1;
        put_change(out, what, now->id, old >= 0, old >= 0 && questionnaire_equal(&before->questionnaires[old], now));
    }
    for (size_t i = 0; before && i < before->questionnaire_count; i++)
        if (panel_find_questionnaire(after, before->questionnaires[i].id) < 0)
            buf_printf(out, T("removed: %s %s\n", "verwijderd: %s %s\n"), what, before->questionnaires[i].id);
}

static void put_round_changes(struct buf *out, const struct panel *before, const struct panel *after)
{
    const char *what = T("round", "ronde");
    for (size_t i = 0; i < after->round_count; i++) {
        const struct round *now = &after->rounds[i];
        int old = before ? panel_find_round(before, now->id) : -1;
        put_change(out, what, now->id, old >= 0, old >= 0 && rounds_equal(before, &before->rounds[old], after, now));
    }
    for (size_t i = 0; before && i < before->round_count; i++)
        if (panel_find_round(after, before->rounds[i].id) < 0)
            buf_printf(out, T("removed: %s %s\n", "verwijderd: %s %s\n"), what, before->rounds[i].id);
}

static void put_text_change(struct buf *out, const char *what, const struct labels *before, const struct labels *after)
{
    if (before->count == 0 && after->count > 0)
        buf_printf(out, T("added: %s\n", "toegevoegd: %s\n"), what);
    else if (!labels_equal(before, after))
        buf_printf(out, T("changed: %s\n", "gewijzigd: %s\n"), what);
}

/* What members are told of their data; 0 days is no bound. */
static void put_terms_changes(struct buf *out, const struct panel *before, const struct panel *after)
{
    const struct retention *now = &after->retention, *was = before ? &before->retention : &(struct retention){0};
    const struct labels none = {.count = 0};
    put_text_change(out, "purpose", before ? &before->purpose : &none, &after->purpose);
    put_text_change(out, "privacy", before ? &before->privacy : &none, &after->privacy);
    if (now->responses_days != was->responses_days || now->members_days != was->members_days ||
        now->invitations_days != was->invitations_days || now->access_log_days != was->access_log_days)
        buf_printf(out,
                   T("changed: retention: responsesDays %lld, membersDays %lld, invitationsDays %lld, accessLogDays "
                     "%lld (0: no end)\n",
                     "gewijzigd: bewaartermijn: responsesDays %lld, membersDays %lld, invitationsDays %lld, "
                     "accessLogDays %lld (0: geen einde)\n"),
                   (long long)now->responses_days, (long long)now->members_days, (long long)now->invitations_days,
                   (long long)now->access_log_days);
}

void panel_import_put_changes(struct buf *out, const struct panel *before, const struct panel *after)
{
    size_t start = out->len;
    put_change(out, "panel", after->id, before && strcmp(before->id, after->id) == 0,
               before && labels_equal(&before->title, &after->title));
    put_questionnaires(out, before, after);
    put_round_changes(out, before, after);
    if (before && !panel_import_keeps_disclosure(before, after))
        buf_printf(
            out,
            T("changed: disclosure: minRespondents %lld, roundTo %lld, minChanged %lld, releaseInterval %lld\n",
              "gewijzigd: onthulling: minRespondents %lld, roundTo %lld, minChanged %lld, releaseInterval %lld\n"),
            (long long)after->min_respondents, (long long)after->round_to, (long long)after->min_changed,
            (long long)after->release_interval);
    put_terms_changes(out, before, after);
    if (out->len == start)
        buf_put_text(out, T("no changes\n", "geen wijzigingen\n"));
}
