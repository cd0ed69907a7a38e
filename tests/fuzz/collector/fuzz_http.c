/* The whole way of requests: bytes of a connection, head, route, handler, workers, writer, store, and the answers back,
 * over a collector with members, a round and a release (world.h).
 *
 * The first byte says in which pieces the bytes are sent. Of the rest five bytes mean something else than themselves,
 * so that what is signed can be changed: 0x01 K M … 0x02 is the JWS of what stands between, by member M ('0' to '<'),
 * of kind K (R response, E enrolment, X erasure, A access, anything else a kind that there is none of); 0x03 the number
 * of bytes from the next empty line to 0x04 or the end; 0x05 the analyst's token.
 *
 * What must hold: answers are well-formed HTTP, one status line each, and a length that fits; a problem says its own
 * status and a type that there is; JSON is strict JSON, and so is each line of NDJSON; nothing follows an answer that
 * ends the connection; there are as many 201 as entries that came of them, each with an index of its own among the new
 * ones and a receipt that proves it; 200 names an entry that is there; cut in pieces the same is answered, or less
 * where a refusal was sent before the whole body was there; memory's account is back to zero, and nothing is under way.
 */
#include "base/json.h"
#include "base/mem.h"
#include "base/number.h"
#include "crypto/jws.h"
#include "crypto/receipt.h"
#include "panel/enrolment.h"
#include "panel/own_data.h"
#include "panel/problem.h"
#include "panel/response.h"
#include "tests/fuzz/collector/world.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX ((size_t)64 * 1024)
#define ANSWERS_MAX ((size_t)64 * 1024 * 1024)
#define SIGNED_MAX 64 /* of an input */
#define STATUSES_MAX 4096

/* What an input stands for. */
struct talk {
    struct buf bytes;
    struct merkle_hash leaves[SIGNED_MAX]; /* of what was signed in it */
    size_t signed_count;
};

/* What came back. */
struct heard {
    struct buf answers;
    unsigned statuses[STATUSES_MAX];
    size_t count;
    size_t created; /* 201, and such lines of a batch */
    bool changed; /* something that the next input would find otherwise */
};

/* The input. */

static const char *typ_of(uint8_t kind)
{
    return kind == 'R'   ? RESPONSE_TYP
           : kind == 'E' ? ENROLMENT_TYP
           : kind == 'X' ? ERASURE_TYP
           : kind == 'A' ? ACCESS_TYP
                         : "other+jws";
}

/* Puts the JWS of what begins behind the mark; how many bytes were taken. */
static size_t put_signed(struct talk *talk, const uint8_t *at, size_t left)
{
    const uint8_t *end = memchr(at, 2, left);
    size_t len = end ? (size_t)(end - at) : left;
    struct buf jws;
    if (len < 2 || talk->signed_count == SIGNED_MAX)
        return len + (end != NULL);
    buf_init(&jws, INPUT_MAX * 2);
    jws_sign(&jws, world_member((size_t)(at[1] - '0') % (WORLD_ENROLLED + 1)), typ_of(at[0]), (const char *)at + 2,
             len - 2);
    fuzz_require(buf_check(&jws) == 0);
    merkle_leaf(jws.data, jws.len, &talk->leaves[talk->signed_count++]);
    buf_put(&talk->bytes, jws.data, jws.len);
    buf_free(&jws);
    return len + (end != NULL);
}

static void put_signed_all(struct talk *talk, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint8_t byte = data[at++];
        if (byte == 1)
            at += put_signed(talk, data + at, len - at);
        else if (byte == 5)
            buf_put_text(&talk->bytes, WORLD_TOKEN);
        else
            buf_put_char(&talk->bytes, (char)byte);
    }
}

/* Bytes of the body that belongs to a head which goes on at `at`. */
static size_t body_length(const char *at, const char *end)
{
    const char *body = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
    if (!body)
        return 0;
    body += 4;
    const char *until = memchr(body, 4, (size_t)(end - body));
    return (size_t)((until ? until : end) - body);
}

static void put_lengths(struct talk *talk)
{
    struct buf whole;
    const char *end = talk->bytes.data + talk->bytes.len;
    buf_init(&whole, talk->bytes.max);
    for (const char *at = talk->bytes.data; at < end; at++) {
        if (*at == 3)
            buf_printf(&whole, "%zu", body_length(at, end));
        else if (*at != 4)
            buf_put_char(&whole, *at);
    }
    buf_free(&talk->bytes);
    talk->bytes = whole;
}

/* The answers. */

struct answer {
    unsigned status;
    bool closes, chunked, has_length, is_gzip;
    size_t length;
    char type[64];
};

/* Takes a line that ends in CR LF; where the next begins. */
static const char *take_line(const char *at, const char *end, size_t *len)
{
    const char *feed = memmem(at, (size_t)(end - at), "\r\n", 2);
    fuzz_require(feed != NULL);
    *len = (size_t)(feed - at);
    for (size_t i = 0; i < *len; i++)
        fuzz_require((unsigned char)at[i] >= 0x20 && at[i] != 0x7F);
    return feed + 2;
}

