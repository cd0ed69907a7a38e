/* What the files of the replay share; nobody else's. */
#ifndef COLLECTOR_AUDIT_REPLAY_STATE_H
#define COLLECTOR_AUDIT_REPLAY_STATE_H

#include "base/spill_table.h"
#include "collector/audit/replay.h"

/* Who asked for an erasure and is no member any more, by the hash of the kid. */
struct stranger {
    uint8_t digest[SPILL_DIGEST];
    char kid[KID_SIZE];
    bool is_forgotten; /* everything of theirs went at their own request */
};

/* A member's request, until the last of the events that answer it has been counted. */
struct asked {
    int64_t index;
    char kid[KID_SIZE];
    uint32_t round, action; /* the history's numbers; 0: of neither, so everything, or unknown */
    bool is_everything;
    bool is_known; /* the key is one whose enrolment is still there */
    int64_t answered_by; /* the last event settled of those that answer it, one right after the other; -1: none */
    size_t enrolments; /* that they erased */
};

/* The releases of one round, by the round's number - 1. */
struct released {
    int64_t last; /* its number; 0: none */
    int64_t first_index, index; /* of the events of the first and the last */
    int64_t when; /* iat of its event */
    int64_t size;
    bool is_final;
};

struct replay {
    struct replay_setup setup;
    struct fold *fold;
    struct history *history;
    struct letters *letters;
    struct holes *holes;
    struct replay_totals totals;
    int64_t settled, counted; /* entries */

    char aud[ENTRY_AUD_SIZE]; /* the panel's id; "": not known yet */
    int64_t last_iat; /* of the events so far; INT64_MIN: none */
    bool is_upgraded; /* log-upgraded or log-opened has been */

    struct asked *asked;
    size_t asked_count, asked_capacity;
    int64_t ending; /* the request whose events are being counted, by its index; -1: none */
    struct spill_table *strangers;
    size_t stranger_count, forgotten_count; /* of them, who is not forgotten and who is */
    struct spent *spent;
    size_t enrolments_by_operator; /* that the operator erased */

    struct released *released;
    size_t released_count, released_capacity;
    struct followed *followed;
    size_t followed_count, followed_capacity;

    struct error stop; /* why the replay can't go on; ERROR_NONE: it can */
};

/* Sets the entry's fault, as by printf, and returns it. */
const char *replay_fault(struct entry *entry, const char *format, ...) PRINTF_LIKE(2, 3);

/* The replay can't go on for want of memory. Returns a fault that nobody will see. */
const char *replay_out_of_memory(struct replay *replay);

/* Appends the document of that hash to `out`, which may take it whole. `bytes`: how many it must have; -1: any. NULL,
 * or the fault. */
const char *replay_fetch(struct replay *replay, struct entry *entry, const uint8_t hash[static SHA256_BYTES],
                         int64_t bytes, struct buf *out);

/* What an event does where it stands, at settling: NULL, or what is wrong with it, and nothing is done then. */
const char *replay_apply_event(struct replay *replay, struct entry *entry);

/* What there is to tell of it at counting, when all entries before it have been counted. */
void replay_tell_event(struct replay *replay, struct entry *entry);

/* Of each kind, the same. */
const char *replay_import_panel(struct replay *replay, struct entry *entry);
const char *replay_import_actions(struct replay *replay, struct entry *entry);
const char *replay_enact(struct replay *replay, struct entry *entry, const uint8_t panel[static SHA256_BYTES],
                         const uint8_t *list, int64_t when);
void replay_tell_import(struct replay *replay, struct entry *entry);
const char *replay_erase(struct replay *replay, struct entry *entry);
void replay_tell_erasure(struct replay *replay, struct entry *entry);
const char *replay_release(struct replay *replay, struct entry *entry);

/* At settling: what is wrong with a text that stands in the log once more, having been erased or asked before; NULL. */
const char *replay_check_spent(struct replay *replay, struct entry *entry);

/* An entry without text; `fault` is what is wrong with it, and handed back. */
const char *replay_note_hole(struct replay *replay, const struct entry *entry, const char *fault);

/* Whether a member of that key is known to have been erased. */
bool replay_knows_erased(struct replay *replay, const char kid[static KID_SIZE]);

/* A member's request, at settling. */
const char *replay_ask_erasure(struct replay *replay, struct entry *entry);

/* What is current where fold_expect_none was said. */
void replay_tell_kept(struct replay *replay, const struct fold_current *kept, int64_t event);

/* Before the entry of that index is counted: tells what there is to tell of the erasure that ended right before it. */
void replay_end_erasure(struct replay *replay, int64_t index);

/* At the end: what came of none. */
void replay_end_erasures(struct replay *replay);

#endif
