/* A token has 256 random bits, so a plain hash keeps it: there is nothing to guess. */
#include "collector/state/token.h"
#include "base/mem.h"
#include "crypto/base64url.h"
#include <stdio.h>
#include <string.h>

static const char *const names[] = {[TOKEN_ANALYST] = "analyst", [TOKEN_TEAM] = "team", [TOKEN_AUDITOR] = "auditor"};

const char *token_role_name(enum token_role role)
{
    return names[role];
}

int token_role_find(const char *name, enum token_role *out)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum token_role)i;
            return 0;
        }
    return -1;
}

void token_new(char text[static TOKEN_TEXT_SIZE])
{
    uint8_t random[32];
    crypto_random(random, sizeof random);
    memcpy(text, "bp_", 3);
    base64url_encode(random, sizeof random, text + 3);
    mem_wipe(random, sizeof random);
}

void token_hash(const char *text, uint8_t hash[static SHA256_BYTES])
{
    crypto_sha256(text, strlen(text), hash);
}
