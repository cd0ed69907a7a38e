/* What header fields say, of any values: Accept, Accept-Encoding, If-None-Match, Prefer, Content-Type. What must hold:
 * the offer that is chosen is wanted by itself too, and where none is chosen none is; among copies of one offer the
 * first is taken; what an empty element, blanks around and a range of something else add changes nothing; a tag that is
 * named is named in a longer list as well. */
#include "base/buf.h"
#include "collector/http/fields.h"
#include "collector/http/negotiate.h"
#include "tests/fuzz/fuzz.h"

#define VALUE_MAX ((size_t)10 * 1024) /* of a header field */

static const char *const offers[] = {"text/csv", "application/json", "application/problem+json"};
#define OFFERS (sizeof offers / sizeof *offers)

static void choose(const char *accept)
{
    const char *const twice[] = {offers[1], offers[1]};
    int chosen = negotiate_media_type(accept, offers, OFFERS);
    fuzz_require(chosen >= -1 && chosen < (int)OFFERS);
    for (size_t i = 0; i < OFFERS; i++) {
        int alone = negotiate_media_type(accept, &offers[i], 1);
        fuzz_require(alone == 0 || alone == -1);
        fuzz_require(chosen >= 0 ? (int)i != chosen || alone == 0 : alone == -1);
    }
    fuzz_require(negotiate_media_type(accept, twice, 2) <= 0);
}

static void choose_with_more(const char *value, struct buf *longer)
{
    buf_put_text(longer, " , font/woff2;q=0.5 ,");
    buf_put_text(longer, value);
    fuzz_require(buf_check(longer) == 0);
    fuzz_require(negotiate_media_type(buf_text(longer), offers, OFFERS) == negotiate_media_type(value, offers, OFFERS));
    fuzz_require(negotiate_gzip(buf_text(longer)) == negotiate_gzip(value));
}

int fuzz_negotiate(const uint8_t *data, size_t len)
{
    struct buf value, longer;
    if (len > VALUE_MAX)
        return 0;
    buf_init(&value, VALUE_MAX);
    buf_init(&longer, VALUE_MAX + 64);
    buf_put(&value, data, len);
    fuzz_require(buf_check(&value) == 0);
    choose(buf_text(&value));
    choose_with_more(buf_text(&value), &longer);
    if (field_has_tag(buf_text(&value), "\"tag\"") && strcmp(buf_text(&value), "*") != 0)
        fuzz_require(field_has_tag(buf_text(&longer), "\"tag\"") && strstr(buf_text(&value), "\"tag\""));
    if (field_is_media_type(buf_text(&value), "application/jose"))
        fuzz_require(strncasecmp(buf_text(&value), "application/jose", 16) == 0);
    if (field_prefers_minimal(buf_text(&value)))
        fuzz_require(field_prefers_minimal(buf_text(&longer)) && strcasestr(buf_text(&value), "minimal"));
    buf_free(&value);
    buf_free(&longer);
    return 0;
}
