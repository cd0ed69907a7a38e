/* What was in force along a log: panel definition and action list as each import put them there, which rounds had been
 * closed, and under which numbers rounds and actions are counted. Shares nothing with intake. Pure. One thread; a law,
 * once made, any number. */
#ifndef COLLECTOR_AUDIT_HISTORY_H
#define COLLECTOR_AUDIT_HISTORY_H

#include "collector/state/catalogue.h"

/* Definition and list in force together. Immutable and counted. */
struct law {
    struct counted counted;
    struct catalogue *catalogue;
    uint32_t *rounds; /* the history's numbers, by place in the panel */
    uint32_t *actions; /* the same, by place in the list */
    uint8_t panel[SHA256_BYTES]; /* the hash of the definition's document */
    uint8_t list[SHA256_BYTES]; /* and of the list's */
    bool has_list; /* false: no list has been imported, and the catalogue's is empty */
    bool is_older; /* in force now, applied to entries of before protocol 2: openings may have been moved */
};

struct law *law_hold(struct law *law);
void law_release(struct law *law);

struct history;

/* Nothing in force yet. NULL: no memory. Free with history_free. */
MUST_CHECK struct history *history_new(void);
void history_free(struct history *history);

/* What is to be in force. The definition and the list are taken over, also on failure. */
struct enactment {
    struct panel *panel;
    struct action_list *actions;
    const struct buf *definition; /* the panel's document; copied */
    const uint8_t *panel_hash, *list_hash; /* of their documents; list_hash NULL: no list has been imported */
    int64_t when; /* iat of the event */
    bool is_older;
};

/* From here on that is in force. -1: no memory. */
MUST_CHECK int history_enact(struct history *history, const struct enactment *next);

/* What is in force; the history's. NULL: no definition is yet. */
struct law *history_law(const struct history *history);

/* Whether the pair of documents that `context` is the hash of (PROTOCOL 6a) was in force at `since` or later. */
bool history_had(const struct history *history, const uint8_t context[static SHA256_BYTES], int64_t since);

/* Rounds by their numbers. */

/* The index of the event that closed it, while it is closed; -1. */
int64_t history_closed_by(const struct history *history, uint32_t round);

/* Closes it. */
void history_close(struct history *history, uint32_t round, int64_t index, int64_t when);

/* Opens it again when it was closed before `closes_at`; whether it was. */
bool history_reopen(struct history *history, uint32_t round, int64_t closes_at);

/* The numbers of ids, from 1; 0 for none. And back; NULL for none. */
uint32_t history_find_round(const struct history *history, const char *id);
uint32_t history_find_action(const struct history *history, const char *id);
const char *history_round_id(const struct history *history, int64_t number);
const char *history_action_id(const struct history *history, int64_t number);
uint32_t history_round_count(const struct history *history);
uint32_t history_action_count(const struct history *history);

#endif
