/* What the collector shows of a member's own entries, held against the receipts that the member has. One thread. */
#ifndef CLIENT_LOG_OWN_ENTRIES_H
#define CLIENT_LOG_OWN_ENTRIES_H

#include "base/json.h"
#include "client/home/history.h"
#include "client/home/receipts.h"
#include "client/net/http.h"

enum own_entry {
    OWN_ENTRY_SHOWN, /* as it was signed */
    OWN_ENTRY_ERASED, /* not shown, and the collector says which event erased it */
    OWN_ENTRY_TAKEN_BACK, /* the same, and the event says that it was asked for with the member's key */
    OWN_ENTRY_MISSING, /* not shown, and not said to be erased */
    OWN_ENTRY_OTHER, /* shown as something else */
};

struct own_entries {
    struct http *http;
    const struct json *shown; /* the answer to a request for access */
    void (*found)(void *context, const struct member_receipt *receipt, enum own_entry found, int64_t event);
    void *context;
    size_t receipts, shown_count, wrong; /* so many were looked at, were shown as signed, were missing or another */
};

/* Looks at each receipt, and tells of each. -1: errno. */
MUST_CHECK int own_entries_check(struct own_entries *entries, const struct profile *profile);

/* An answer of the member's, the newest to its action, that was erased and not from this folder. */
struct own_loss {
    struct response_id id;
    int64_t event; /* that says so */
    bool asked_for; /* with the member's key; else by the panel office */
};

struct own_losses {
    struct own_loss *list;
    size_t count, capacity;
};

/* Asks of each such answer that was sent. -1: the collector does not say, or errno. Free with own_losses_free. */
MUST_CHECK int own_losses_find(struct own_losses *out, const struct profile *profile, struct http *http);
void own_losses_free(struct own_losses *losses);

#endif
