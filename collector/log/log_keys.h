/* The two keys with which a store's log is written: the log's own, which signs checkpoints, and the operator's, which
 * signs events. Main thread. */
#ifndef COLLECTOR_LOG_LOG_KEYS_H
#define COLLECTOR_LOG_LOG_KEYS_H

#include "collector/log/operator.h"
#include "collector/log/signer.h"
#include "collector/store/store.h"

struct log_keys {
    struct signer *signer;
    struct operator_key *operator_key;
};

/* Where they are: as named in the settings, "" for beside the store. */
struct log_key_names {
    const char *dsn, *log_key, *operator_key;
};

/* Whether each lies in a file of its own, so that a change of the operator key can't overwrite the log's. -1: *error
 * says that they don't, and what to do. */
MUST_CHECK int log_keys_check_files(const struct log_key_names *names, struct error *error);

/* Claims the log's key (key_claim.h), where one collector alone may serve the store; before what this process may see
 * of others is bounded. *claim: until the closing of which it lasts; -1 where there is nothing to claim, or no key yet.
 * -1: *error says why, ERROR_BUSY where another has. */
MUST_CHECK int log_keys_claim(const struct log_key_names *names, int *claim, struct error *error);

/* Opens both, with what log_keys_claim gave, which stays the caller's and lasts for longer than the keys. A log without
 * events has its operator key made where there is none yet, and is refused where that is the log's key; where both are
 * one file any log is. STORE_NONE: the store names no log key, so no panel has been imported yet. STORE_FAILED: *error
 * says why, ERROR_BUSY where another process signs. Free with log_keys_close. */
MUST_CHECK enum store_result log_keys_open(struct log_keys *out, struct store *store, const struct log_key_names *names,
                                           int claim, struct error *error);
void log_keys_close(struct log_keys *keys);

#endif
