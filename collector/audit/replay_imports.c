/* Imports: what is in force from here on, whether it takes away what people have answered, and what of it should be
 * known. */
#include "base/lang.h"
#include "base/mem.h"
#include "collector/audit/replay_state.h"
#include "collector/state/panel_import.h"
#include "panel/served.h"
#include <string.h>

/* Reading. */

static const char *read_panel_document(struct replay *replay, struct entry *entry, const struct buf *text,
                                       struct panel **out)
{
    struct faults faults;
    const char *fault = NULL;
    faults_init(&faults);
    *out = panel_parse(buf_text(text), text->len, &faults);
    if (!*out && faults.no_memory)
        fault = replay_out_of_memory(replay);
    else if (!*out)
        fault = replay_fault(entry,
                             T("its panel definition can't be read: %s: %s", "de paneldefinitie is onleesbaar: %s: %s"),
                             faults.count > 0 ? faults.list[0].where : "", faults.count > 0 ? faults.list[0].what : "");
    else if (strcmp((*out)->id, entry->aud) != 0)
        fault = T("its panel definition is another panel's", "de paneldefinitie is van een ander panel");
    faults_free(&faults);
    return fault;
}

static const char *fetch_panel_document(struct replay *replay, struct entry *entry,
                                        const uint8_t hash[static SHA256_BYTES], struct buf *text, struct panel **out)
{
    const char *fault = replay_fetch(replay, entry, hash, -1, text);
    if (!fault && entry->event->kind == EVENT_PANEL_IMPORTED && text->len != (uint64_t)entry->event->bytes)
        fault = replay_fault(entry, T("its document has %zu bytes", "haar document heeft %zu bytes"), text->len);
    return fault ? fault : read_panel_document(replay, entry, text, out);
}

static struct action_list *no_actions(void)
{
    struct action_list *actions = action_list_new();
    if (actions && action_list_index(actions) == 0)
        return actions;
    action_list_free(actions);
    return NULL;
}

static const char *fetch_list_document(struct replay *replay, struct entry *entry, const uint8_t *hash,
                                       struct action_list **out)
{
    struct buf text;
    if (!hash)
        return (*out = no_actions()) != NULL ? NULL : replay_out_of_memory(replay);
    buf_init(&text, SERVED_ACTIONS_MAX);
    const char *fault = replay_fetch(replay, entry, hash, -1, &text);
    if (!fault && entry->event->kind == EVENT_ACTIONS_IMPORTED && text.len != (uint64_t)entry->event->bytes)
        fault = replay_fault(entry, T("its document has %zu bytes", "haar document heeft %zu bytes"), text.len);
    struct error error;
    if (!fault && (*out = actions_parse_json(buf_text(&text), text.len, &error)) == NULL)
        fault = error.kind == ERROR_MEMORY ? replay_out_of_memory(replay)
                                           : T("its action list can't be read", "de actielijst is onleesbaar");
    buf_free(&text);
    return fault;
}

/* Enacting. */

static void reopen_rounds(struct replay *replay, const struct entry *entry, const struct law *law)
{
    const struct panel *panel = law->catalogue->panel;
    for (size_t i = 0; i < panel->round_count; i++)
        if (history_reopen(replay->history, law->rounds[i], panel->rounds[i].closes_at))
            findings_note(replay->setup.findings,
                          T("entry %lld opened round %s again", "regel %lld opende ronde %s opnieuw"),
                          (long long)entry->index, panel->rounds[i].id);
}

/* Fetches both documents and enacts what they say. */
static const char *fetch_and_enact(struct replay *replay, struct entry *entry, struct enactment *next,
                                   struct buf *definition)
{
    const char *fault = fetch_panel_document(replay, entry, next->panel_hash, definition, &next->panel);
    if (!fault)
        fault = fetch_list_document(replay, entry, next->list_hash, &next->actions);
    if (fault) {
        panel_free(next->panel);
        action_list_free(next->actions);
        return fault;
    }
    return history_enact(replay->history, next) < 0 ? replay_out_of_memory(replay) : NULL;
}

