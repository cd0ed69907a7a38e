/* What a copy promises is looked at: into a store that has anything nothing is copied, and a copy that lacks a row, has
 * another, or is of what has changed meanwhile, is not taken for whole. */
#include "collector/backup/moving.h"
#include "collector/backup/moving_tiles.h"
#include "collector/log/tree.h"
#include "collector/store/moving.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/lying.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ROUND 7
#define ACTION 3
#define ENTRIES (TILE_WIDTH + 3)
#define ERASED 5

static char from_dsn[256], to_dsn[256];
static struct error error;

static struct store *open_at(const char *dsn, enum store_mode mode)
{
    struct store *store = store_open(dsn, mode, &error);
    cr_assert_not_null(store, "%s", error.text);
    return store;
}

static void put_panel(struct store *store)
{
    cr_assert_eq(store_panel_write(store, "{}", 2, 77), STORE_OK);
}

static void put_round(struct store *store)
{
    cr_assert_eq(store_round_add(store, ROUND, "first"), STORE_OK);
}

static void put_action(struct store *store)
{
    const struct store_action action = {.number = ACTION,
                                        .action = {.id = "A", .title = "T", .track = "", .lead = "", .related = ""}};
    cr_assert_eq(store_action_write(store, &action, 0), STORE_OK);
}

static void put_token(struct store *store)
{
    const struct store_token token = {.name = "new", .role = "team"};
    cr_assert_eq(store_token_add(store, &token), STORE_OK);
}

static void put_document(struct store *store)
{
    uint8_t hash[SHA256_BYTES];
    crypto_sha256("text", 4, hash);
    cr_assert_eq(store_document_add(store, hash, "text", 4), STORE_OK);
}

static void put_event(struct store *store)
{
    cr_assert_eq(store_event_add(store, 0, "round-closed"), STORE_OK);
}

static void put_member(struct store *store)
{
    const struct store_member member = {.number = 1};
    cr_assert_eq(store_member_add(store, &member), STORE_OK);
}

static void put_invitation(struct store *store)
{
    const uint8_t hash[SHA256_BYTES] = {1};
    cr_assert_eq(store_invitation_add(store, 1, hash), STORE_OK);
}

static void put_revision(struct store *store)
{
    cr_assert_eq(store_revision_add(store, 2, 1), STORE_OK);
}

static void put_request(struct store *store)
{
    const struct store_erasure erasure = {.request = 1, .member = 1, .leaf = {{7}}};
    cr_assert_eq(store_erasure_add(store, &erasure), STORE_OK);
}

static void put_wish(struct store *store)
{
    const struct store_wish wish = {.kind = "round-closed", .claims = "{}", .claims_len = 2};
    int64_t id;
    cr_assert_eq(store_wish_add(store, &wish, &id), STORE_OK);
}

static void put_read(struct store *store)
{
    const struct store_access access = {.at = 1, .token = "t", .what = "w", .rows = 2};
    cr_assert_eq(store_access_add(store, &access), STORE_OK);
}

static void put_current(struct store *store)
{
    const uint16_t slots[] = {0, 2};
    const struct store_current current = {.revision = 1, .index = 0, .replaced = -1, .slots = slots, .slot_count = 2};
    cr_assert_eq(store_current_add(store, ROUND, 1, ACTION, &current), STORE_OK);
    cr_assert_eq(store_counts_write(store, ROUND, ACTION, (int64_t[]){1, 0, 1}, 3), STORE_OK);
}

static void put_release(struct store *store)
{
    const struct store_release release = {.round = ROUND, .number = 1, .size = 1};
    cr_assert_eq(store_release_add(store, &release), STORE_OK);
    cr_assert_eq(store_release_file_add(store, ROUND, 1, "summary.csv", "x", 1), STORE_OK);
}

/* Each kind of row by itself, and what the copy is then said to have other than what was copied. */
static const struct {
    void (*put)(struct store *store);
    const char *name;
} kinds[] = {{put_panel, "the panel's definitions"},
             {put_round, "the panel's definitions"},
             {put_action, "the actions"},
             {put_token, "the access tokens"},
             {put_document, "the documents"},
             {put_event, "the events"},
             {put_member, "the members"},
             {put_invitation, "the invitations"},
             {put_revision, "the responses"},
             {put_request, "the requests to erase"},
             {put_wish, "what administrators have asked for"},
             {put_read, "the notes of who read what"}};

