/* Payloads are texts with names in them; who signs and what a name stands for is filled in when the log is signed. */
#include "tests/unit/collector/audit/small_log.h"
#include "crypto/base64url.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct step small_log_steps[REPLAYED_MAX];
size_t small_log_count;
static struct kit_member people[PEOPLE];
static int hidden_document; /* -1: none */

static const struct {
    const char *typ;
    int signer;
    const char *payload;
} plan[STEPS] = {
    [OPENED] = {EVENT("\"log-opened\",\"protocol\":2,\"origin\":\"o\",\"operator\":@operator@")},
    [PANEL_IMPORTED] = {EVENT("\"panel-imported\",\"panel\":\"$panel$\",\"bytes\":%PANEL%")},
    [LIST_IMPORTED] = {EVENT("\"actions-imported\",\"actions\":\"$list$\",\"bytes\":%LIST%")},
    [CREATED] = {EVENT("\"invitations-created\",\"count\":3,\"stratum\":null,\"codes\":\"$codes$\",\"replaces\":0")},
    [ANNA_ENROLS] = {ENROLMENT(ANNA, "anna")},
    [BRAM_ENROLS] = {ENROLMENT(BRAM, "bram")},
    [ANNA_1] = {RESPONSE(ANNA, "A-1", "1", "yes")},
    [BRAM_1] = {RESPONSE(BRAM, "A-1", "1", "no")},
    [ANNA_2] = {RESPONSE(ANNA, "A-1", "2", "no")},
    [REVOKED] = {EVENT("\"member-revoked\",\"enrolment\":5,\"reason\":\"error\"")},
    [RESTORED] = {EVENT("\"member-restored\",\"enrolment\":5")},
    [ASKED] = {ERASURE(ANNA, "anna", "{\"round\":\"r\",\"action\":\"A-1\"}")},
    [ERASED] = {EVENT("\"entries-erased\",\"by\":\"member\",\"request\":11,\"entries\":[6,8],\"enrolments\":[]")},
    [BRAM_2] = {RESPONSE(BRAM, "A-1", "2", "yes")},
    [WITHDRAWN] = {EVENT("\"invitation-withdrawn\",\"code\":\"$carla$\"")},
    [FOLLOWED] = {EVENT("\"follow-up-published\",\"action\":\"A-1\",\"round\":\"r\",\"document\":\"$followup$\","
                        "\"bytes\":%FOLLOWUP%,\"replaces\":null")},
    [CLOSED] = {EVENT("\"round-closed\",\"round\":\"r\"")},
    [RELEASED] = {EVENT("\"release-created\",\"round\":\"r\",\"number\":1,\"final\":true,\"size\":17,\"root\":"
                        "\"$panel$\",\"rule\":2,\"minRespondents\":10,\"roundTo\":5,\"minChanged\":10,\"files\":[]")},
};

static int compare_hashes_of_codes(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_BYTES);
}

static void add_codes(const int *whose, size_t count)
{
    uint8_t codes[PEOPLE][SHA256_BYTES];
    for (size_t i = 0; i < count; i++)
        memcpy(codes[i], people[whose[i]].invitation, SHA256_BYTES);
    qsort(codes, count, SHA256_BYTES, compare_hashes_of_codes);
    replayed_add_document(codes, count * SHA256_BYTES);
}

void small_log_begin(void)
{
    static const char *const fixed[] = {PANEL("R", OPENS, CLOSES, ""), LIST("Een"), FOLLOW_UP,
                                        PANEL("R", OPENS, CLOSES, ""), LIST("Anders")};
    for (unsigned i = 0; i < PEOPLE; i++)
        kit_member_init(&people[i], 40 + i);
    replayed_add_document(fixed[0], strlen(fixed[0]));
    replayed_add_document(fixed[1], strlen(fixed[1]));
    add_codes((const int[]){ANNA, BRAM, CARLA}, 3);
    replayed_add_document(fixed[2], strlen(fixed[2]));
    replayed_add_document(fixed[3], strlen(fixed[3]));
    replayed_add_document(fixed[4], strlen(fixed[4]));
    add_codes((const int[]){OTHER}, 1);
    cr_assert_eq(replayed_document_count, DOCUMENTS);
    small_log_count = STEPS;
    hidden_document = -1;
    for (size_t i = 0; i < STEPS; i++) {
        small_log_steps[i] =
            (struct step){.typ = plan[i].typ, .signer = plan[i].signer, .is_erased = i == ANNA_1 || i == ANNA_2};
        snprintf(small_log_steps[i].payload, SMALL_LOG_PAYLOAD, "%s", plan[i].payload);
    }
}

void small_log_end(void)
{
    for (size_t i = 0; i < PEOPLE; i++)
        kit_member_wipe(&people[i]);
    replayed_forget();
}

/* Puts what a name between marks stands for. */

static void put_hash(struct buf *out, const uint8_t hash[static SHA256_BYTES])
{
    char text[BASE64URL_LENGTH(SHA256_BYTES) + 1];
    base64url_encode(hash, SHA256_BYTES, text);
    buf_put(out, text, BASE64URL_LENGTH(SHA256_BYTES));
}

static int find_word(const char *const *words, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
            return (int)i;
    return -1;
}

