/* Acts: what an administrator does that changes what counts (PROTOCOL 6a). Each kind is named by the event that it
 * leaves in the log.
 *
 * The room: an act has two halves, a file a kind. Its `…_prepare` runs where the wish is typed or asked: reads files,
 * checks, tells what is wrong in the asker's language, may be slow, and makes a wish: claims as JSON, and a document
 * where it has one. Its `carry_out` runs in the ledger's transaction, at the head of a batch, by whoever holds the
 * serving lock, the daemon's writer or else the verb itself: it checks anew and cheaply, writes the effect through the
 * store's verbs, and fills the event; or it refuses with a sentence and has written nothing. The ledger signs the
 * event, appends it, keeps the documents under their hashes, and commits all of it together: an act without its event,
 * or the other way about, is never stored. What comes after the act in the same batch is judged by it.
 *
 * Knows no ledger, no queue and no command line. To read: this, then the smallest kind (member.c). A new kind is a
 * file, a line in the table of kinds.c, and where it is asked a call of cmd_act (cmd/act.h) or a submission
 * (intake/submit.h). */
#ifndef COLLECTOR_ACTS_ACT_H
#define COLLECTOR_ACTS_ACT_H

#include "base/json.h"
#include "collector/log/operator.h"
#include "collector/state/catalogue.h"
#include "collector/state/closings.h"
#include "collector/store/store.h"
#include "panel/event.h"

#define ACT_CLAIMS_MAX ((size_t)64 * 1024) /* bytes of a wish's claims */
#define ACT_DOCUMENT_MAX ((size_t)64 * 1024 * 1024)

/* What is wished, as `prepare` makes it. */
struct act_wish {
    enum event_kind kind;
    struct buf claims; /* a JSON object */
    struct buf document; /* empty: none */
};

void act_wish_init(struct act_wish *wish, enum event_kind kind);

/* Ends a `prepare`: 0 where all that was put has fitted; -1, and the wish wiped, where memory lacked. */
MUST_CHECK int act_wish_check(struct act_wish *wish);
void act_wish_wipe(struct act_wish *wish);

/* A document that is kept under its hash with the event that names it. */
struct act_document {
    uint8_t hash[SHA256_BYTES];
    struct buf bytes;
};

#define ACT_DOCUMENTS_MAX 4

/* What carry_out works with, and what it makes. Made and wiped by the ledger. */
struct act_work {
    struct store *store; /* in its transaction: verbs that read and write, never begin, commit or roll back */
    const struct catalogue *catalogue; /* in force where the act stands; NULL before the first panel */
    const struct operator_key *operator_key; /* signs the event */
    const struct closings *closings; /* rounds that the log has closed */
    int64_t now; /* seconds; the event's iat, and the moment of its effects */
    int64_t index; /* that the event gets; the log before it has this size */
    const struct json *claims; /* the wish's */
    const void *document; /* the wish's, or NULL */
    size_t document_len;

    struct event event; /* kind is set; the others but aud and iat are to be filled; texts may lie in `claims` */
    struct event *more; /* where one can't name all: events that follow on it at once, as filled as it is; NULL: none */
    size_t more_count;
    const char *panel_id; /* the event's aud; only the first import of a panel sets it, */
    char *own_panel_id; /* and keeps it here */
    struct act_document documents[ACT_DOCUMENTS_MAX];
    size_t document_count;
    bool catalogue_changed; /* set: panel or actions are to be read anew before anything that follows */
    struct store_member *members; /* whose `revoked` has changed, as they are now */
    size_t member_count, member_capacity;
    int64_t *own_lists[2]; /* in which lists of the event lie; freed with it */
    struct error error; /* why it was refused or failed */
};

enum act_result {
    ACT_DONE,
    ACT_REFUSED, /* error says why, for the asker; nothing has been written */
    ACT_FAILED, /* error says why; the whole batch is rolled back, and the wish stays */
};

/* Ends a carry_out: ACT_REFUSED with this sentence. */
enum act_result act_refuse(struct act_work *work, const char *format, ...) PRINTF_LIKE(2, 3);

/* Ends a carry_out: ACT_FAILED with what the store says, or for want of memory. */
enum act_result act_store_failed(struct act_work *work);
enum act_result act_no_memory(struct act_work *work);

/* Keeps a document with the event: takes the bytes over, also on failure, and gives the hash. -1: no memory, or the
 * bytes did not fit their buffer. */
MUST_CHECK int act_keep_document(struct act_work *work, struct buf *bytes, uint8_t hash[static SHA256_BYTES]);

/* Whether the event as filled can be signed: a JWS is at most 32 KiB. For acts whose events hold lists; to be asked
 * before anything is written. */
bool act_event_fits(const struct act_work *work);

/* Notes that a member's `revoked_at` is now as in `member`. -1: no memory. */
MUST_CHECK int act_note_member(struct act_work *work, const struct store_member *member);

/* Claims of the wish, for carry_out: 0 and *out, or -1: what another version of the program wrote is refused. */
MUST_CHECK int act_claim_integer(const struct act_work *work, const char *name, int64_t *out);
MUST_CHECK int act_claim_text(const struct act_work *work, const char *name, const char **out);
MUST_CHECK int act_claim_hash(const struct act_work *work, const char *name, uint8_t out[static SHA256_BYTES]);
enum act_result act_bad_claims(struct act_work *work);

/* Carries out a wish of this kind: `work` has all above `event`. */
enum act_result act_carry_out(struct act_work *work, enum event_kind kind);

/* The kind of that name; -1: no act makes such an event. */
MUST_CHECK int act_find(const char *kind, enum event_kind *out);

void act_work_wipe(struct act_work *work);

#endif
