/* Releases, as far as the log alone tells of them: their numbers, their order, the rules they name. Root and files are
 * held against what is worked out elsewhere. */
#include "base/lang.h"
#include "base/list.h"
#include "collector/audit/replay_state.h"

/* That of the round of that number; NULL: no memory. */
static struct released *released_in(struct replay *replay, uint32_t round)
{
    while (replay->released_count < round) {
        struct released *list =
            list_grow(replay->released, replay->released_count, &replay->released_capacity, sizeof *list);
        if (!list)
            return NULL;
        replay->released = list;
        list[replay->released_count++] = (struct released){0};
    }
    return &replay->released[round - 1];
}

#define SECONDS_A_DAY 86400

static const char *check_order(const struct replay *replay, const struct released *before, uint32_t round,
                               const struct event *event)
{
    if (before->is_final)
        return T("its round had a final release", "de ronde had al een definitieve uitgave");
    if (event->number != before->last + 1)
        return T("it is not the next release of its round", "ze is niet de volgende uitgave van de ronde");
    if (event->size < before->size)
        return T("it rests on less of the log than the one before", "ze rust op minder van het logboek dan de vorige");
    if (event->is_final && history_closed_by(replay->history, round) < 0)
        return T("it is final, and its round had not been closed", "ze is definitief, en de ronde was niet gesloten");
    return NULL;
}

static bool is_by_the_rule(const struct panel *panel, const struct event *event)
{
    return event->rule == 2 && event->min_respondents == panel->min_respondents && event->round_to == panel->round_to &&
           event->min_changed == panel->min_changed;
}

const char *replay_release(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    int place = entry->law ? panel_find_round(entry->law->catalogue->panel, event->round) : -1;
    if (place < 0)
        return T("the panel has no such round", "het panel heeft geen zulke ronde");
    if (event->size > entry->index)
        return T("it rests on entries behind it", "ze rust op regels na haar");
    struct released *released = released_in(replay, entry->law->rounds[place]);
    if (!released)
        return replay_out_of_memory(replay);
    const struct panel *panel = entry->law->catalogue->panel;
    const char *fault = check_order(replay, released, entry->law->rounds[place], event);
    if (!fault && !is_by_the_rule(panel, event))
        fault = T("it was not made by the disclosure rule in force",
                  "ze is niet gemaakt naar de geldende onthullingsregel");
    if (!fault && released->last > 0 && !event->is_final &&
        event->iat - released->when < panel->release_interval * SECONDS_A_DAY)
        fault = T("it came too soon after the release before", "ze kwam te snel na de vorige uitgave");
    if (!fault)
        *released = (struct released){.last = event->number,
                                      .first_index = released->last > 0 ? released->first_index : entry->index,
                                      .index = entry->index,
                                      .when = event->iat,
                                      .size = event->size,
                                      .is_final = event->is_final};
    return fault;
}

int64_t replay_last_release(const struct replay *replay, uint32_t round)
{
    return round >= 1 && round <= replay->released_count ? replay->released[round - 1].last : 0;
}
