/* A store moved into another with each verb of either, and each allocation, failing once: it is whole, or nobody opens
 * it. What rows there may be, tests/e2e/store-copy has. */
#include "base/mem.h"
#include "collector/backup/moving.h"
#include "collector/log/tree.h"
#include "collector/store/moving.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char from_dsn[256], to_dsn[256];
static struct error error;

static int go_on(void *context, size_t done, size_t total)
{
    (void)context;
    cr_assert_leq(done, total);
    return 0;
}

static int end_it(void *context, size_t done, size_t total)
{
    (void)context, (void)done, (void)total;
    return 1;
}

/* Of ERASED's text nothing is left. */
enum { RESPONSE, ERASED, EVENT, ENTRIES };

static void put_log(struct store *store)
{
    struct merkle_hash leaves[ENTRIES];
    struct merkle_batch *batch;
    struct tree *tree = tree_new();
    cr_assert_not_null(tree);
    for (int64_t i = 0; i < ENTRIES; i++) {
        cr_assert_eq(store_entry_append(store, i, "a.b.c", 5), STORE_OK);
        merkle_leaf("a.b.c", 5, &leaves[i]);
    }
    cr_assert_eq(tree_extend(tree, store, leaves, ENTRIES, &batch, &error), 0, "%s", error.text);
    merkle_batch_free(batch);
    tree_free(tree);
    cr_assert_eq(store_entry_erase(store, ERASED), STORE_OK);
    cr_assert_eq(store_erased_add(store, ERASED, EVENT), STORE_OK);
    cr_assert_eq(store_event_add(store, EVENT, "entries-erased"), STORE_OK);
    cr_assert_eq(store_log_key_write(store, "origin+00000000+key"), STORE_OK);
}

static void put_people(struct store *store)
{
    const struct store_member members[] = {{.number = 1, .index = RESPONSE}, {.number = 2, .index = ERASED}};
    const struct store_invitation used = {.state = INVITATION_USED, .member = 1};
    const struct store_erasure erasure = {.request = EVENT, .member = 1, .leaf = {{7}}};
    const uint8_t codes[2][SHA256_BYTES] = {{1}, {2}};
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(store_member_add(store, &members[i]), STORE_OK);
        cr_assert_eq(store_invitation_add(store, (int64_t)i + 1, codes[i]), STORE_OK);
    }
    cr_assert_eq(store_member_erase(store, 2, codes[1]), STORE_OK);
    cr_assert_eq(store_invitation_mark(store, codes[0], &used), STORE_OK);
    cr_assert_eq(store_erasure_add(store, &erasure), STORE_OK);
    cr_assert_eq(store_revision_add(store, 2, 1), STORE_OK);
}

static void put_round(struct store *store)
{
    const uint16_t slots[] = {0, 2};
    const struct store_current current = {
        .revision = 3, .index = RESPONSE, .replaced = -1, .slots = slots, .slot_count = 2};
    const struct store_action action = {.number = 99,
                                        .action = {.id = "A", .title = "T", .track = "", .lead = "", .related = ""}};
    const struct store_release release = {.round = 77, .number = 1, .size = 1};
    uint8_t hash[SHA256_BYTES];
    crypto_sha256("text", 4, hash);
    cr_assert_eq(store_panel_write(store, "{}", 2, 77), STORE_OK);
    cr_assert_eq(store_round_add(store, 77, "another"), STORE_OK);
    cr_assert_eq(store_action_write(store, &action, 0), STORE_OK);
    cr_assert_eq(store_document_add(store, hash, "text", 4), STORE_OK);
    cr_assert_eq(store_current_add(store, 77, 1, 99, &current), STORE_OK);
    cr_assert_eq(store_counts_write(store, 77, 99, (int64_t[]){1, 0, 1}, 3), STORE_OK);
    cr_assert_eq(store_release_add(store, &release), STORE_OK);
    cr_assert_eq(store_release_file_add(store, 77, 1, "summary.csv", "x", 1), STORE_OK);
}

static void put_rest(struct store *store)
{
    const struct store_token token = {.name = "t", .role = "team"};
    const struct store_wish wish = {.kind = "round-closed", .claims = "{}", .claims_len = 2};
    const struct store_access access = {.at = 1, .token = "t", .what = "w", .rows = 2};
    int64_t id;
    cr_assert_eq(store_token_add(store, &token), STORE_OK);
    cr_assert_eq(store_wish_add(store, &wish, &id), STORE_OK);
    cr_assert_eq(store_access_add(store, &access), STORE_OK);
}

