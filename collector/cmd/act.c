/* The wish is put into the store first; then whoever gets the serving lock carries it out: the daemon's writer, another
 * verb that does so at the moment, or this one. So two verbs at once are no trouble: one of them does both. */
#include "collector/cmd/act.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "collector/cmd/cmd.h"
#include "collector/intake/ledger.h"
#include "collector/log/log_keys.h"
#include <string.h>
#include <unistd.h>

#define WAIT_US INT64_C(10000000)
#define STEP_MS 20
#define ALONE_STEPS 25 /* between two tries to do it alone */
#define WITHDRAW_TRIES 15 /* each waits for some seconds for who has it locked */

int cmd_act_ask(struct store *store, const struct act_wish *wish, int64_t *id)
{
    const struct store_wish asked = {.kind = event_name(wish->kind),
                                     .claims = buf_text(&wish->claims),
                                     .claims_len = wish->claims.len,
                                     .document = wish->document.len > 0 ? wish->document.data : NULL,
                                     .document_len = wish->document.len,
                                     .asked_at = clock_now()};
    return store_wish_add(store, &asked, id) == STORE_OK ? 0 : -1;
}

/* By itself. */

/* What a ledger needs around it. */
struct alone {
    struct store *store; /* a handle of its own: the lock goes with it */
    int claim; /* on the log's key; -1: none */
    struct peers *peers;
    struct log_keys keys;
    struct ledger_shared shared;
};

/* 0: this process serves the store now, until alone->store is closed. -1: *error says why, ERROR_BUSY where another
 * does. */
static int serve_alone(struct alone *alone, const struct config *config, struct error *error)
{
    alone->store = store_open(config->values[CONFIG_STORE], STORE_EXISTING, error);
    if (!alone->store)
        return -1;
    return store_serve_alone(alone->store) == STORE_OK ? 0 : store_fail(alone->store, error);
}

/* Keeps what the other collectors of the log of `store` have signed. */
static int fetch_from_peers(struct peers *peers, struct store *store, struct error *error)
{
    struct note_key key;
    struct buf verifier;
    buf_init(&verifier, NOTE_MAX);
    enum store_result found = store_log_key_read(store, &verifier);
    int result = 0;
    if (found == STORE_FAILED)
        result = store_fail(store, error);
    else if (found == STORE_OK)
        result =
            note_key_parse(buf_text(&verifier), verifier.len, &key, error) < 0 ? -1 : peers_fetch(peers, &key, error);
    buf_free(&verifier);
    return result;
}

/* What is signed here others hold against the store as they do what a daemon signs, so it asks them as one does; and
 * meanwhile it keeps nobody from serving, who then does what is asked for. `store` is a handle that does not serve. */
static int hear_peers_alone(struct alone *alone, const struct config *config, struct store *store, struct error *error)
{
    bool in_plain = config_is_on(config, CONFIG_BEHIND_PROXY);
    if (peers_open(config->values[CONFIG_PEERS], in_plain, &alone->peers, error) < 0)
        return -1;
    if (!alone->peers)
        return 0;
    store_close(alone->store);
    alone->store = NULL;
    return fetch_from_peers(alone->peers, store, error) < 0 ? -1 : serve_alone(alone, config, error);
}

static int open_keys_alone(struct alone *alone, const struct config *config, struct error *error)
{
    const struct log_key_names names = {.dsn = config->values[CONFIG_STORE],
                                        .log_key = config->values[CONFIG_LOG_KEY],
                                        .operator_key = config->values[CONFIG_OPERATOR_KEY]};
    if (store_settle(alone->store) != STORE_OK)
        return store_fail(alone->store, error);
    if (log_keys_claim(&names, &alone->claim, error) < 0)
        return -1;
    switch (log_keys_open(&alone->keys, alone->store, &names, alone->claim, error)) {
    case STORE_OK:
        break;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        return catalogue_no_panel(error);
    case STORE_FAILED:
        return -1;
    }
    if (alone->peers)
        peers_tell(alone->peers, alone->keys.signer);
    alone->shared = (struct ledger_shared){.roster = roster_new(),
                                           .catalogues = latest_new(),
                                           .signer = alone->keys.signer,
                                           .operator_key = alone->keys.operator_key,
                                           .proofs = latest_new()};
    bool all = alone->shared.roster && alone->shared.catalogues && alone->shared.proofs;
    return all ? 0 : error_no_memory(error);
}

static void close_alone(struct alone *alone)
{
    latest_free(alone->shared.catalogues);
    latest_free(alone->shared.proofs);
    roster_free(alone->shared.roster);
    peers_close(alone->peers);
    log_keys_close(&alone->keys);
    if (alone->claim >= 0)
        close(alone->claim);
    store_close(alone->store);
}

