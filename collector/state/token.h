/* Access tokens of analysts, team and auditors (PROTOCOL 9): what they look like and what their roles are. The store
 * keeps their hashes. */
#ifndef COLLECTOR_STATE_TOKEN_H
#define COLLECTOR_STATE_TOKEN_H

#include "crypto/crypto.h"

#define TOKEN_TEXT_SIZE 47 /* "bp_", 43 base64url characters of 32 random bytes, a NUL */

enum token_role { TOKEN_ANALYST, TOKEN_TEAM, TOKEN_AUDITOR };

/* Sets of roles: what a resource asks for. */
enum token_roles {
    TOKENS_OF_ANALYSTS = 1 << TOKEN_ANALYST,
    TOKENS_OF_TEAMS = 1 << TOKEN_TEAM,
    TOKENS_OF_AUDITORS = 1 << TOKEN_AUDITOR,
};

/* "analyst", "team", "auditor"; and back: 0 and *out, or -1. */
const char *token_role_name(enum token_role role);
MUST_CHECK int token_role_find(const char *name, enum token_role *out);

/* A new token, to be shown once. The caller wipes it. */
void token_new(char text[static TOKEN_TEXT_SIZE]);

/* What the store keeps of a token's text. */
void token_hash(const char *text, uint8_t hash[static SHA256_BYTES]);

#endif
