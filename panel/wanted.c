/* The list stays text: it is short, and asked about one action after another. Knows no action list: an id that stands
 * in none is asked for in vain. */
#include "panel/wanted.h"
#include "panel/actions.h"
#include <string.h>

static int check_wanted_ids(const char *text)
{
    size_t count = 0;
    for (const char *at = text; at; count++) {
        char id[WANTED_ID_MAX + 1];
        size_t len = strcspn(at, ",");
        if (len > WANTED_ID_MAX || count == WANTED_MAX)
            return -1;
        memcpy(id, at, len);
        id[len] = '\0';
        if (!action_id_is_valid(id))
            return -1;
        at = at[len] == ',' ? at + len + 1 : NULL;
    }
    return 0;
}

int wanted_read(const char *text, struct wanted_actions *out)
{
    if (text && check_wanted_ids(text) < 0)
        return -1;
    out->ids[0] = '\0';
    if (text)
        memcpy(out->ids, text, strlen(text) + 1);
    return 0;
}

bool wanted_is_all(const struct wanted_actions *wanted)
{
    return !wanted || wanted->ids[0] == '\0';
}

bool wanted_has(const struct wanted_actions *wanted, const char *id)
{
    if (wanted_is_all(wanted))
        return true;
    size_t id_len = strlen(id);
    for (const char *at = wanted->ids; at;) {
        size_t len = strcspn(at, ",");
        if (len == id_len && memcmp(at, id, len) == 0)
            return true;
        at = at[len] == ',' ? at + len + 1 : NULL;
    }
    return false;
}
