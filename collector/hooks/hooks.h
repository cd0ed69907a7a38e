/* Webhooks: receivers are told when a release was created, a follow-up published, a round opened or closed (OPERATING,
 * PROTOCOL 9a).
 *
 * The room: what sends is a process of its own (`hooks run`), which has neither the store nor a key of the log, and
 * reads what anyone may read of the collector: /v1/events, /v1/panel and /log/checkpoint. The log is the list of
 * events, so nothing is queued: a receiver is a cursor, the index of the entry that is looked at next, in a file
 * (cursor.h); what was told is remembered there before the next is looked at, so a message comes at least once, and
 * always under the same id.
 * message.h makes one of an event or a round; signing.h has the key and the headers of Standard Webhooks; receiver.h
 * says which URLs may be told and where their names may lead; hooks.c goes round. One thread; believes the collector
 * that it is given, and no answer but its status. */
#ifndef COLLECTOR_HOOKS_HOOKS_H
#define COLLECTOR_HOOKS_HOOKS_H

#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>

#define HOOKS_RECEIVERS_MAX 8

struct hooks;

struct hooks_options {
    const char *collector; /* its URL */
    const char *receivers; /* URLs with commas between */
    const char *folder; /* where the key and the cursors lie; made where it is missing */
    bool private; /* names may lead to addresses of one's own network */
};

/* Takes the folder's lock, and makes the key where there is none. NULL: *error. Free with hooks_close. */
MUST_CHECK struct hooks *hooks_open(const struct hooks_options *options, struct error *error);
void hooks_close(struct hooks *hooks);

/* Once round: each receiver is sent what is due, until it fails. What goes wrong is logged. true: nothing is left to be
 * sent now; false: a receiver has failed and is told another time, or the collector can't be asked. */
bool hooks_go_round(struct hooks *hooks);

/* Puts the public key by which receivers check signatures, "whpk_" and base64, of the folder's key, which is made where
 * there is none. -1: *error. */
MUST_CHECK int hooks_put_public(const char *folder, struct buf *out, struct error *error);

#endif