static void put_word(struct buf *out, char mark, const char *word, size_t len, size_t index)
{
    static const char *const names[PEOPLE] = {"operator", "anna", "bram", "carla", "other"};
    static const char *const kept[DOCUMENTS] = {"panel",      "list",      "codes",     "followup",
                                                "panellater", "listlater", "codeslater"};
    static const char *const sizes[] = {"PANEL", "LIST", "CODES", "FOLLOWUP", "PANELLATER", "LISTLATER", "CODESLATER"};
    int person = find_word(names, PEOPLE, word, len), document = find_word(kept, DOCUMENTS, word, len);
    uint8_t hash[SHA256_BYTES];
    if (mark == '@')
        key_put_jwk(out, people[person].public_key);
    else if (mark == '#')
        buf_put_text(out, people[person].code);
    else if (mark == '%' && len == 3)
        buf_put_integer(out, 1790000000 + 60 * (int64_t)index);
    else if (mark == '%')
        buf_put_integer(out, (int64_t)replayed_documents[find_word(sizes, DOCUMENTS, word, len)].len);
    else if (document >= 0) {
        crypto_sha256(buf_text(&replayed_documents[document]), replayed_documents[document].len, hash);
        put_hash(out, hash);
    } else
        put_hash(out, people[person].invitation);
}

static void put_payload(struct buf *out, const char *payload, size_t index)
{
    for (const char *at = payload; *at; at++) {
        if (!strchr("$@#%", *at)) {
            buf_put_char(out, *at);
            continue;
        }
        const char *stop = strchr(at + 1, *at);
        cr_assert_not_null(stop, "%s", payload);
        put_word(out, *at, at + 1, (size_t)(stop - at - 1), index);
        at = stop;
    }
}

static void sign_step(size_t i)
{
    struct text *text = &replayed_texts[replayed_count++];
    struct buf payload;
    struct merkle_hash leaf;
    buf_init(&payload, KIT_TEXT_MAX);
    put_payload(&payload, small_log_steps[i].payload, i);
    text->bytes = kit_sign(&people[small_log_steps[i].signer], small_log_steps[i].typ, buf_text(&payload));
    text->kind = small_log_steps[i].is_erased    ? ENTRY_ERASED
                 : small_log_steps[i].is_missing ? ENTRY_MISSING
                                                 : ENTRY_NOTHING;
    if (small_log_steps[i].is_erased) {
        merkle_leaf(buf_text(&text->bytes), text->bytes.len, &leaf);
        buf_reset(&text->bytes);
        buf_put(&text->bytes, leaf.bytes, sizeof leaf.bytes);
    }
    buf_free(&payload);
}

void small_log_hide(int document)
{
    hidden_document = document;
}

struct outcome small_log_replay(size_t behind)
{
    struct outcome outcome;
    struct buf hidden = {0};
    for (size_t i = 0; i < replayed_count; i++)
        buf_free(&replayed_texts[i].bytes);
    replayed_count = 0;
    for (size_t i = 0; i < small_log_count; i++)
        sign_step(i);
    if (hidden_document >= 0) {
        hidden = replayed_documents[hidden_document];
        buf_init(&replayed_documents[hidden_document], 1);
    }
    replayed_run(&outcome, behind);
    if (hidden_document >= 0)
        replayed_documents[hidden_document] = hidden;
    return outcome;
}

void small_log_change(size_t step, const char *from, const char *to)
{
    char changed[SMALL_LOG_PAYLOAD];
    char *place = strstr(small_log_steps[step].payload, from);
    cr_assert_not_null(place, "%s is not in %s", from, small_log_steps[step].payload);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(place - small_log_steps[step].payload),
             small_log_steps[step].payload, to, place + strlen(from));
    memcpy(small_log_steps[step].payload, changed, sizeof changed);
}

void small_log_append(const char *typ, int signer, const char *payload)
{
    struct step *step = &small_log_steps[small_log_count++];
    *step = (struct step){.typ = typ, .signer = signer};
    snprintf(step->payload, SMALL_LOG_PAYLOAD, "%s", payload);
}

void small_log_put(size_t at, const char *typ, int signer, const char *payload)
{
    small_log_steps[at] = (struct step){.typ = typ, .signer = signer};
    snprintf(small_log_steps[at].payload, SMALL_LOG_PAYLOAD, "%s", payload);
}

void small_log_set_document(int which, const char *text)
{
    buf_reset(&replayed_documents[which]);
    buf_put_text(&replayed_documents[which], text);
    cr_assert_eq(buf_check(&replayed_documents[which]), 0);
}

void small_log_assert_told(const char *found)
{
    for (size_t behind = 0; behind <= small_log_count; behind += small_log_count) {
        struct outcome outcome = small_log_replay(behind);
        if (found[0] == '\0')
            cr_assert_str_eq(replayed_told, "");
        else
            cr_assert_not_null(strstr(replayed_told, found), "%s was expected of\n%s", found, replayed_told);
        replay_free(outcome.replay);
    }
}

void small_log_assert_noted(const char *noted)
{
    cr_assert_not_null(strstr(replayed_noted, noted), "%s was expected of\n%s", noted, replayed_noted);
}
