/* Each looks for what it knows and passes over the rest, as the RFCs ask. */
#include "collector/http/fields.h"
#include <string.h>

bool field_is_media_type(const char *content_type, const char *wanted)
{
    size_t len = strlen(wanted);
    return content_type && strncasecmp(content_type, wanted, len) == 0 && strchr("; \t", content_type[len]) != NULL;
}

bool field_has_tag(const char *if_none_match, const char *tag)
{
    size_t len = strlen(tag);
    if (!if_none_match)
        return false;
    if (strcmp(if_none_match, "*") == 0)
        return true;
    for (const char *at = strstr(if_none_match, tag); at; at = strstr(at + 1, tag))
        if (at[len] == '\0' || strchr(", \t", at[len]) != NULL)
            return true;
    return false;
}

/* `name` with its equals sign. */
static bool holds_preference(const char *prefer, const char *name, const char *wanted)
{
    size_t len = strlen(wanted);
    for (const char *at = prefer ? strcasestr(prefer, name) : NULL; at; at = strcasestr(at + 1, name)) {
        const char *value = at + strlen(name);
        bool quoted = *value == '"';
        value += quoted;
        if ((at == prefer || strchr(", \t;", at[-1]) != NULL) && strncasecmp(value, wanted, len) == 0 &&
            (quoted ? value[len] == '"' : strchr(",; \t", value[len]) != NULL))
            return true;
    }
    return false;
}

bool field_prefers_minimal(const char *prefer)
{
    return holds_preference(prefer, "return=", "minimal");
}

bool field_prefers_no_wait(const char *prefer)
{
    return holds_preference(prefer, "wait=", "0");
}
