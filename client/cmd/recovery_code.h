/* The recovery code of a new key, shown to its member. Main thread. */
#ifndef CLIENT_CMD_RECOVERY_CODE_H
#define CLIENT_CMD_RECOVERY_CODE_H

#include "client/home/profile.h"

/* Makes the key of a folder that has none, for the panel of that id, and shows its recovery code on standard error:
 * this once, since it is kept nowhere. Of a folder that has a key nothing is done or shown. Returns the exit
 * code; CLI_DONE when there is a key. */
MUST_CHECK int recovery_code_make_key(struct profile *profile, const char *panel);

#endif
