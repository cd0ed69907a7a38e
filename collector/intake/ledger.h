/* What one batch does to the state: in order, in one transaction, and shown to the others once it is on stable
 * storage. The writer's alone. What the protocol says of a submission is decided in decide.h; here it is read for
 * and written. */
#ifndef COLLECTOR_INTAKE_LEDGER_H
#define COLLECTOR_INTAKE_LEDGER_H

#include "collector/intake/quota.h"
#include "collector/intake/submission.h"
#include "collector/log/operator.h"
#include "collector/log/peers.h"
#include "collector/log/signer.h"
#include "collector/state/roster.h"

struct ledger;

/* What the writer keeps up to date for the others; none of it is the ledger's own. */
struct ledger_shared {
    struct roster *roster;
    struct latest *catalogues;
    struct signer *signer;
    struct peers *peers; /* of the signer; NULL: it has none */
    struct operator_key
        *operator_key; /* signs events; NULL: none is written, as in logs of protocol 1, and acts are left undone */
    struct latest *proofs; /* the newest checkpoint */
    struct quota *responses; /* what each member may send; NULL: as much as they like; so below */
    struct quota *revisions; /* of one action in one round */
    _Atomic int64_t *log_time; /* the iat of the newest event, once it is committed; NULL: nobody asks */
};

/* A ledger on an open store, which it uses but does not own. Asks the peers what they have signed, loads what it keeps
 * for the others from the store, signs the log as it is found, and then does what ledger_refresh does. NULL: *error
 * says why, for instance that the log does not continue the last checkpoint signed, that the operator key is not the
 * one in force, or that there is no panel and none was asked to be imported. Free with ledger_free. */
MUST_CHECK struct ledger *ledger_new(struct store *store, const struct ledger_shared *shared, struct error *error);
void ledger_free(struct ledger *ledger);

/* Applies `count` submissions in one transaction and sets the verdict of each. 0: committed to stable storage, the
 * checkpoint over it signed. -1: nothing is known to be kept, every verdict is VERDICT_UNAVAILABLE, the error is
 * logged; the ledger may be used again when the store works again. What an administrator changed or asked for in the
 * meantime comes first, each act with its event; a submission that was checked against an older catalogue, or other
 * members, gets VERDICT_UNAVAILABLE (sending it again has it checked anew). A round is closed in the log before the
 * first entry that came at or after its closesAt. */
MUST_CHECK int ledger_apply(struct ledger *ledger, struct submission *const *list, size_t count);

/* Takes over what administrators changed, carries out what they asked for, and closes rounds. -1: the error is
 * logged. */
MUST_CHECK int ledger_refresh(struct ledger *ledger);

/* The same where others have committed anything since, or a round is to be closed; else only asks whether what can be
 * read is safe. */
MUST_CHECK int ledger_look(struct ledger *ledger);

/* Entries in the log. */
int64_t ledger_size(const struct ledger *ledger);

#endif