const char *replay_enact(struct replay *replay, struct entry *entry, const uint8_t panel[static SHA256_BYTES],
                         const uint8_t *list, int64_t when)
{
    struct buf definition;
    struct enactment next = {.definition = &definition, .panel_hash = panel, .list_hash = list, .when = when};
    buf_init(&definition, PANEL_JSON_MAX);
    const char *fault = fetch_and_enact(replay, entry, &next, &definition);
    buf_free(&definition);
    if (fault)
        return fault;
    entry->next = law_hold(history_law(replay->history));
    reopen_rounds(replay, entry, entry->next);
    return NULL;
}

const char *replay_import_panel(struct replay *replay, struct entry *entry)
{
    const uint8_t *list = entry->law && entry->law->has_list ? entry->law->list : NULL;
    return replay_enact(replay, entry, entry->event->panel, list, entry->event->iat);
}

const char *replay_import_actions(struct replay *replay, struct entry *entry)
{
    if (!entry->law)
        return T("no panel was in force", "er was geen panel van kracht");
    return replay_enact(replay, entry, entry->law->panel, entry->event->actions, entry->event->iat);
}

/* Telling. What has been answered is what has counters by now. */

struct answered {
    struct answered_action *list; /* behind the first `count`: rounds with releases */
    size_t count, kept;
};

/* What has been settled ahead counts from its place on. */
static bool has_release(const struct replay *replay, const struct released *released)
{
    return released->last > 0 && released->first_index < replay->counted;
}

/* -1: no memory. */
static int list_answered(const struct replay *replay, struct answered *out)
{
    int64_t round, action;
    const int64_t *counts;
    size_t place = 0, slots, all = 0;
    while (fold_next_counts(replay->fold, &place, &round, &action, &counts, &slots))
        all++;
    *out = (struct answered){.list = mem_calloc(all + replay->released_count, sizeof *out->list)};
    if (!out->list)
        return -1;
    for (place = 0; fold_next_counts(replay->fold, &place, &round, &action, &counts, &slots);)
        out->list[out->count++] = (struct answered_action){history_round_id(replay->history, round),
                                                           history_action_id(replay->history, action)};
    out->kept = out->count;
    for (size_t i = 0; i < replay->released_count; i++)
        if (has_release(replay, &replay->released[i]))
            out->list[out->kept++] =
                (struct answered_action){.round = history_round_id(replay->history, (int64_t)i + 1)};
    return 0;
}

static void tell_of_import(const struct replay *replay, const struct entry *entry, const char *what)
{
    findings_add(replay->setup.findings, T("entry %lld: %s", "regel %lld: %s"), (long long)entry->index, what);
}

/* An import may add, and change what nobody has answered or been told of yet. */
static void judge_panel(struct replay *replay, const struct entry *entry, const struct answered *answered)
{
    struct faults faults;
    faults_init(&faults);
    panel_import_check(entry->law->catalogue->panel, entry->next->catalogue->panel, answered->list, answered->kept,
                       &faults);
    for (size_t i = 0; i < faults.count; i++)
        tell_of_import(replay, entry, faults.list[i].what);
    if (faults.no_memory)
        replay_out_of_memory(replay);
    faults_free(&faults);
}

static void judge_list(struct replay *replay, const struct entry *entry, const struct answered *answered)
{
    for (size_t i = 0; i < answered->count; i++)
        if (action_list_find(entry->next->catalogue->actions, answered->list[i].action) < 0)
            findings_add(replay->setup.findings,
                         T("entry %lld: it takes action %s away, which has responses",
                           "regel %lld: ze haalt actie %s weg, die reacties heeft"),
                         (long long)entry->index, answered->list[i].action);
}

/* Whether a round has a release that others may follow. */
static bool has_open_release(const struct replay *replay)
{
    for (size_t i = 0; i < replay->released_count; i++)
        if (has_release(replay, &replay->released[i]) &&
            (!replay->released[i].is_final || replay->released[i].index > replay->counted))
            return true;
    return false;
}

