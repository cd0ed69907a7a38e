/* The replay against a log that an independent program made: each leaf, each root, and the state to arrive at. */
#include "collector/audit/replay.h"
#include "crypto/line.h"
#include "tests/unit/collector/audit/replayed.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(replay, .init = kit_begin, .fini = kit_end, .timeout = 120);

static const char *vector_text(const struct json *object, const char *name)
{
    const char *text = json_text(json_member(object, name));
    cr_assert_not_null(text, "no text %s", name);
    return text;
}

static int64_t vector_integer(const struct json *object, const char *name)
{
    int64_t value = -1;
    cr_assert_eq(json_integer(json_member(object, name), &value), 0, "no integer %s", name);
    return value;
}

static void read_hash(const char *hex, uint8_t out[static SHA256_BYTES])
{
    cr_assert_eq(strlen(hex), 2 * SHA256_BYTES);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        const char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

static void load_text(const struct json *entry)
{
    struct text *text = &replayed_texts[replayed_count++];
    const struct json *erased = json_member(entry, "erased");
    const char *jws = vector_text(entry, "jws");
    uint8_t leaf[SHA256_BYTES];
    buf_init(&text->bytes, JWS_MAX);
    text->kind = erased ? ENTRY_ERASED : ENTRY_NOTHING;
    read_hash(vector_text(entry, "leaf"), leaf);
    if (erased)
        buf_put(&text->bytes, leaf, sizeof leaf);
    else
        buf_put_text(&text->bytes, jws);
}

static void load_document(const char *base64)
{
    uint8_t bytes[4096];
    struct line line = {base64, strlen(base64)};
    size_t count = 0;
    cr_assert_eq(line_base64(&line, bytes, sizeof bytes, &count), 0);
    replayed_add_document(bytes, count);
}

static struct json *load_log(void)
{
    struct buf file = kit_file("tests/vectors/protocol2/log2.json");
    struct json *log = json_parse(buf_text(&file), file.len, NULL);
    buf_free(&file);
    cr_assert_not_null(log);
    for (const struct json *entry = json_first(json_member(log, "entries")); entry; entry = json_next(entry))
        load_text(entry);
    for (const struct json *one = json_first(json_member(log, "documents")); one; one = json_next(one))
        load_document(json_text(one));
    return log;
}

static void assert_hash(const char *hex, const struct merkle_hash *hash)
{
    uint8_t bytes[SHA256_BYTES];
    read_hash(hex, bytes);
    cr_assert_arr_eq(bytes, hash->bytes, sizeof bytes);
}

Test(replay, has_each_leaf_and_root_of_an_independent_log)
{
    struct json *log = load_log();
    struct outcome outcome;
    size_t i = 0;
    replayed_begin(&outcome, "burgerpanel/wau");
    for (const struct json *vector = json_first(json_member(log, "entries")); vector; vector = json_next(vector), i++) {
        struct entry entry;
        struct merkle_hash root;
        replayed_take(&outcome, &entry, i);
        assert_hash(vector_text(vector, "leaf"), &entry.leaf);
        merkle_edge_root(&outcome.edge, &root);
        assert_hash(vector_text(vector, "root"), &root);
        replayed_count_entry(&outcome, &entry);
    }
    cr_assert_eq(i, 16);
    cr_assert_str_eq(replayed_told, "");
    replay_free(outcome.replay);
    replayed_forget();
    json_free(log);
}

static void assert_members(const struct replay *replay, const struct json *members)
{
    struct fold *fold = replay_fold(replay);
    int64_t number = 0;
    for (const struct json *member = json_first(members); member; member = json_next(member)) {
        const struct fold_member *found = fold_member(fold, ++number);
        char kid[KID_SIZE];
        cr_assert_not_null(found);
        key_thumbprint(found->public_key, kid);
        cr_assert_str_eq(kid, vector_text(member, "kid"));
        cr_assert_eq(found->index, vector_integer(member, "enrolment"));
        cr_assert_not(found->is_revoked);
    }
    cr_assert_eq(number, 2);
    cr_assert_eq(fold_member_count(fold), 2);
}

static void assert_currents(const struct outcome *outcome, const struct json *currents)
{
    const struct replay *replay = outcome->replay;
    const struct fold_current *found = &outcome->current;
    const struct json *current = json_first(currents);
    cr_assert_eq(json_count(currents), 1);
    cr_assert_eq(fold_current_count(replay_fold(replay)), 1);
    uint32_t round = history_find_round(replay_history(replay), vector_text(current, "round"));
    uint32_t action = history_find_action(replay_history(replay), vector_text(current, "action"));
    cr_assert(found->round == round && found->member == 1 && found->action == action); /* Bram enrolled first */
    cr_assert_eq(found->revision, vector_integer(current, "revision"));
    cr_assert_eq(found->index, vector_integer(current, "index"));
}

static void assert_state(const struct outcome *outcome, const struct json *state)
{
    const struct replay *replay = outcome->replay;
    const struct json *letters = json_member(state, "invitations"), *erased = json_member(state, "erased");
    struct replay_totals totals;
    assert_members(replay, json_member(state, "members"));
    cr_assert_eq((int64_t)letters_count(replay_letters(replay), LETTER_UNUSED), vector_integer(letters, "unused"));
    cr_assert_eq((int64_t)letters_count(replay_letters(replay), LETTER_USED), vector_integer(letters, "used"));
    cr_assert_eq((int64_t)letters_count(replay_letters(replay), LETTER_WITHDRAWN),
                 vector_integer(letters, "withdrawn"));
    assert_currents(outcome, json_member(state, "currents"));
    cr_assert_eq(holes_count(replay_holes(replay)), json_count(erased));
    for (const struct json *index = json_first(erased); index; index = json_next(index)) {
        int64_t number;
        cr_assert_eq(json_integer(index, &number), 0);
        cr_assert_eq(holes_find(replay_holes(replay), number)->erased_by, 12);
    }
    uint32_t round = history_find_round(replay_history(replay), "round-1");
    cr_assert_eq(history_closed_by(replay_history(replay), round), 14);
    replay_totals(replay, &totals);
    cr_assert(totals.letters == 3 && totals.older == 0 && totals.has_operator);
}

Test(replay, arrives_at_the_state_of_an_independent_log)
{
    struct json *log = load_log();
    for (size_t behind = 0; behind <= 16; behind += 4) {
        struct outcome outcome;
        replayed_run(&outcome, behind);
        cr_assert_str_eq(replayed_told, "");
        assert_state(&outcome, json_member(log, "state"));
        replay_free(outcome.replay);
    }
    replayed_forget();
    json_free(log);
}
