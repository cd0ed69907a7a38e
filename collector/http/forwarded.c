/* Lists are walked from their end, whatever stands before. */
#include "collector/http/forwarded.h"
#include <string.h>
#include <strings.h>

/* A piece of a text. */
struct piece {
    const char *at;
    size_t len;
};

static struct piece trim_piece(struct piece piece)
{
    while (piece.len > 0 && (piece.at[0] == ' ' || piece.at[0] == '\t')) {
        piece.at++;
        piece.len--;
    }
    while (piece.len > 0 && (piece.at[piece.len - 1] == ' ' || piece.at[piece.len - 1] == '\t'))
        piece.len--;
    return piece;
}

/* Takes off the last part of `rest` behind a `separator` that stands in no quotes, seen from the end; the whole where
 * there is none, and then rest->at is NULL. */
static struct piece take_last(struct piece *rest, char separator)
{
    bool quoted = false;
    for (size_t i = rest->len; i > 0; i--) {
        char c = rest->at[i - 1];
        quoted ^= c == '"';
        if (c == separator && !quoted) {
            struct piece last = {rest->at + i, rest->len - i};
            rest->len = i - 1;
            return trim_piece(last);
        }
    }
    struct piece all = *rest;
    rest->at = NULL;
    return trim_piece(all);
}

/* The value of `for` in one element of Forwarded, without its quotes. -1: there is none. */
static int find_for(struct piece element, struct piece *out)
{
    while (element.at) {
        struct piece pair = take_last(&element, ';');
        if (pair.len < 4 || strncasecmp(pair.at, "for=", 4) != 0)
            continue;
        *out = (struct piece){pair.at + 4, pair.len - 4};
        if (out->len >= 2 && out->at[0] == '"' && out->at[out->len - 1] == '"')
            *out = (struct piece){out->at + 1, out->len - 2};
        return 0;
    }
    return -1;
}

static int read_element(enum forwarded_header header, struct piece element, struct address *out)
{
    if (header == FORWARDED_RFC && find_for(element, &element) < 0)
        return -1;
    return address_read_with_port(element.at, element.len, out);
}

/* Goes on from the trusted *sender through one line, from its end. true: there may be more to the left of it. */
static bool walk_line(const struct forwarded *forwarded, const char *line, struct address *sender)
{
    struct piece rest = {line, strlen(line)};
    struct address named;
    while (rest.at) {
        struct piece element = take_last(&rest, ',');
        if (element.len == 0)
            continue; /* RFC 9110 §5.6.1.2 */
        if (read_element(forwarded->header, element, &named) < 0)
            return false;
        *sender = named;
        if (!address_is_among(&named, &forwarded->trusted))
            return false;
    }
    return true;
}

static const char *name_header(const struct forwarded *forwarded)
{
    return forwarded->header == FORWARDED_X ? "X-Forwarded-For" : "Forwarded";
}

struct address forwarded_sender(const struct forwarded *forwarded, const struct http_head *head,
                                const struct address *peer)
{
    const char *name = name_header(forwarded);
    struct address sender = *peer;
    bool more = address_is_among(peer, &forwarded->trusted);
    for (size_t i = head->field_count; i > 0 && more; i--) {
        const char *field = head_string(head, head->fields[i - 1].name), *value;
        value = head_string(head, head->fields[i - 1].value);
        if (field && value && strcasecmp(field, name) == 0)
            more = walk_line(forwarded, value, &sender);
    }
    return sender;
}

bool forwarded_lacks_trust(const struct forwarded *forwarded, const struct http_head *head, const struct address *peer)
{
    return address_is_loopback(peer) && !address_is_among(peer, &forwarded->trusted) &&
           head_field(head, name_header(forwarded));
}
