/* Which language a person reads, from the environment. */
#include "base/lang.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool dutch;

static void read_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value != '\0') {
            dutch = strncmp(value, "nl", 2) == 0;
            return;
        }
    }
}

bool lang_is_dutch(void)
{
    pthread_once(&once, read_environment);
    return dutch;
}