static void setup(void)
{
    kit_begin();
    snprintf(from_dsn, sizeof from_dsn, "sqlite:%s", kit_path("from.db"));
    snprintf(to_dsn, sizeof to_dsn, "sqlite:%s", kit_path("to.db"));
    struct store *store = kit_store_new(from_dsn);
    cr_assert_eq(store_begin(store), STORE_OK);
    put_log(store);
    put_people(store);
    put_round(store);
    put_rest(store);
    cr_assert_eq(store_commit(store), STORE_OK);
    store_close(store);
}

static void teardown(void)
{
    mem_fail_at(0);
    kit_end();
}

TestSuite(moving, .init = setup, .fini = teardown, .timeout = 120);

static struct store *open_at(const char *dsn, enum store_mode mode)
{
    struct store *store = store_open(dsn, mode, &error);
    cr_assert_not_null(store, "%s", error.text);
    return store;
}

static void remove_copy(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s%s", store_path(to_dsn), endings[i]);
        (void)unlink(path);
    }
}

/* The copy is one that can be opened, or not, and says why. */
static void assert_opens(bool whole)
{
    struct store *store = store_open(to_dsn, STORE_EXISTING, &error);
    cr_assert_eq(store != NULL, whole, "%s", error.text);
    cr_assert(whole || strstr(error.text, "was broken off"), "%s", error.text);
    store_close(store);
}

Test(moving, is_done_or_ended_and_says_how_much_there_is)
{
    struct store *from = open_at(from_dsn, STORE_EXISTING), *to = open_at(to_dsn, STORE_CREATE);
    struct moved moved = {.members = -1};
    cr_assert_eq(moving_run(from, to, end_it, NULL, &moved, &error), -1);
    cr_assert(error.kind == ERROR_NONE && moved.members == -1);
    store_close(to);
    assert_opens(false);
    remove_copy();
    to = open_at(to_dsn, STORE_CREATE);
    cr_assert_eq(moving_run(from, to, go_on, NULL, &moved, &error), 0, "%s", error.text);
    cr_assert(moved.head.size == ENTRIES && moved.members == 2 && moved.currents == 1);
    store_close(to);
    assert_opens(true);
    store_close(from);
}

/* Each verb of one of the two, until it is done. */
static void fail_each_verb(bool of_source)
{
    unsigned failures = 0;
    for (unsigned n = 1;; n++) {
        struct store *from = open_at(from_dsn, STORE_EXISTING), *to = open_at(to_dsn, STORE_CREATE);
        struct store *faulty = store_faulty_new(of_source ? from : to);
        struct moved moved;
        cr_assert_not_null(faulty);
        store_faulty_fail_at(faulty, n);
        int result = moving_run(of_source ? faulty : from, of_source ? to : faulty, go_on, NULL, &moved, &error);
        const char *verb = store_faulty_verb(faulty);
        cr_assert_eq(result < 0, verb != NULL, "verb %u, %s: %s", n, verb ? verb : "none", error.text);
        cr_assert(!verb || strstr(error.text, STORE_FAULTY_ERROR), "%s: %s", verb, error.text);
        store_close(of_source ? faulty : from);
        store_close(of_source ? to : faulty);
        if (!verb)
            break;
        failures++;
        remove_copy();
    }
    cr_assert_gt(failures, 25);
    assert_opens(true);
}

Test(moving, tells_of_any_verb_of_the_source_that_fails)
{
    fail_each_verb(true);
}

Test(moving, tells_of_any_verb_of_the_copy_that_fails)
{
    fail_each_verb(false);
}

Test(moving, survives_any_lack_of_memory)
{
    unsigned failures = 0;
    for (unsigned long n = 1;; n++) {
        struct store *from = open_at(from_dsn, STORE_EXISTING), *to = open_at(to_dsn, STORE_CREATE);
        struct moved moved;
        mem_fail_at(n);
        int result = moving_run(from, to, go_on, NULL, &moved, &error);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(result < 0, failed, "allocation %lu: %s", n, error.text);
        cr_assert(!failed || error.kind == ERROR_MEMORY, "allocation %lu: %s", n, error.text);
        store_close(to);
        store_close(from);
        if (!failed)
            break;
        failures++;
        remove_copy();
    }
    cr_assert_gt(failures, 8);
}
