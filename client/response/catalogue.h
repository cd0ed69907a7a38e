/* What may be answered: the panel definition and the action list as the collector gives them, with a copy kept in a
 * folder (panel.json and actions.json: {"url":…,"etag":…,"named":…,"body":…}) so that answering needs no connection.
 * Where the collector says which documents of the log they are (PROTOCOL 6a), they are held against these: what is
 * signed with an answer is what was shown. It is called false on its own word alone: a document of the hash that it
 * names which means something else, or its answer that it has none. What is no document of that hash, or another's 404,
 * counts as a collector that was not reached. One thread. */
#ifndef CLIENT_RESPONSE_CATALOGUE_H
#define CLIENT_RESPONSE_CATALOGUE_H

#include "client/net/http.h"
#include "panel/actions.h"
#include "panel/definition.h"
#include "panel/response.h"

struct catalogue {
    struct panel *panel;
    struct action_list *actions;
    char context[CONTEXT_SIZE]; /* what of both is in force, as a response claims it; "": the collector did not tell */
};

enum catalogue_result {
    CATALOGUE_FRESH, /* as the collector has it now */
    CATALOGUE_KEPT, /* the kept copy, since the collector was not reached */
    CATALOGUE_NONE, /* not reached or refused, and there is no kept copy of both */
    CATALOGUE_FALSE, /* what it shows is not what it says that its log names; nothing of it is kept */
    CATALOGUE_BAD, /* what it gave is not a panel definition and an action list that we understand */
    CATALOGUE_FAILED, /* memory, or a file; errno */
};

/* Asks the collector at `url` through `http` (NULL: does not ask), keeps what is new in `folder` once it has been
 * understood, and reads both. *out is filled on FRESH and KEPT; free with catalogue_free. `answer` is the last answer
 * had, which on KEPT and NONE is the one that says why. A copy kept from another url does not count. */
MUST_CHECK enum catalogue_result catalogue_get(struct catalogue *out, const char *folder, const char *url,
                                               struct http *http, struct http_answer *answer);
void catalogue_free(struct catalogue *catalogue);

#endif