/* Carries out all that is asked for. 0 also where another process serves the store, which then does it. */
static int carry_out_alone(const struct config *config, struct store *store, struct error *error)
{
    struct alone alone = {.claim = -1};
    struct ledger *ledger = NULL;
    log_set_level(LOG_ERROR); /* what comes of it the verb says itself */
    int result = serve_alone(&alone, config, error);
    if (result == 0)
        result = hear_peers_alone(&alone, config, store, error);
    if (result == 0)
        result = open_keys_alone(&alone, config, error);
    if (result == 0) {
        ledger = ledger_new(alone.store, &alone.shared, error);
        result = ledger ? 0 : -1;
    }
    ledger_free(ledger);
    close_alone(&alone);
    return result < 0 && error->kind != ERROR_BUSY ? -1 : 0;
}

/* Waiting. */

/* Whether it has come to an end, as *end and *told then say. */
static bool has_ended(struct store *store, int64_t id, enum act_end *end, struct act_told *told)
{
    struct buf outcome;
    buf_init(&outcome, ERROR_TEXT_SIZE);
    enum store_result found = store_wish_outcome(store, id, &told->entry, &outcome);
    if (found == STORE_FAILED) {
        *end = ACT_END_FAILED;
        store_fail(store, &told->error);
    } else if (found == STORE_OK && told->entry >= 0) {
        *end = ACT_END_DONE;
    } else if (found == STORE_OK) {
        *end = ACT_END_REFUSED;
        error_set(&told->error, ERROR_REFUSED, "%s", buf_text(&outcome));
    }
    buf_free(&outcome);
    return found == STORE_OK || found == STORE_FAILED;
}

/* Who carries it out at this moment has it locked, for longer than a lock is waited for where it is a large act. */
static enum store_result try_withdrawing(struct store *store, int64_t id)
{
    enum store_result result = store_wish_withdraw(store, id);
    for (int tries = 1; tries < WITHDRAW_TRIES && result == STORE_FAILED && store_error(store)->kind == ERROR_BUSY;
         tries++)
        result = store_wish_withdraw(store, id);
    return result;
}

/* Takes it back; where it has been carried out in the last moment that is how it ended. */
static enum act_end withdraw_wish(struct store *store, int64_t id, struct act_told *told)
{
    enum act_end end = ACT_END_FAILED;
    switch (try_withdrawing(store, id)) {
    case STORE_OK:
        break;
    case STORE_NONE:
    case STORE_ERASED: /* of entries alone */
        (void)has_ended(store, id, &end, told);
        break;
    case STORE_FAILED:
        store_fail(store, &told->error);
        break;
    }
    return end;
}

static enum act_end end_unmoved(struct store *store, int64_t id, bool withdraw, struct act_told *told)
{
    if (!withdraw)
        return ACT_END_QUEUED;
    error_set(&told->error, ERROR_IO, "%s",
              T("the collector that serves this store does not get to it",
                "de verzamelaar die deze opslag bedient komt "
                "er niet aan toe"));
    return withdraw_wish(store, id, told);
}

enum act_end cmd_act_wait(const struct config *config, struct store *store, int64_t id, bool withdraw,
                          struct act_told *told)
{
    int64_t until = clock_monotonic_us() + WAIT_US;
    enum act_end end;
    *told = (struct act_told){.entry = -1};
    for (unsigned step = 0;; step++) {
        if (step % ALONE_STEPS == 0 && carry_out_alone(config, store, &told->error) < 0)
            return withdraw_wish(store, id, told);
        if (has_ended(store, id, &end, told))
            return end;
        if (clock_monotonic_us() >= until)
            return end_unmoved(store, id, withdraw, told);
        clock_sleep_ms(STEP_MS);
    }
}

int cmd_act_tell(enum act_end end, const struct act_told *told)
{
    switch (end) {
    case ACT_END_DONE:
        cli_say(T("entry %lld", "regel %lld"), (long long)told->entry);
        return CLI_DONE;
    case ACT_END_QUEUED:
        cli_say("%s", T("queued", "in de wachtrij"));
        return CLI_DONE;
    case ACT_END_REFUSED:
    case ACT_END_FAILED:
        break;
    }
    return cli_fail("%s", told->error.text);
}

int cmd_act(const struct config *config, struct store *store, struct act_wish *wish, const char *done)
{
    struct act_told told;
    int64_t id;
    int asked = cmd_act_ask(store, wish, &id);
    act_wish_wipe(wish);
    if (asked < 0)
        return cmd_store_failed(store);
    enum act_end end = cmd_act_wait(config, store, id, false, &told);
    if (end == ACT_END_DONE && done)
        cli_say("%s", done);
    return cmd_act_tell(end, &told);
}
