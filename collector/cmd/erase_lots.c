/* A lot is gathered anew right before it is asked for: the lots before it have taken away what they named. */
#include "collector/cmd/erase_lots.h"
#include "base/lang.h"
#include "collector/acts/erasure.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"

/* What is under way. */
struct lots {
    const struct config *config;
    const struct erasing *all;
    const char *reason, *reference;
    size_t place; /* in its responses, and behind them its members: where the next lot begins */
    bool queued; /* the last act has not been carried out yet */
};

static size_t end_of(const struct lots *lots)
{
    return lots->all->response_count + lots->all->member_count;
}

static int add_at(const struct lots *lots, struct erasing *lot)
{
    const struct erasing *all = lots->all;
    if (lots->place < all->response_count)
        return erasing_add_response(lot, &all->responses[lots->place]);
    return erasing_add_member(lot, &all->members[lots->place - all->response_count]);
}

/* From the place on, as many as one event can name; one by itself may be more. What does not fit is gathered again. */
static int gather_lot(struct lots *lots, struct erasing *lot)
{
    size_t first = lots->place;
    for (; lots->place < end_of(lots); lots->place++) {
        size_t entries = lot->count, responses = lot->response_count, members = lot->member_count;
        if (add_at(lots, lot) < 0)
            return cli_fail("%s", lot->error.text);
        if (lot->count > ERASING_EVENT_MAX && lots->place > first) {
            lot->count = entries;
            lot->response_count = responses;
            lot->member_count = members;
            break;
        }
    }
    erasing_gathered(lot);
    return CLI_DONE;
}

/* *end and *told are set where CLI_DONE is returned. */
static int ask_lot(struct lots *lots, const struct erasing *lot, enum act_end *end, struct act_told *told)
{
    struct store *store = lots->all->store;
    struct act_wish wish;
    struct error error;
    int64_t id;
    if (act_prepare_erasure(&wish, lot, lots->reason, lots->reference, &error) < 0)
        return cli_fail("%s", error.text);
    int asked = cmd_act_ask(store, &wish, &id);
    act_wish_wipe(&wish);
    if (asked < 0)
        return cmd_store_failed(store);
    *end = cmd_act_wait(lots->config, store, id, false, told);
    lots->queued = *end == ACT_END_QUEUED;
    return CLI_DONE;
}

static bool names_entry(const struct erasing *lot, int64_t entry)
{
    for (size_t i = 0; i < lot->count; i++)
        if (lot->entries[i] == entry)
            return true;
    return false;
}

/* Asks for what there is from lots->place on. `refused`: an entry of what was refused last, or -1, and then the
 * first of what is refused now; where it is still there the refusal is for another reason than that it has gone,
 * and is told. */
static int try_lot(struct lots *lots, int64_t *refused, struct act_told *told)
{
    struct erasing lot;
    enum act_end end = ACT_END_DONE;
    erasing_init(&lot, lots->all->store, lots->all->catalogue);
    int result = gather_lot(lots, &lot);
    bool again = result == CLI_DONE && *refused >= 0 && names_entry(&lot, *refused);
    if (again)
        result = cmd_act_tell(ACT_END_REFUSED, told);
    else if (result == CLI_DONE && lot.count > 0)
        result = ask_lot(lots, &lot, &end, told);
    *refused = result == CLI_DONE && end == ACT_END_REFUSED ? lot.entries[0] : -1;
    if (result == CLI_DONE && lot.count > 0 && *refused < 0)
        result = cmd_act_tell(end, told);
    erasing_wipe(&lot);
    return result;
}

/* An act that was asked for before, by a run that was cut off for instance, may have taken a lot away meanwhile: then
 * there is something else to ask for, or nothing more. */
static int erase_next_lot(struct lots *lots)
{
    const size_t first = lots->place;
    int64_t refused = -1;
    struct act_told told = {0};
    int result;
    do {
        lots->place = first;
        result = try_lot(lots, &refused, &told);
    } while (result == CLI_DONE && refused >= 0);
    return result;
}

int cmd_erase_lots(const struct config *config, const struct erasing *all, const char *reason, const char *reference,
                   bool *queued)
{
    struct lots lots = {.config = config, .all = all, .reason = reason, .reference = reference};
    int result = CLI_DONE;
    if (all->count > ERASING_EVENT_MAX)
        cli_say("%s", T("This is more than 1,000 entries: it goes in several acts, one after the other.",
                        "Dit zijn meer dan 1000 regels: het gaat in verscheidene handelingen, na elkaar."));
    while (result == CLI_DONE && !lots.queued && lots.place < end_of(&lots))
        result = erase_next_lot(&lots);
    if (result == CLI_DONE && lots.queued && lots.place < end_of(&lots))
        cli_say("%s", T("The rest was not asked for: run the same again once this has been done.",
                        "Om de rest is niet gevraagd: voer hetzelfde opnieuw uit als dit gedaan is."));
    *queued = lots.queued;
    return result;
}