static bool names(const char *line, size_t len, const char *name, const char **value)
{
    size_t name_len = strlen(name);
    if (len < name_len + 2 || strncasecmp(line, name, name_len) != 0 || strncmp(line + name_len, ": ", 2) != 0)
        return false;
    *value = line + name_len + 2;
    return true;
}

static void take_field(struct answer *answer, const char *line, size_t len)
{
    const char *value;
    int64_t number;
    fuzz_require(len > 2 && memmem(line, len, ": ", 2) && line[0] != ' ');
    if (names(line, len, "Content-Length", &value)) {
        fuzz_require(!answer->has_length);
        fuzz_require(number_parse(value, len - (size_t)(value - line), 0, (int64_t)ANSWERS_MAX, &number) == 0);
        answer->has_length = true;
        answer->length = (size_t)number;
    } else if (names(line, len, "Transfer-Encoding", &value)) {
        fuzz_require(!answer->chunked && strncmp(value, "chunked\r", 8) == 0);
        answer->chunked = true;
    } else if (names(line, len, "Content-Type", &value)) {
        fuzz_require(answer->type[0] == '\0');
        snprintf(answer->type, sizeof answer->type, "%.*s", (int)(len - (size_t)(value - line)), value);
    } else if (names(line, len, "Connection", &value)) {
        answer->closes |= strncasecmp(value, "close\r", 6) == 0;
    } else if (names(line, len, "Content-Encoding", &value)) {
        answer->is_gzip = true;
    }
}

/* The head; where the body begins. */
static const char *take_head(struct answer *answer, const char *at, const char *end)
{
    size_t len;
    int64_t status;
    const char *line = at;
    *answer = (struct answer){0};
    at = take_line(line, end, &len);
    fuzz_require(len > 13 && strncmp(line, "HTTP/1.1 ", 9) == 0 && line[12] == ' ');
    fuzz_require(number_parse(line + 9, 3, 100, 599, &status) == 0);
    answer->status = (unsigned)status;
    for (line = at; (at = take_line(line, end, &len)) && len > 0; line = at)
        take_field(answer, line, len);
    fuzz_require(!answer->chunked || !answer->has_length);
    return at;
}

/* Appends the body of a chunked answer; where the next answer begins. */
static const char *take_chunks(const char *at, const char *end, struct buf *body)
{
    for (;;) {
        size_t len;
        const char *line = at;
        at = take_line(line, end, &len);
        fuzz_require(len > 0 && len < 9 && strspn(line, "0123456789abcdef") == len);
        size_t size = (size_t)strtoul(line, NULL, 16);
        fuzz_require((size_t)(end - at) >= size + 2 && memcmp(at + size, "\r\n", 2) == 0);
        buf_put(body, at, size);
        at += size + 2;
        if (size == 0)
            return at;
    }
}

static bool begins_answer(const char *at, const char *end)
{
    return at == end || ((size_t)(end - at) > 9 && strncmp(at, "HTTP/1.1 ", 9) == 0);
}

/* Takes the body; where the next answer begins. HEAD's answers say a length and have no body: who asked for HEAD is
 * believed to have done so where that is how the next answer is found. */
static const char *take_body(const struct answer *answer, const char *at, const char *end, bool may_lack,
                             struct buf *body)
{
    if (answer->status < 200 || answer->status == 304) {
        fuzz_require(begins_answer(at, end));
        return at;
    }
    if (may_lack && begins_answer(at, end))
        return at;
    if (answer->chunked)
        return take_chunks(at, end, body);
    size_t len = answer->has_length ? answer->length : (size_t)(end - at);
    fuzz_require((size_t)(end - at) >= len && (answer->has_length || answer->closes));
    buf_put(body, at, len);
    return at + len;
}

/* What the answers say. */

static void check_receipt(const struct talk *talk, const char *receipt, uint64_t index)
{
    uint64_t proven;
    for (size_t i = 0; i < talk->signed_count; i++)
        if (receipt_check(receipt, strlen(receipt), &talk->leaves[i], world_log_key(), &proven, NULL) == 0) {
            fuzz_require(proven == index);
            return;
        }
    fuzz_require(!receipt);
}

/* An object that tells of something accepted, or that it was there before. */
static void check_accepted(const struct talk *talk, struct heard *heard, const struct json *object, unsigned status,
                           uint64_t before)
{
    int64_t index = -1;
    const char *receipt = json_text(json_member(object, "receipt"));
    fuzz_require(json_integer(json_member(object, "index"), &index) == 0);
    fuzz_require(index >= 0 && (uint64_t)index < world_entries());
    if (receipt)
        check_receipt(talk, receipt, (uint64_t)index);
    if (status != 201)
        return;
    fuzz_require((uint64_t)index >= before);
    heard->created++;
}