#define KINDS (sizeof kinds / sizeof *kinds)

static void setup(void)
{
    kit_begin();
}

TestSuite(moving_check, .init = setup, .fini = kit_end, .timeout = 60);

static void name_copy(size_t n)
{
    char to[32];
    snprintf(to, sizeof to, "to-%zu.db", n);
    snprintf(to_dsn, sizeof to_dsn, "sqlite:%s", kit_path(to));
}

/* Names for the n-th pair of stores, of which the first is made. */
static void name_pair(size_t n)
{
    char from[32];
    snprintf(from, sizeof from, "from-%zu.db", n);
    snprintf(from_dsn, sizeof from_dsn, "sqlite:%s", kit_path(from));
    name_copy(n);
    store_close(kit_store_open(from_dsn));
}

static int go_on(void *context, size_t done, size_t total)
{
    (void)context, (void)done, (void)total;
    return 0;
}

static int move_into(struct store *to, store_copy_fn *each, void *context)
{
    struct store *from = open_at(from_dsn, STORE_EXISTING);
    struct moved moved;
    int result = moving_run(from, to, each, context, &moved, &error);
    store_close(from);
    store_close(to);
    return result;
}

Test(moving_check, copies_into_nothing_that_has_a_row_of_any_kind)
{
    for (size_t i = 0; i < KINDS; i++) {
        name_pair(i);
        struct store *to = open_at(to_dsn, STORE_CREATE);
        kinds[i].put(to);
        cr_assert_eq(move_into(to, go_on, NULL), -1, "%s", kinds[i].name);
        cr_assert(strstr(error.text, "is not empty"), "%s: %s", kinds[i].name, error.text);
        store_close(open_at(to_dsn, STORE_EXISTING)); /* it is left as it was */
    }
}

/* Somebody else changes what is copied, once the last entry is. */
static int change_source(void *context, size_t done, size_t total)
{
    const size_t *kind = context;
    cr_assert_eq(done, total);
    struct store *other = open_at(from_dsn, STORE_EXISTING);
    kinds[*kind].put(other);
    store_close(other);
    return 0;
}

Test(moving_check, takes_no_copy_for_whole_of_which_the_source_has_changed_meanwhile)
{
    for (size_t i = 0; i < KINDS; i++) {
        char expected[100];
        name_pair(i);
        snprintf(expected, sizeof expected, "%s of the copy are not those of", kinds[i].name);
        cr_assert_eq(move_into(open_at(to_dsn, STORE_CREATE), change_source, &i), -1, "%s", kinds[i].name);
        cr_assert(strstr(error.text, expected), "%s: %s", kinds[i].name, error.text);
        cr_assert_null(store_open(to_dsn, STORE_EXISTING, &error));
    }
}

