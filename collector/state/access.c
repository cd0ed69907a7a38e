/* Every token is compared with every hash in full, so that time tells nothing. */
#include "collector/state/access.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include <stdio.h>
#include <string.h>

struct loading {
    struct access_list *list;
    struct error *error;
};

static int load_token(void *context, const struct store_token *token)
{
    const struct loading *loading = context;
    struct access_list *list = loading->list;
    struct access_token *tokens = list_grow(list->list, list->count, &list->capacity, sizeof *tokens);
    if (!tokens)
        return error_no_memory(loading->error);
    list->list = tokens;
    struct access_token *new = &tokens[list->count];
    *new = (struct access_token){.exact = token->exact,
                                 .publish = token->publish,
                                 .expires_at = token->expires_at,
                                 .revoked_at = token->revoked_at};
    snprintf(new->name, sizeof new->name, "%s", token->name);
    memcpy(new->hash, token->hash, SHA256_BYTES);
    if (token_role_find(token->role, &new->role) < 0)
        return error_set(loading->error, ERROR_DAMAGED,
                         T("the role of token %s is none", "de rol van token %s bestaat niet"), token->name);
    list->count++;
    return 0;
}

int access_load(struct access_list *out, struct store *store, struct error *error)
{
    struct loading loading = {out, error};
    return store_token_each(store, load_token, &loading) == STORE_OK ? 0 : store_fail(store, error);
}

void access_free(struct access_list *list)
{
    mem_free(list->list);
    *list = (struct access_list){NULL, 0, 0};
}

/* The token of `Bearer TOKEN`, behind one blank or more (RFC 9110 §11.4), or NULL. */
static const char *bearer_token(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (!authorization || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return NULL;
    return authorization + strspn(authorization + sizeof scheme - 1, " ") + sizeof scheme - 1;
}

enum access_answer access_check(const struct access_list *list, const char *authorization, unsigned roles, int64_t now,
                                const struct access_token **token)
{
    uint8_t hash[SHA256_BYTES];
    const char *text = bearer_token(authorization);
    const struct access_token *found = NULL;
    *token = NULL;
    if (!text)
        return ACCESS_MISSING;
    token_hash(text, hash);
    for (size_t i = 0; i < list->count; i++)
        if (crypto_equal(hash, list->list[i].hash, sizeof hash))
            found = &list->list[i];
    if (!found || found->revoked_at != 0 || (found->expires_at != 0 && found->expires_at <= now))
        return ACCESS_UNKNOWN;
    *token = found;
    return (roles & 1u << found->role) != 0 ? ACCESS_GRANTED : ACCESS_DENIED;
}
