/* Hands each verb on to the backend. */
#include "collector/store/moving.h"
#include "collector/store/backend.h"

enum store_result store_panel_each(struct store *store, store_panel_fn *each, void *context)
{
    return store->ops->panel_each(store, each, context);
}

enum store_result store_document_each(struct store *store, store_document_fn *each, void *context)
{
    return store->ops->document_each(store, each, context);
}

enum store_result store_request_each(struct store *store, store_request_fn *each, void *context)
{
    return store->ops->request_each(store, each, context);
}

enum store_result store_revision_each(struct store *store, store_revision_fn *each, void *context)
{
    return store->ops->revision_each(store, each, context);
}

enum store_result store_mark_filling(struct store *store, bool filling)
{
    return store->ops->mark_filling(store, filling);
}
