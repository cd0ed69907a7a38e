/* The name of a response, as value and as text. The mark between its parts is in no id that panel/ lets through, so the
 * text has one reading. See response_id.h. */
#include "client/home/response_id.h"
#include "base/json.h"
#include "base/number.h"
#include <stdio.h>
#include <string.h>

#define MARK '~'
#define REVISION_DIGITS 16

static int set_part(char out[static RESPONSE_ID_PART_SIZE], const char *text, size_t len)
{
    if (len == 0 || len >= RESPONSE_ID_PART_SIZE || memchr(text, MARK, len) || memchr(text, '/', len))
        return -1;
    memcpy(out, text, len);
    out[len] = '\0';
    return 0;
}

int response_id_set(struct response_id *out, const char *round, const char *action, int64_t revision)
{
    struct response_id id = {.revision = revision};
    if (revision < 1 || revision > JSON_INTEGER_MAX || set_part(id.round, round, strlen(round)) < 0 ||
        set_part(id.action, action, strlen(action)) < 0)
        return -1;
    *out = id;
    return 0;
}

void response_id_write(const struct response_id *id, char out[static RESPONSE_ID_TEXT_SIZE])
{
    snprintf(out, RESPONSE_ID_TEXT_SIZE, "%s%c%s%c%0*lld", id->round, MARK, id->action, MARK, REVISION_DIGITS,
             (long long)id->revision);
}

static int read_sixteen_digits(const char *digits, int64_t *out)
{
    if (strlen(digits) != REVISION_DIGITS)
        return -1;
    return number_read(digits + strspn(digits, "0"), 1, JSON_INTEGER_MAX, out);
}

int response_id_read(const char *text, struct response_id *out)
{
    struct response_id id;
    const char *first = strchr(text, MARK);
    const char *second = first ? strchr(first + 1, MARK) : NULL;
    if (!second || set_part(id.round, text, (size_t)(first - text)) < 0 ||
        set_part(id.action, first + 1, (size_t)(second - first - 1)) < 0 ||
        read_sixteen_digits(second + 1, &id.revision) < 0)
        return -1;
    *out = id;
    return 0;
}

bool response_id_equal(const struct response_id *a, const struct response_id *b)
{
    return strcmp(a->round, b->round) == 0 && strcmp(a->action, b->action) == 0 && a->revision == b->revision;
}
