/* One suite for both databases: a schema stands where a file would. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 64

static char dsns[8][400];
static unsigned next;

/* The schema of a name, made when it is first asked for: a test has a process of its own. */
static unsigned schema_of(const char *base, const char *name)
{
    static char names[NAMES_MAX][64];
    static unsigned count, unnamed;
    char sql[100];
    for (unsigned i = 0; name && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    unsigned schema = name ? count++ : 1000 + unnamed++;
    cr_assert_lt(count, NAMES_MAX);
    if (name)
        snprintf(names[schema], sizeof names[0], "%s", name);
    snprintf(sql, sizeof sql, "CREATE SCHEMA kit_%d_%u", (int)getpid(), schema);
    store_raw_run(base, sql);
    return schema;
}

const char *kit_dsn(const char *name)
{
    const char *base = getenv("KIT_STORE");
    char *dsn = dsns[next++ % 8];
    if (base)
        snprintf(dsn, sizeof dsns[0], "%s&options=-csearch_path%%3Dkit_%d_%u", base, (int)getpid(),
                 schema_of(base, name));
    else if (name)
        snprintf(dsn, sizeof dsns[0], "sqlite:%s", kit_path(name));
    else
        snprintf(dsn, sizeof dsns[0], "sqlite::memory:");
    return dsn;
}
