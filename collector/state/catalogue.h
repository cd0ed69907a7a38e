/* What administrators have set, at one moment: panel definition, action list, the numbers by which the store names
 * rounds and actions, access tokens. Counted, and immutable once it is shared, so that requests under way keep theirs
 * when an import brings a new one.
 *
 * The room: what the store holds that every request needs, kept in memory in the form in which it is asked for.
 * catalogue is what administrators have set, with the access tokens (access, token), the layouts of counters (tally)
 * and what of it the log has in force (in_force); roster is who is a member, by key; panel_import says what a new
 * definition may change of the old. All are read from the store by its verbs and none writes to it. Catalogues are
 * swapped whole (base/latest.h), the roster grows in place under its lock. */
#ifndef COLLECTOR_STATE_CATALOGUE_H
#define COLLECTOR_STATE_CATALOGUE_H

#include "base/counted.h"
#include "base/latest.h"
#include "collector/state/access.h"
#include "collector/state/in_force.h"
#include "collector/state/tally.h"
#include "panel/definition.h"

struct catalogue {
    struct counted counted;
    struct panel *panel;
    struct action_list *actions;
    struct tally_layout **layouts; /* by questionnaire */
    size_t *payloads_max; /* by questionnaire: bytes of the longest claims that answer it */
    int64_t *round_numbers; /* by index in panel->rounds */
    int64_t *action_numbers; /* by index in actions->list */
    struct buf definition; /* the definition as imported, JSON */
    struct access_list tokens;
    struct in_force in_force; /* what the log says of both; read by who serves alone (in_force_load) */
    uint64_t edition; /* the same for two that mean the same to a response; set before it is shared */
};

/* Reads it from the store; held once by the caller. NULL: *error says why ("no panel has been imported yet" among
 * them). */
MUST_CHECK struct catalogue *catalogue_load(struct store *store, struct error *error);

/* Of a panel without a store: rounds and actions are numbered in their order, from 1; no tokens, no definition as
 * imported. Takes both over, also on failure. NULL: no memory. */
MUST_CHECK struct catalogue *catalogue_new(struct panel *panel, struct action_list *actions);

/* Gives `next` the edition of `before` when panel and actions are the same in both, and one more otherwise. `before`
 * may be NULL. */
void catalogue_set_edition(struct catalogue *next, const struct catalogue *before);

/* Says that the store has no panel. Returns -1. */
int catalogue_no_panel(struct error *error);

/* One more holder, and one less; the last one out frees. Any thread. NULL is fine. */
struct catalogue *catalogue_hold(struct catalogue *catalogue);
void catalogue_release(struct catalogue *catalogue);

/* The place of the action of that number in the list; -1: there is none. */
int catalogue_find_action(const struct catalogue *catalogue, int64_t number);

/* Bytes that the claims of a response in a round take at most. */
size_t catalogue_payload_max(const struct catalogue *catalogue, size_t round);

/* The layout of a round's counters. */
const struct tally_layout *catalogue_layout(const struct catalogue *catalogue, size_t round);

/* The one in force of a latest that holds catalogues alone, held for the caller; NULL while there is none. */
struct catalogue *catalogue_now(struct latest *latest);

#endif
