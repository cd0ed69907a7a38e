/* Who may read what: tokens as the catalogue holds them, and the check of a request's (PROTOCOL 9, RFC 6750).
 * Immutable; any thread. */
#ifndef COLLECTOR_STATE_ACCESS_H
#define COLLECTOR_STATE_ACCESS_H

#include "collector/state/token.h"
#include "collector/store/store.h"

#define ACCESS_NAME_SIZE 65
#define ACCESS_WHAT_SIZE 192 /* what a line of the access log says was given */

/* A token in force or not, without its text. */
struct access_token {
    char name[ACCESS_NAME_SIZE];
    uint8_t hash[SHA256_BYTES];
    enum token_role role;
    bool exact;
    bool publish; /* may publish what was done with answers */
    int64_t expires_at; /* 0: never */
    int64_t revoked_at; /* 0: not revoked */
};

struct access_list {
    struct access_token *list;
    size_t count, capacity;
};

/* Reads the store's tokens. -1: *error says why; `out` is to be freed all the same. */
MUST_CHECK int access_load(struct access_list *out, struct store *store, struct error *error);
void access_free(struct access_list *list);

enum access_answer {
    ACCESS_GRANTED,
    ACCESS_MISSING, /* no bearer token: 401 */
    ACCESS_UNKNOWN, /* none of ours, or no longer in force: 401 */
    ACCESS_DENIED, /* its role does not reach: 403 */
};

/* Checks the value of an Authorization header (NULL: none) for one of `roles` (enum token_roles). *token is set
 * when it is in force, for its name and rights. Takes the same time wherever the token differs. */
enum access_answer access_check(const struct access_list *list, const char *authorization, unsigned roles, int64_t now,
                                const struct access_token **token);

#endif