/* As many as fill a tile, and some; one of them was erased. */
static void put_entries(struct store *store)
{
    struct merkle_hash leaves[ENTRIES];
    struct merkle_batch *batch;
    struct tree *tree = tree_new();
    cr_assert_not_null(tree);
    cr_assert_eq(store_begin(store), STORE_OK);
    for (size_t i = 0; i < ENTRIES; i++) {
        merkle_leaf("a.b.c", 5, &leaves[i]);
        cr_assert_eq(store_entry_append(store, (int64_t)i, "a.b.c", 5), STORE_OK);
    }
    cr_assert_eq(tree_extend(tree, store, leaves, ENTRIES, &batch, &error), 0, "%s", error.text);
    cr_assert_eq(store_entry_erase(store, ERASED), STORE_OK);
    cr_assert_eq(store_erased_add(store, ERASED, ERASED + 1), STORE_OK);
    cr_assert_eq(store_log_key_write(store, "origin+00000000+key"), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
    merkle_batch_free(batch);
    tree_free(tree);
}

static void put_all(const char *dsn)
{
    struct store *store = open_at(dsn, STORE_EXISTING);
    for (size_t kind = 0; kind < KINDS; kind++)
        kinds[kind].put(store);
    put_current(store);
    put_release(store);
    put_entries(store);
    store_close(store);
}

Test(moving_check, takes_no_copy_for_whole_that_has_not_what_was_written)
{
    static const char *const names[LIES] = {[LIE_TOKEN] = "the access tokens of the copy are not",
                                            [LIE_CURRENT] = "the responses of the copy are not",
                                            [LIE_COUNTS] = "the counters of the copy are not",
                                            [LIE_FILE] = "the releases of the copy are not",
                                            [LIE_ENTRY] = "the entries of the copy are not",
                                            [LIE_LEAVES] = "the tiles of the copy are not",
                                            [LIE_INNER_TILE] = "the entries of the copy are not",
                                            [LIE_KEY] = "the copy names another key",
                                            [LIE_ERASED] = "the entries of the copy are not",
                                            [LIE_PANEL] = "the panel's definitions of the copy are not",
                                            [LIE_ROUND] = "the panel's definitions of the copy are not",
                                            [LIE_ACTION] = "the actions of the copy are not",
                                            [LIE_DOCUMENT] = "the documents of the copy are not",
                                            [LIE_EVENT] = "the events of the copy are not",
                                            [LIE_MEMBER] = "the members of the copy are not",
                                            [LIE_INVITATION] = "the invitations of the copy are not",
                                            [LIE_REVISION] = "the responses of the copy are not",
                                            [LIE_REQUEST] = "the requests to erase of the copy are not",
                                            [LIE_RELEASE] = "the releases of the copy are not",
                                            [LIE_WISH] = "what administrators have asked for of the copy are not",
                                            [LIE_READ] = "the notes of who read what of the copy are not"};
    name_pair(0);
    put_all(from_dsn);
    for (enum lie lie = 0; lie < LIES; lie++) {
        name_copy(lie);
        struct store *to = open_at(to_dsn, STORE_CREATE);
        store_lie(to, lie);
        cr_assert_eq(move_into(to, go_on, NULL), -1, "%s", names[lie]);
        cr_assert(strstr(error.text, names[lie]), "%s: %s", names[lie], error.text);
        cr_assert_null(store_open(to_dsn, STORE_EXISTING, &error));
    }
}

Test(moving_check, copies_no_document_that_is_not_what_its_hash_says)
{
    const uint8_t hash[SHA256_BYTES] = {9};
    name_pair(0);
    struct store *store = open_at(from_dsn, STORE_EXISTING);
    cr_assert_eq(store_document_add(store, hash, "text", 4), STORE_OK);
    store_close(store);
    cr_assert_eq(move_into(open_at(to_dsn, STORE_CREATE), go_on, NULL), -1);
    cr_assert(error.kind == ERROR_DAMAGED && strstr(error.text, "a document is not what its hash says"), "%s",
              error.text);
}

/* All tiles of a log of some sixty thousand entries, from hashes that stand for its own; what comes of the last. */
static int add_full_tiles(struct store *to)
{
    static struct moving_tiles tiles;
    struct moving m = {.to = to, .error = &error};
    struct merkle_hash completed[MERKLE_LEVELS] = {{{0}}};
    int differs = 0;
    moving_tiles_init(&tiles);
    for (unsigned i = 0; i < TILE_WIDTH && differs == 0; i++) {
        completed[0].bytes[0] = completed[TILE_HEIGHT].bytes[0] = (uint8_t)i;
        differs = moving_tiles_add(&tiles, &m, completed, TILE_HEIGHT + 1);
    }
    return differs == 0 ? moving_tiles_end(&tiles, &m) : differs;
}

Test(moving_check, holds_every_tile_of_every_level_against_what_the_entries_make)
{
    struct merkle_hash hashes[TILE_WIDTH] = {{{0}}};
    name_pair(0);
    struct store *store = open_at(from_dsn, STORE_EXISTING);
    for (unsigned i = 0; i < TILE_WIDTH; i++)
        hashes[i].bytes[0] = (uint8_t)i;
    cr_assert_eq(add_full_tiles(store), -1, "none is there");
    for (unsigned level = 0; level < 2; level++)
        cr_assert_eq(store_tile_write(store, level, 0, hashes, TILE_WIDTH), STORE_OK);
    cr_assert_eq(add_full_tiles(store), 0, "%s", error.text);
    for (unsigned level = 0; level < 2; level++) {
        hashes[100].bytes[31] ^= 1;
        cr_assert_eq(store_tile_write(store, level, 0, hashes, TILE_WIDTH), STORE_OK);
        cr_assert_eq(add_full_tiles(store), 1, "level %u", level);
        hashes[100].bytes[31] ^= 1;
        cr_assert_eq(store_tile_write(store, level, 0, hashes, TILE_WIDTH), STORE_OK);
    }
    store_close(store);
}
