/* The code is on the screen before the key is on disk: what breaks off leaves no key without its code. */
#include "client/cmd/recovery_code.h"
#include "base/cli.h"
#include "base/lang.h"
#include "base/mem.h"
#include "client/terminal/failures.h"
#include "crypto/crypto.h"
#include "panel/recovery.h"

static void show_recovery_code(const uint8_t secret[static RECOVERY_BYTES])
{
    char code[RECOVERY_TEXT_SIZE];
    recovery_write(secret, code);
    cli_say("%s", T("Your recovery code, shown this once:", "Uw herstelcode, die alleen nu getoond wordt:"));
    cli_say("%s", "");
    cli_say("    %s", code);
    cli_say("%s", "");
    cli_say(
        "%s",
        T("Write it down, and keep it where others don't see it. With it `burgerpanel recover URL` brings back your "
          "key, and with that your place and your answers, on any computer.",
          "Schrijf hem op, en bewaar hem waar anderen hem niet zien. `burgerpanel recover URL` haalt er uw "
          "sleutel mee terug, en daarmee uw plaats en uw antwoorden, op elke computer."));
    mem_wipe(code, sizeof code);
}

int recovery_code_make_key(struct profile *profile, const char *panel)
{
    uint8_t secret[RECOVERY_BYTES];
    if (profile->key)
        return CLI_DONE;
    crypto_random(secret, sizeof secret);
    struct secret_key *key = recovery_key(secret, panel);
    int result = key ? CLI_DONE : failure_no_memory();
    if (key)
        show_recovery_code(secret);
    mem_wipe(secret, sizeof secret);
    if (key && profile_set_recoverable_key(profile, key) < 0) {
        result = failure_tell_errno(profile->home);
        secret_key_free(key);
    }
    return result;
}
