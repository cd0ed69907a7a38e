/* A log replayed: entry after entry, each judged by what the entries before it have put in force (PROTOCOL 6a,
 * "Audit", and 5b). No store: documents come by a callback, by their hashes. Entries of before protocol 2, which no
 * event tells about, are judged by one law given beforehand. Whether a response can follow on those before it at its
 * place is judged behind the last entry, place by place, so that memory need not grow with them: replay_next.
 *
 * Each entry goes through four hands: entry_take_apart, on any thread; replay_settle, in order, which says by whose key
 * and under which law it stands and carries out events; entry_check_signature, on any thread; replay_count, in order,
 * which tells what is wrong with it and counts what is right. So a chunk is settled while another waits to be counted.
 *
 *     history, letters, holes, spent, fold   what the entries make
 *     replay                             entries -> those
 *     replay_events, replay_imports, replay_erasures, replay_releases   what each kind of event does where it stands
 *
 * One thread, but for the hands named. */
#ifndef COLLECTOR_AUDIT_REPLAY_H
#define COLLECTOR_AUDIT_REPLAY_H

#include "collector/audit/entry.h"
#include "collector/audit/findings.h"
#include "collector/audit/fold.h"
#include "collector/audit/holes.h"
#include "collector/audit/letters.h"
#include "collector/audit/spent.h"
#include "collector/store/store.h"

#define REPLAY_DOCUMENT_MAX ((size_t)64 * 1024 * 1024) /* bytes */

struct replay_setup {
    /* Appends the document of that hash; whether its bytes are, the replay sees. STORE_NONE: it is not there.
     * STORE_FAILED: *error, also for one that does not fit. */
    enum store_result (*document)(void *context, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                  struct error *error);
    void *context;
    const char *origin; /* the log's, which log-opened must name; NULL: any */
    const char *log_key; /* the log's verifier key as text, which releases name; NULL: releases are not made anew */
    /* Appends a file of a release, as it is kept. As `document`. */
    enum store_result (*release_file)(void *context, const char *round, int64_t number, const char *name,
                                      struct buf *out, struct error *error);
    struct audit_findings *findings; /* must outlive the replay */
    struct scratch *scratch; /* likewise: where what is larger than memory goes, and what tells of failures there */
    size_t memory; /* bytes, about, that members and responses may take */
};

struct replay;

/* Before the first entry. NULL: no memory. Free with replay_free. */
MUST_CHECK struct replay *replay_new(const struct replay_setup *setup);
void replay_free(struct replay *replay);

/* Entries below `size` are of before protocol 2, and judged by this law. `when` and `is_older` are not looked at;
 * otherwise as history_enact. Before the first entry. -1: no memory. */
MUST_CHECK int replay_start_older(struct replay *replay, int64_t size, const struct enactment *older);

/* In force behind the entries settled so far: what the next is best taken apart by. NULL: nothing. The replay's. */
struct law *replay_law(const struct replay *replay);

/* In order, from index 0 without a gap. -1: *error. */
MUST_CHECK int replay_settle(struct replay *replay, struct entry *entry, struct error *error);

/* In order, each settled before. -1: *error. */
MUST_CHECK int replay_count(struct replay *replay, struct entry *entry, struct error *error);

/* Behind the last entry: tells what can only be told then. -1: *error. */
MUST_CHECK int replay_end(struct replay *replay, struct error *error);

/* After that: the next response that counts (FOLD_COUNTS), or that is current behind all of its place (FOLD_CURRENT),
 * as fold_next has them; tells of those that can't follow, and of what should have been erased. FOLD_END: there is no
 * more, or it failed. */
MUST_CHECK enum fold_step replay_next(struct replay *replay, struct fold_current *out);

/* Whether anything that rests on scratch has failed: 0; -1: *error. What was found by then is not to be told. */
MUST_CHECK int replay_check(const struct replay *replay, struct error *error);
bool replay_has_failed(const struct replay *replay);

/* Its setup's, for what else must not grow in memory. */
struct scratch *replay_scratch(const struct replay *replay);

/* What the entries have made; the replay's. */
struct fold *replay_fold(const struct replay *replay);
const struct history *replay_history(const struct replay *replay);
struct letters *replay_letters(const struct replay *replay);
struct holes *replay_holes(const struct replay *replay);
struct spent *replay_spent(const struct replay *replay);

/* Whether all of a member's went at their own request, by the SHA-256 of the kid; and of how many that is so. */
bool replay_is_forgotten(const struct replay *replay, const uint8_t kid_hash[static SHA256_BYTES]);
size_t replay_forgotten(const struct replay *replay);

/* A follow-up, by the index of its event. */
struct followed {
    int64_t index, replaces; /* replaces: -1 for none */
    uint32_t action; /* the history's number */
    bool is_replaced;
    uint8_t document[SHA256_BYTES]; /* its hash */
};

/* Those that were published, ascending; the replay's. */
const struct followed *replay_followed(const struct replay *replay, size_t *count);

/* Its setup's. */
struct audit_findings *replay_findings(const struct replay *replay);

/* The number of the last release of the round of that number; 0 for none. */
int64_t replay_last_release(const struct replay *replay, uint32_t round);

struct replay_totals {
    int64_t older; /* entries of before protocol 2 */
    int64_t letters; /* that invitations-created has made, and those that log-upgraded tells of */
    int64_t invited; /* letters that have not been withdrawn */
    int64_t older_withdrawn; /* letters withdrawn before protocol 2: how many is known, which not */
    bool has_operator; /* an event has named the operator's key */
    uint8_t operator_key[KEY_BYTES]; /* the last of them */
    bool has_page; /* an event has named the pages */
    uint8_t page[SHA256_BYTES]; /* the hash of the last manifest */
};

void replay_totals(const struct replay *replay, struct replay_totals *out);

#endif
