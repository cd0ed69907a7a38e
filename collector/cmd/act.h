/* How a verb has an act done (acts/act.h): beside a running collector by its writer, else by itself. Main thread. */
#ifndef COLLECTOR_CMD_ACT_H
#define COLLECTOR_CMD_ACT_H

#include "collector/acts/act.h"
#include "collector/ops/config.h"

/* Puts the wish, has it carried out, says `done` (NULL: nothing) and `entry N` on standard error and then CLI_DONE.
 * Refused: one line says why, CLI_FAILED. Where nobody has carried it out within 10 s it stays to be done: `queued`,
 * CLI_DONE. Wipes the wish. `config` is that with which `store`, which is in no transaction, was opened. */
int cmd_act(const struct config *config, struct store *store, struct act_wish *wish, const char *done);

/* The same for who must know. */
enum act_end {
    ACT_END_DONE,
    ACT_END_REFUSED, /* error says why */
    ACT_END_QUEUED, /* it will be done; with `withdraw` never */
    ACT_END_FAILED, /* error says why; it has not been done, and will not be, unless that is said */
};

struct act_told {
    int64_t entry; /* of the event, when done */
    struct error error;
};

/* Puts a wish, within the caller's transaction or in one of its own. -1: store_error says why. */
MUST_CHECK int cmd_act_ask(struct store *store, const struct act_wish *wish, int64_t *id);

/* Waits for what becomes of it. `withdraw`: where nobody has carried it out in time it is taken back, ACT_END_FAILED.
 * In no transaction. */
enum act_end cmd_act_wait(const struct config *config, struct store *store, int64_t id, bool withdraw,
                          struct act_told *told);

/* Says how it ended. Returns the exit code. */
int cmd_act_tell(enum act_end end, const struct act_told *told);

#endif
