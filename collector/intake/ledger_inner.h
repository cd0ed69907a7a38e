/* What the files of the ledger share: ledger.c (a batch), ledger_entries.c (what members send), ledger_erasures.c
 * (what they ask to be erased), ledger_acts.c (what administrators ask) and ledger_events.c (what the collector itself
 * says in the log), over the steps of ledger_inner.c. Inside of the ledger alone; the writer's. */
#ifndef COLLECTOR_INTAKE_LEDGER_INNER_H
#define COLLECTOR_INTAKE_LEDGER_INNER_H

#include "collector/acts/act.h"
#include "collector/intake/counters.h"
#include "collector/intake/ledger.h"
#include "collector/log/publisher.h"

struct ledger {
    struct store *store;
    struct ledger_shared shared;
    struct catalogue *catalogue; /* in force, held; NULL before the first panel */
    struct publisher *publisher; /* of the log */
    int64_t size; /* of the log */
    struct merkle_hash *leaves; /* appended in this batch */
    size_t leaf_count, leaf_capacity;
    int64_t members;
    int64_t member_changes; /* up to which the roster has been told */
    struct counters *counters;
    struct store_member *changed; /* enrolled, revoked or restored in this batch, not yet in the roster */
    size_t changed_count, changed_capacity;
    struct buf entry; /* what a repeated response is compared with */

    int64_t last_iat; /* of the newest event */
    struct closings closings;
    bool *closed; /* by round of the catalogue: the log has closed it */
    size_t closed_capacity;
    int64_t next_closing; /* the earliest closesAt of a round that is not closed */
    int64_t settle_after; /* on the monotonic clock: not asked for again before */
    struct error error; /* why the batch failed */
    int64_t failed_wish; /* that made it fail; 0: none */

    bool stale; /* what is held here may not be the store's: read it anew */
    bool learnt; /* the log was loaded in this batch: what others have appended is signed and shown after the commit */
    bool catalogue_is_new; /* the others have not been shown it yet: they are after the commit */
    bool begun; /* the log has its first event */
    bool erased; /* what was erased may still be in a file of the store */
    bool settling_failed; /* and that it can't be taken out of it has been said */
};

/* Hands up what the store says. Returns -1; so do all below on failure, and ledger->error says why. */
int ledger_store_failed(struct ledger *ledger);

/* Appends an entry with this leaf; gives its index where `index` is not NULL. */
MUST_CHECK int ledger_append(struct ledger *ledger, const char *jws, size_t len, const struct merkle_hash *leaf,
                             int64_t *index);

/* Notes that a member is now as in `member`, for the roster after the commit. */
MUST_CHECK int ledger_note_member(struct ledger *ledger, const struct store_member *member);

/* Puts the catalogue that the store has now in force for what follows; NULL where there is no panel yet. */
MUST_CHECK int ledger_load_catalogue(struct ledger *ledger);

/* ledger_entries.c */

/* Applies one submission: sets its verdict, and writes what it comes to. */
MUST_CHECK int ledger_apply_one(struct ledger *ledger, struct submission *s);

/* Nothing is kept of the submission: it counts no longer for what its member may send. */
void ledger_take_back_quota(struct ledger *ledger, struct submission *s);

/* ledger_events.c */

/* Takes over from the store what its events say: the operator key in force, the last iat, which rounds are closed. */
MUST_CHECK int ledger_load_events(struct ledger *ledger);

/* The catalogue or the closings have changed: notes which rounds are closed, and when the next is to be. */
MUST_CHECK int ledger_note_rounds(struct ledger *ledger);

/* Begins the log where it has no event yet: with log-upgraded, for a panel that was there before. Without a panel it
 * waits for the first (ledger_open_log). */
MUST_CHECK int ledger_begin_log(struct ledger *ledger);

/* log-opened, before the event of the panel's first import and of its moment. */
MUST_CHECK int ledger_open_log(struct ledger *ledger, const char *panel_id, int64_t iat);

/* The iat that an event has now. */
int64_t ledger_event_time(const struct ledger *ledger);

/* Keeps the documents of an act under their hashes. */
MUST_CHECK int ledger_keep_documents(struct ledger *ledger, const struct act_work *work);

/* Signs the event, with this iat, appends it and lists it. */
MUST_CHECK int ledger_record(struct ledger *ledger, struct event *event, const char *panel_id, int64_t iat);

/* Closes the rounds whose closesAt has come at `moment`. */
MUST_CHECK int ledger_close_rounds(struct ledger *ledger, int64_t moment);

/* ledger_erasures.c */

/* A request to erase: sets its verdict, and carries it out. */
MUST_CHECK int ledger_apply_erasure(struct ledger *ledger, struct submission *s);

/* Before erasing, which brings down the counters of the store: those that memory holds are written, and read anew
 * after. */
MUST_CHECK int ledger_hand_over_counters(struct ledger *ledger);

/* After a commit, outside any transaction: empties the files of what was erased, as soon as nobody reads it any more.
 * What fails is logged and tried again. */
void ledger_settle_erasure(struct ledger *ledger);

/* ledger_acts.c */

/* Whether anything is asked for. -1: the store can't be read. */
MUST_CHECK int ledger_is_asked(struct ledger *ledger, bool *out);

/* Carries out what administrators have asked for, in order; what is refused is told to who asked. */
MUST_CHECK int ledger_take_pending(struct ledger *ledger);

/* After a batch that failed and was rolled back: where a wish made it fail, and not the disk, which may work again,
 * that wish is refused, so that it can't keep the ledger from everything else. Whether it was. */
bool ledger_refuse_failed(struct ledger *ledger);

/* The same for one that comes with a request: sets its verdict. */
MUST_CHECK int ledger_apply_act(struct ledger *ledger, struct submission *s);

#endif
