/* The table of settings: what each is called, what it is by default, which numbers it takes and what it is for. All
 * that is read, printed or told of settings follows from it; docs/OPERATING.md says the same, which a test holds it
 * to. */
#ifndef COLLECTOR_OPS_SETTINGS_H
#define COLLECTOR_OPS_SETTINGS_H

#include "collector/ops/config.h"

struct setting {
    const char *name; /* in the file; the environment's is BURGERPANEL_ and this in capitals */
    const char *value; /* by default */
    int64_t least, most; /* of a number; most 0: a text */
    const char *english, *dutch; /* what it is for, as struct cli_explained has its texts */
};

/* The setting of that key. */
const struct setting *settings_of(enum config_key key);

#endif
