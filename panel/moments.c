/* A look at how the moments of rounds were written, as the reading of them has noted it. */
#include "panel/moments.h"
#include "base/lang.h"
#include <stdio.h>
#include <string.h>

#define WHERE_SIZE 64
#define SECONDS_AT 17 /* in 2026-01-01T00:00:00 */

bool moment_is_common(const char *text)
{
    return strncmp(text + SECONDS_AT, "60", 2) != 0 && !strpbrk(text, "tz");
}

static void fault_moment(struct faults *faults, size_t round, const char *name)
{
    char where[WHERE_SIZE];
    snprintf(where, sizeof where, "/rounds/%zu/%s", round, name);
    faults_add(faults, where, "%s",
               T("is written as not every browser reads it: write capital T and Z, and :59 for a leap second (:60)",
                 "staat er zoals niet elke browser het leest: schrijf T en Z met hoofdletters, en :59 voor een "
                 "schrikkelseconde (:60)"));
}

void moments_check(const struct panel *panel, struct faults *faults)
{
    for (size_t i = 0; i < panel->round_count; i++) {
        if (panel->rounds[i].opens_uncommonly)
            fault_moment(faults, i, "opensAt");
        if (panel->rounds[i].closes_uncommonly)
            fault_moment(faults, i, "closesAt");
    }
}
