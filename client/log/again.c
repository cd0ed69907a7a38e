/* Being in the log is shown by an inclusion proof made of tiles, for each receipt that is the pinned log's at all: that
 * the newest checkpoint continues an older one is more than is asked here, and not so after a disaster. See again.h. */
#include "client/log/again.h"
#include "client/home/evidence.h"
#include "client/home/spool.h"
#include "client/log/tile_reader.h"
#include <errno.h>
#include <string.h>

enum presence { PRESENT, ABSENT, UNREAD };

/* Whether the stored hashes show that entry `index` is `leaf`; where they show that it is another, it is absent. */
static enum presence find_leaf(struct again *again, uint64_t index, const struct merkle_hash *leaf)
{
    const struct merkle_head *head = &again->monitor.newest->head;
    struct merkle_hash proof[MERKLE_PROOF_MAX], there;
    if (index >= head->size)
        return ABSENT;
    int count = merkle_prove_inclusion(index, head->size, tile_reader_hash, again->monitor.tiles, proof);
    if (count < 0 || tile_reader_hash(again->monitor.tiles, 0, index, &there) < 0 ||
        !merkle_inclusion_holds(index, head->size, &there, proof, (size_t)count, &head->root))
        return UNREAD;
    return merkle_equal(&there, leaf) ? PRESENT : ABSENT;
}

/* A receipt that does not hold under the log's key is another log's, so this one does not have the entry by it. */
static enum presence find_entry(struct again *again, const struct profile *profile,
                                const struct member_receipt *receipt)
{
    struct receipts_proof proof;
    struct merkle_hash leaf;
    struct error why;
    if (receipts_check(receipt, &profile->pin->key, &proof, &why) < 0)
        return why.kind == ERROR_MEMORY ? UNREAD : ABSENT;
    merkle_leaf(receipt->jws.text, receipt->jws.len, &leaf);
    return find_leaf(again, (uint64_t)receipt->index, &leaf);
}

struct again_walk {
    struct again *again;
    const struct profile *profile;
    enum again_result result;
};

/* Whether to go on, as receipts_each has it. */
static int stop_walk(struct again_walk *walk, enum again_result result)
{
    walk->result = result;
    return 1;
}

/* Looking. */

static int look_for_enrolment(void *context, const struct member_receipt *receipt)
{
    struct again_walk *walk = context;
    enum presence presence = find_entry(walk->again, walk->profile, receipt);
    walk->again->enrolment_held = presence == PRESENT;
    return stop_walk(walk, presence == UNREAD ? AGAIN_UNREAD : AGAIN_DONE);
}

static enum again_result look_at_log(struct again *again, const struct profile *profile)
{
    if (seen_gather(&again->seen, profile, NULL) < 0)
        return AGAIN_FAILED;
    again->monitor.pin = profile->pin;
    again->monitor.seen = &again->seen;
    again->seen_as = monitor_log(&again->monitor);
    switch (again->seen_as) {
    case MONITOR_CONTINUES:
    case MONITOR_TWO_HISTORIES:
    case MONITOR_SMALLER:
        return AGAIN_DONE;
    case MONITOR_AWAY:
    case MONITOR_REFUSED:
    case MONITOR_NO_LOG:
    case MONITOR_OTHER_KEY:
    case MONITOR_FALSE_TILES:
    case MONITOR_UNREAD:
        return AGAIN_NO_LOG;
    case MONITOR_FAILED:
        errno = ENOMEM;
        return AGAIN_FAILED;
    }
    return AGAIN_FAILED;
}

enum again_result again_look(struct again *again, const struct profile *profile)
{
    struct again_walk walk = {again, profile, AGAIN_FAILED};
    enum again_result result = look_at_log(again, profile);
    if (result != AGAIN_DONE)
        return result;
    return receipts_each(profile, look_for_enrolment, &walk) < 0 ? AGAIN_FAILED : walk.result;
}

/* Offering. */

/* The receipt is kept first: it alone shows that the log once had this. */
static int reopen_lost(const struct profile *profile, const struct member_receipt *receipt)
{
    struct buf answer;
    int result = -1;
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_answer(profile->home, receipt->id, SPOOL_SENT, &answer) == 0) {
        struct slice text = slice_of(&answer);
        if (evidence_keep_answer(profile->home, receipt->id, &receipt->jws, &text) == 0)
            result = spool_reopen(profile->home, receipt->id, SPOOL_SENT);
    }
    buf_free(&answer);
    return result;
}

static int look_for_response(void *context, const struct member_receipt *receipt)
{
    struct again_walk *walk = context;
    if (!receipt->id || receipt->is_damaged || receipt->is_erasure)
        return 0; /* the enrolment; what can't be read back can't be sent; what was erased is to stay so */
    switch (find_entry(walk->again, walk->profile, receipt)) {
    case PRESENT:
        walk->again->held++;
        return 0;
    case UNREAD:
        return stop_walk(walk, AGAIN_UNREAD);
    case ABSENT:
        break;
    }
    if (reopen_lost(walk->profile, receipt) < 0)
        return -1;
    walk->again->lost++;
    return 0;
}

enum again_result again_reopen(struct again *again, const struct profile *profile)
{
    struct again_walk walk = {again, profile, AGAIN_DONE};
    return receipts_each(profile, look_for_response, &walk) < 0 ? AGAIN_FAILED : walk.result;
}

void again_wipe(struct again *again)
{
    monitor_wipe(&again->monitor);
    seen_free(&again->seen);
}