static void check_problem(const struct json *object, unsigned status)
{
    const char *type = json_text(json_member(object, "type"));
    int64_t said;
    fuzz_require(type && json_text(json_member(object, "title")));
    fuzz_require(json_integer(json_member(object, "status"), &said) == 0);
    fuzz_require(status == 0 || said == (int64_t)status);
    if (strcmp(type, "about:blank") != 0)
        fuzz_require(problem_find(type) != PROBLEM_NONE && (int64_t)problem_status(problem_find(type)) == said);
}

static void check_line(const struct talk *talk, struct heard *heard, const char *line, size_t len, uint64_t before)
{
    int64_t status = 0;
    struct json *object = json_parse(line, len, NULL);
    fuzz_require(object != NULL);
    if (json_integer(json_member(object, "status"), &status) == 0 && status < 300)
        check_accepted(talk, heard, object, (unsigned)status, before);
    else if (status >= 400)
        check_problem(object, 0);
    json_free(object);
}

static void check_lines(const struct talk *talk, struct heard *heard, const struct buf *body, uint64_t before)
{
    for (const char *line = buf_text(body), *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        fuzz_require(end != NULL);
        check_line(talk, heard, line, (size_t)(end - line), before);
    }
}

static void check_body(const struct talk *talk, struct heard *heard, const struct answer *answer,
                       const struct buf *body, uint64_t before)
{
    if (answer->is_gzip || body->len == 0)
        return;
    if (strcmp(answer->type, "application/x-ndjson") == 0) {
        check_lines(talk, heard, body, before);
        return;
    }
    bool problem = strcmp(answer->type, "application/problem+json") == 0;
    fuzz_require(problem == (answer->status >= 400));
    if (!problem && strncmp(answer->type, "application/json", 16) != 0)
        return;
    struct json *object = json_parse(body->data, body->len, NULL);
    fuzz_require(object != NULL);
    if (problem)
        check_problem(object, answer->status);
    else if (json_member(object, "index") && json_member(object, "receipt"))
        check_accepted(talk, heard, object, answer->status, before);
    json_free(object);
}

static void check_answers(const struct talk *talk, struct heard *heard, uint64_t before)
{
    bool may_lack = memmem(talk->bytes.data, talk->bytes.len, "HEAD ", 5) != NULL, closed = false;
    const char *at = buf_text(&heard->answers), *end = at + heard->answers.len;
    while (at < end) {
        struct answer answer;
        struct buf body;
        fuzz_require(!closed);
        buf_init(&body, ANSWERS_MAX);
        at = take_body(&answer, take_head(&answer, at, end), end, may_lack, &body);
        fuzz_require(buf_check(&body) == 0);
        check_body(talk, heard, &answer, &body, before);
        closed = answer.closes;
        if (answer.status >= 200 && heard->count < STATUSES_MAX)
            heard->statuses[heard->count++] = answer.status;
        buf_free(&body);
    }
}

/* Talking. */

static void hear(const struct talk *talk, size_t piece, struct heard *heard)
{
    uint64_t before = world_entries();
    *heard = (struct heard){.count = 0};
    buf_init(&heard->answers, ANSWERS_MAX);
    world_talk(talk->bytes.data, talk->bytes.len, piece, &heard->answers);
    fuzz_require(buf_check(&heard->answers) == 0);
    fuzz_require(world_charged() == 0 && world_under_way() == 0);
    check_answers(talk, heard, before);
    fuzz_require(heard->created <= world_entries() - before);
    heard->changed = world_entries() != before;
    fuzz_require(!heard->changed || heard->created > 0);
}

/* Something that was asked once may be answered once. */
static bool asks_for_access(const uint8_t *data, size_t len)
{
    return memmem(data, len, "\001A", 2) != NULL;
}

static void hear_cut(const struct talk *talk, size_t piece, const struct heard *whole)
{
    static struct heard cut;
    hear(talk, piece, &cut);
    fuzz_require(cut.count <= whole->count);
    fuzz_require(memcmp(cut.statuses, whole->statuses, cut.count * sizeof cut.statuses[0]) == 0);
    buf_free(&cut.answers);
}

int fuzz_http(const uint8_t *data, size_t len)
{
    static struct heard whole;
    static struct talk talk;
    static bool started;
    if (len < 2 || len > INPUT_MAX)
        return 0;
    if (!started)
        world_start();
    started = true;
    talk = (struct talk){.signed_count = 0};
    buf_init(&talk.bytes, INPUT_MAX * 64);
    put_signed_all(&talk, data + 1, len - 1);
    put_lengths(&talk);
    fuzz_require(buf_check(&talk.bytes) == 0);
    hear(&talk, 0, &whole);
    if (whole.changed || asks_for_access(data, len))
        world_renew();
    if (data[0] > 0)
        hear_cut(&talk, data[0], &whole);
    if (data[0] > 0 && (whole.changed || asks_for_access(data, len)))
        world_renew();
    buf_free(&whole.answers);
    buf_free(&talk.bytes);
    return 0;
}
