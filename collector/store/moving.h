/* What a whole store is read for when it is moved into another (store copy), or audited, beyond what the collector
 * itself ever asks it: verbs as those of store.h, by the same rules. */
#ifndef COLLECTOR_STORE_MOVING_H
#define COLLECTOR_STORE_MOVING_H

#include "collector/store/store.h"

typedef int store_panel_fn(void *context, const char *json, size_t len, int64_t when);
typedef int store_document_fn(void *context, const uint8_t hash[static SHA256_BYTES]);
typedef int store_request_fn(void *context, const struct store_erasure *erasure);
typedef int store_revision_fn(void *context, int64_t index, int64_t before);

/* Each definition that was ever imported, oldest first. */
MUST_CHECK enum store_result store_panel_each(struct store *store, store_panel_fn *each, void *context);

/* The hash of each document. */
MUST_CHECK enum store_result store_document_each(struct store *store, store_document_fn *each, void *context);

/* Each request to erase, whoever asked, in order. */
MUST_CHECK enum store_result store_request_each(struct store *store, store_request_fn *each, void *context);

/* Each pair of store_revision_add that is still noted, ascending by index. */
MUST_CHECK enum store_result store_revision_each(struct store *store, store_revision_fn *each, void *context);

/* Marks the store as one that is being filled, which nobody can open from now on, or as one that is whole again.
 * Outside a transaction; whoever makes the schema may. */
MUST_CHECK enum store_result store_mark_filling(struct store *store, bool filling);

#endif