/* While others may follow a release it must not change (PROTOCOL 8). */
static void judge_disclosure(struct replay *replay, const struct entry *entry)
{
    const struct panel *before = entry->law->catalogue->panel, *after = entry->next->catalogue->panel;
    if (panel_import_keeps_disclosure(before, after))
        return;
    if (has_open_release(replay))
        tell_of_import(replay, entry,
                       T("it changes disclosure, while others may follow a release",
                         "ze wijzigt onthulling, terwijl op een uitgave nog andere kunnen volgen"));
    findings_note(replay->setup.findings,
                  T("entry %lld changed disclosure: minRespondents %lld to %lld, roundTo %lld to %lld, minChanged %lld "
                    "to %lld, releaseInterval %lld to %lld",
                    "regel %lld wijzigde onthulling: minRespondents %lld naar %lld, roundTo %lld naar %lld, minChanged "
                    "%lld naar %lld, releaseInterval %lld naar %lld"),
                  (long long)entry->index, (long long)before->min_respondents, (long long)after->min_respondents,
                  (long long)before->round_to, (long long)after->round_to, (long long)before->min_changed,
                  (long long)after->min_changed, (long long)before->release_interval,
                  (long long)after->release_interval);
}

static bool round_is_answered(const struct answered *answered, const char *round)
{
    for (size_t i = 0; i < answered->count; i++)
        if (strcmp(answered->list[i].round, round) == 0)
            return true;
    return false;
}

static void note_round_titles(const struct replay *replay, const struct entry *entry, const struct answered *answered)
{
    const struct panel *before = entry->law->catalogue->panel, *after = entry->next->catalogue->panel;
    if (!labels_equal(&before->title, &after->title) && answered->count > 0)
        findings_note(replay->setup.findings,
                      T("entry %lld changed the panel's title", "regel %lld wijzigde de titel van het panel"),
                      (long long)entry->index);
    for (size_t i = 0; i < after->round_count; i++) {
        int old = panel_find_round(before, after->rounds[i].id);
        if (old >= 0 && !labels_equal(&before->rounds[old].title, &after->rounds[i].title) &&
            round_is_answered(answered, after->rounds[i].id))
            findings_note(replay->setup.findings,
                          T("entry %lld changed the title of round %s after the first response to it",
                            "regel %lld wijzigde de titel van ronde %s na de eerste reactie erop"),
                          (long long)entry->index, after->rounds[i].id);
    }
}

/* Each action once, however many rounds have it. */
static void note_action_titles(struct replay *replay, const struct entry *entry, const struct answered *answered)
{
    const struct action_list *before = entry->law->catalogue->actions, *after = entry->next->catalogue->actions;
    bool *noted = mem_calloc(before->count, sizeof *noted);
    if (!noted) {
        replay_out_of_memory(replay);
        return;
    }
    for (size_t i = 0; i < answered->count; i++) {
        int old = action_list_find(before, answered->list[i].action);
        int now = action_list_find(after, answered->list[i].action);
        if (old < 0 || now < 0 || noted[old] || strcmp(before->list[old].title, after->list[now].title) == 0)
            continue;
        noted[old] = true;
        findings_note(replay->setup.findings,
                      T("entry %lld changed the title of action %s after the first response to it",
                        "regel %lld wijzigde de titel van actie %s na de eerste reactie erop"),
                      (long long)entry->index, answered->list[i].action);
    }
    mem_free(noted);
}

void replay_tell_import(struct replay *replay, struct entry *entry)
{
    struct answered answered;
    if (!entry->law || !entry->next)
        return;
    if (list_answered(replay, &answered) < 0) {
        replay_out_of_memory(replay);
        return;
    }
    if (entry->event->kind == EVENT_PANEL_IMPORTED) {
        judge_panel(replay, entry, &answered);
        judge_disclosure(replay, entry);
        note_round_titles(replay, entry, &answered);
    } else {
        judge_list(replay, entry, &answered);
        note_action_titles(replay, entry, &answered);
    }
    mem_free(answered.list);
}
