/* Another collector's panel and log, read over HTTP for an audit by whoever has an auditor's token. What comes is no
 * more than what that collector says: the audit works it out and holds it against the checkpoint. One thread. */
#ifndef COLLECTOR_AUDIT_REMOTE_H
#define COLLECTOR_AUDIT_REMOTE_H

#include "base/json.h"
#include "collector/audit/holes.h"
#include "collector/audit/listing.h"
#include "collector/net/peer.h"
#include "collector/state/catalogue.h"
#include "crypto/checkpoint.h"

struct remote;

/* `url` and `token` as for peer_open. NULL: *error. Free with remote_close. */
MUST_CHECK struct remote *remote_open(const char *url, const char *token, struct error *error);
void remote_close(struct remote *remote);

/* What it is reached by; the remote's. */
struct peer *remote_peer(struct remote *remote);

/* What a collector gave, as JSON: *out is NULL where it is none. Free with json_free. -1: *error, no memory. */
MUST_CHECK int remote_json(const char *text, size_t len, struct json **out, struct error *error);

/* The panel and the action list, its rounds and actions numbered by their places. Release with catalogue_release. NULL:
 * *error. */
MUST_CHECK struct catalogue *remote_catalogue(struct remote *remote, struct error *error);

/* The log's key and its newest checkpoint, signed by that key. To be read before the entries, which may go on beyond
 * it. -1: *error. */
MUST_CHECK int remote_head(struct remote *remote, struct note_key *key, struct merkle_head *head, struct error *error);

/* Adds the events below `size` that the collector lists; none when it knows no events. -1: *error. */
MUST_CHECK int remote_listing(struct remote *remote, int64_t size, struct listing *out, struct error *error);

/* The `document` of a replay_setup; context is a struct remote. */
enum store_result remote_document(void *remote, const uint8_t hash[static SHA256_BYTES], struct buf *out,
                                  struct error *error);

/* The same, of its `release_file`. */
enum store_result remote_release_file(void *remote, const char *round, int64_t number, const char *name,
                                      struct buf *out, struct error *error);

/* The `read` of an audit_source; context is a struct remote. STORE_NONE: the log ends before it. */
enum store_result remote_entry(void *remote, int64_t index, struct buf *out, int64_t *erased_by, struct error *error);

#endif
