/* The embedded store as a file: what is refused, what a second handle sees, and rows that another hand has damaged. */
#include "base/file.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char dsn[300];
static const char *path;

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("panel.db"));
    path = dsn + strlen("sqlite:");
}

TestSuite(store_files, .init = setup, .fini = kit_end);

static void tamper(const char *sql)
{
    store_raw_run(dsn, sql);
}

static void assert_refused(const char *name, enum store_mode mode, const char *word)
{
    struct error error = {0};
    struct store *store = store_open(name, mode, &error);
    cr_assert_null(store, "%s", name);
    cr_assert_not_null(strstr(error.text, word), "'%s' lacks '%s'", error.text, word);
    cr_assert_null(strchr(error.text, '\n'));
}

/* Opening. */

Test(store_files, tells_the_path_behind_a_dsn)
{
    cr_assert_str_eq(store_path("sqlite:a/b.db"), "a/b.db");
    cr_assert_null(store_path("sqlite::memory:"));
    cr_assert_null(store_path("sqlite:"));
    cr_assert_null(store_path("postgres://x"));
    cr_assert_null(store_path(""));
}

Test(store_files, refuses_what_is_no_dsn)
{
    assert_refused("", STORE_CREATE, "sqlite:PATH");
    assert_refused("panel.db", STORE_CREATE, "sqlite:PATH");
    assert_refused("sqlite:", STORE_CREATE, "sqlite:PATH");
    assert_refused("postgres://localhost/panel", STORE_CREATE, "sqlite:PATH");
}

Test(store_files, refuses_a_store_that_is_not_there)
{
    assert_refused(dsn, STORE_EXISTING, "there is no store here");
    cr_assert_not(file_exists(path), "asking makes none");
}

Test(store_files, refuses_a_path_that_can_not_be)
{
    char below[320];
    store_close(kit_store_open(dsn));
    snprintf(below, sizeof below, "%s/below.db", dsn);
    assert_refused(below, STORE_CREATE, "can't be made");
    assert_refused(below, STORE_EXISTING, "unable to open");
    snprintf(below, sizeof below, "sqlite:%s/panel.db", kit_path("missing"));
    assert_refused(below, STORE_CREATE, "can't be made");
    assert_refused("sqlite:build", STORE_CREATE, "unable to open");
}

static void assert_unharmed(const struct buf *before)
{
    struct buf after = kit_file(path);
    cr_assert(after.len == before->len && memcmp(after.data, before->data, after.len) == 0,
              "the file has been changed");
    buf_free(&after);
}

Test(store_files, refuses_and_leaves_what_is_no_database)
{
    char text[9000];
    const size_t sizes[] = {15, 100, 511, 512, 4096, sizeof text};
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cr_assert_eq(file_write(path, text, sizes[i]), 0);
        struct buf before = kit_file(path);
        assert_refused(dsn, STORE_EXISTING, "no burgerpanel store");
        assert_refused(dsn, STORE_CREATE, "no burgerpanel store");
        assert_unharmed(&before);
        buf_free(&before);
    }
}

Test(store_files, refuses_and_leaves_the_database_of_another_program)
{
    static const char *const others[] = {"CREATE TABLE bookmark (url TEXT)", "PRAGMA user_version = 7",
                                         "PRAGMA application_id = 1196444487",
                                         "PRAGMA application_id = 1196444487; PRAGMA user_version = 1"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_assert_eq(file_remove(path), 0);
        tamper(others[i]);
        struct buf before = kit_file(path);
        assert_refused(dsn, STORE_EXISTING, "another program");
        assert_refused(dsn, STORE_CREATE, "another program");
        assert_unharmed(&before);
        buf_free(&before);
    }
}

Test(store_files, refuses_a_schema_that_is_newer_or_unknown)
{
    struct store *store = kit_store_new(dsn);
    store_close(store);
    tamper("PRAGMA user_version = 99");
    assert_refused(dsn, STORE_EXISTING, "newer burgerpanel");
    tamper("PRAGMA user_version = 0");
    assert_refused(dsn, STORE_EXISTING, "not known");
}

Test(store_files, fails_when_a_table_is_gone)
{
    store_close(kit_store_new(dsn));
    tamper("DROP TABLE entry");
    struct store *store = kit_store_open(dsn);
    int64_t count;
    cr_assert_eq(store_entry_count(store, &count), STORE_FAILED);
    cr_assert_not_null(strstr(store_error(store)->text, "no such table"));
    store_close(store);
}

Test(store_files, is_made_in_a_file_that_is_empty)
{
    cr_assert_eq(file_write(path, "", 0), 0);
    store_close(kit_store_open(dsn));
    struct error error = {0};
    struct store *store = store_open(dsn, STORE_EXISTING, &error);
    cr_assert_not_null(store, "%s", error.text);
    store_close(store);
}

/* Closing and opening again. */

Test(store_files, knows_all_when_opened_again)
{
    struct store *store = kit_store_new(dsn);
    struct store_member member = {.number = 1, .index = 0, .enrolled_at = 5, .public_key = {9}};
    struct store_current current = {
        .revision = 3, .index = 1, .replaced = -1, .slots = (uint16_t[]){0, 300}, .slot_count = 2};
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    cr_assert_eq(store_entry_append(store, 1, "two", 3), STORE_OK);
    cr_assert_eq(store_member_add(store, &member), STORE_OK);
    cr_assert_eq(store_current_write(store, 1, 1, 7, &current), STORE_OK);
    cr_assert_eq(store_counts_write(store, 1, 7, (int64_t[]){1, 1}, 2), STORE_OK);
    store_close(store);

    int64_t counts[2];
    struct store_current found;
    store = kit_store_open(dsn);
    cr_assert_eq(kit_entries(store), 2);
    cr_assert_eq(store_current_read(store, 1, 1, 7, &found), STORE_OK);
    cr_assert(found.revision == 3 && found.slot_count == 2 && found.slots[1] == 300);
    cr_assert_eq(store_counts_read(store, 1, 7, counts, 2), STORE_OK);
    struct catalogue *catalogue = catalogue_load(store, NULL);
    cr_assert_not_null(catalogue);
    catalogue_release(catalogue);
    store_close(store);
}

/* Without what the fourth version added. */
static void make_version_3(void)
{
    static const char *const tables[] = {"member", "panel", "round", "action", "token", "pending"};
    static const char *const events[] = {"INSERT", "UPDATE", "DELETE"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t j = 0; j < sizeof events / sizeof *events; j++) {
            char sql[64];
            snprintf(sql, sizeof sql, "DROP TRIGGER %s_%s", tables[i], events[j]);
            tamper(sql);
        }
    tamper("DROP TABLE change; PRAGMA user_version = 3");
}

/* Nor what the third did. */
static void make_version_2(void)
{
    make_version_3();
    tamper("DROP TABLE erased; DROP TABLE erasure; DROP TABLE revision; DROP TABLE pending; DROP TABLE document; DROP "
           "TABLE event; DROP TABLE issuance; DROP TABLE release;"
           "DROP TABLE release_file; DROP TABLE access_log; ALTER TABLE member DROP COLUMN stratum;"
           "ALTER TABLE member DROP COLUMN kid_hash; ALTER TABLE invitation DROP COLUMN stratum;"
           "ALTER TABLE token DROP COLUMN publish;"
           "PRAGMA user_version = 2");
}

/* The folds as version 1 kept them. */
static void make_version_1(void)
{
    make_version_2();
    tamper("CREATE TABLE old_current (round INTEGER, member INTEGER, action INTEGER, revision INTEGER NOT NULL,"
           " idx INTEGER NOT NULL, replaced INTEGER, slots BLOB NOT NULL, PRIMARY KEY (round, member, action)) STRICT,"
           " WITHOUT ROWID;"
           "CREATE TABLE old_counts (round INTEGER, action INTEGER, slots BLOB NOT NULL, PRIMARY KEY (round, action))"
           " STRICT, WITHOUT ROWID;"
           "INSERT INTO old_current SELECT place >> 51, (place >> 20) & 0x7fffffff, place & 0xfffff, revision, idx, "
           "replaced,"
           " slots FROM current; INSERT INTO old_counts SELECT place >> 20, place & 0xfffff, slots FROM counts;"
           "DROP TABLE current; DROP TABLE counts; ALTER TABLE old_current RENAME TO current;"
           "ALTER TABLE old_counts RENAME TO counts; PRAGMA user_version = 1");
}

Test(store_files, brings_version_1_up_to_date)
{
    struct store *store = kit_store_new(dsn);
    struct store_current current = {
        .revision = 3, .index = 1, .replaced = 0, .slots = (uint16_t[]){0, 300}, .slot_count = 2};
    cr_assert_eq(store_current_write(store, 2, 100000, 7, &current), STORE_OK);
    cr_assert_eq(store_current_write(store, 1, 1, 1048575, &current), STORE_OK);
    cr_assert_eq(store_counts_write(store, 2, 7, (int64_t[]){4, 5}, 2), STORE_OK);
    store_close(store);
    make_version_1();
    for (int opened = 0; opened < 2; opened++) {
        struct store_current found;
        int64_t counts[2];
        store = kit_store_open(dsn);
        cr_assert_eq(store_current_read(store, 2, 100000, 7, &found), STORE_OK);
        cr_assert(found.revision == 3 && found.index == 1 && found.replaced == 0 && found.slots[1] == 300);
        cr_assert_eq(store_current_read(store, 1, 1, 1048575, &found), STORE_OK);
        cr_assert_eq(store_current_read(store, 1, 1, 7, &found), STORE_NONE);
        cr_assert_eq(store_counts_read(store, 2, 7, counts, 2), STORE_OK);
        cr_assert(counts[0] == 4 && counts[1] == 5);
        cr_assert_eq(store_event_last(store, "log-opened", &counts[0]), STORE_NONE);
        store_close(store);
    }
}

Test(store_files, brings_version_2_up_to_date)
{
    struct kit_member member;
    struct store_invitation found;
    struct store *store = kit_store_new(dsn);
    kit_member_init(&member, 1);
    kit_invite(store, 1, &member);
    struct store_member enrolled = {.number = 1, .index = 0, .enrolled_at = KIT_NOW, .public_key = {1}};
    cr_assert_eq(store_member_add(store, &enrolled), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    store_close(store);
    make_version_2();
    for (int64_t opened = 0; opened < 2; opened++) {
        int64_t last = -1;
        store = kit_store_open(dsn);
        cr_assert_eq(kit_entries(store), 1);
        cr_assert_eq(store_invitation_find(store, member.invitation, &found), STORE_OK);
        cr_assert_eq(store_event_last(store, "panel-imported", &last), opened == 0 ? STORE_NONE : STORE_OK);
        if (opened == 0)
            cr_assert_eq(store_event_add(store, 0, "panel-imported"), STORE_OK, "%s", store_error(store)->text);
        cr_assert_eq(store_member_erase(store, 1, member.invitation), opened == 0 ? STORE_OK : STORE_NONE);
        store_close(store);
    }
    kit_member_wipe(&member);
}

Test(store_files, leaves_an_older_version_to_the_collector_that_serves_it)
{
    static void (*const make_older[])(void) = {make_version_1, make_version_2};
    for (size_t i = 0; i < 2; i++) {
        struct error error = {0};
        char name[300];
        store_close(kit_store_new(dsn));
        make_older[i]();
        snprintf(name, sizeof name, "%s.lock", path);
        int lock = file_lock(name);
        cr_assert_geq(lock, 0);
        cr_assert_null(store_open(dsn, STORE_EXISTING, &error));
        cr_assert_not_null(strstr(error.text, "stop it first"), "%s", error.text);
        close(lock);
        store_close(kit_store_open(dsn));
        cr_assert_eq(unlink(path), 0);
    }
}

Test(store_files, refuses_a_version_1_with_numbers_that_have_no_place)
{
    static const char *const rows[] = {"INSERT INTO current VALUES (4096, 1, 1, 1, 0, NULL, x'00')",
                                       "INSERT INTO current VALUES (1, 1 << 31, 1, 1, 0, NULL, x'00')",
                                       "INSERT INTO counts VALUES (1, 1 << 20, x'00')"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {0};
        store_close(kit_store_new(dsn));
        make_version_1();
        tamper(rows[i]);
        cr_assert_null(store_open(dsn, STORE_EXISTING, &error), "%s", rows[i]);
        cr_assert_not_null(strstr(error.text, "more rounds, members or actions"), "%s", error.text);
        cr_assert_eq(unlink(path), 0);
    }
}

Test(store_files, does_not_know_what_was_not_committed)
{
    struct store *store = kit_store_new(dsn);
    cr_assert_eq(store_begin(store), STORE_OK);
    cr_assert_eq(store_entry_append(store, 0, "one", 3), STORE_OK);
    store_close(store);
    store = kit_store_open(dsn);
    cr_assert_eq(kit_entries(store), 0);
    store_close(store);
}

/* Two handles. */

static bool has_changed(struct store *store)
{
    unsigned what;
    cr_assert_eq(store_changed(store, &what), STORE_OK);
    return what != 0;
}

Test(store_files, tells_that_another_handle_has_committed)
{
    struct store *one = kit_store_new(dsn), *two = kit_store_open(dsn);
    (void)has_changed(one);
    cr_assert_not(has_changed(one));
    cr_assert_eq(store_entry_append(one, 0, "a", 1), STORE_OK);
    cr_assert_not(has_changed(one), "its own commits are no news");
    cr_assert_eq(store_entry_append(two, 1, "b", 1), STORE_OK);
    cr_assert(has_changed(one));
    cr_assert_not(has_changed(one));
    cr_assert_eq(store_begin(two), STORE_OK);
    cr_assert_eq(store_entry_append(two, 2, "c", 1), STORE_OK);
    cr_assert_not(has_changed(one), "not committed yet");
    store_rollback(two);
    cr_assert_not(has_changed(one));
    store_close(one);
    store_close(two);
}

Test(store_files, tells_of_changes_inside_a_transaction_that_sees_them)
{
    struct store *one = kit_store_new(dsn), *two = kit_store_open(dsn);
    (void)has_changed(one);
    cr_assert_eq(store_entry_append(two, 0, "b", 1), STORE_OK);
    cr_assert_eq(store_begin(one), STORE_OK);
    cr_assert(has_changed(one));
    cr_assert_eq(kit_entries(one), 1);
    cr_assert_eq(store_commit(one), STORE_OK);
    cr_assert_not(has_changed(one));
    store_close(one);
    store_close(two);
}

Test(store_files, shows_one_state_throughout_a_reading)
{
    struct store *one = kit_store_new(dsn), *two = kit_store_open(dsn);
    cr_assert_eq(store_begin_reading(one), STORE_OK);
    cr_assert_eq(kit_entries(one), 0);
    cr_assert_eq(store_entry_append(two, 0, "b", 1), STORE_OK, "readers don't hold up the writer");
    cr_assert_eq(kit_entries(one), 0);
    cr_assert_eq(store_commit(one), STORE_OK);
    cr_assert_eq(kit_entries(one), 1);
    store_close(one);
    store_close(two);
}

Test(store_files, opens_beside_a_writer_in_the_middle_of_a_transaction)
{
    struct store *one = kit_store_new(dsn);
    cr_assert_eq(store_begin(one), STORE_OK);
    cr_assert_eq(store_entry_append(one, 0, "a", 1), STORE_OK);
    struct store *two = kit_store_open(dsn);
    cr_assert_eq(kit_entries(two), 0);
    store_close(two);
    cr_assert_eq(store_commit(one), STORE_OK);
    store_close(one);
}

/* Damage. */

static int take_nothing(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    (void)context;
    (void)member;
    (void)action;
    (void)current;
    return 0;
}

/* A current response whose slots are these bytes, in SQL's notation. */
static enum store_result read_slots(const char *blob, size_t *count)
{
    char sql[200];
    struct store_current found = {.slot_count = 0};
    store_close(kit_store_open(dsn));
    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO current VALUES ((1 << 51) + (1 << 20) + 1, 1, 0, NULL, x'%s')",
             blob);
    tamper(sql);
    struct store *store = kit_store_open(dsn);
    enum store_result result = store_current_read(store, 1, 1, 1, &found);
    cr_assert_eq(store_current_each(store, 1, take_nothing, NULL), result);
    if (result == STORE_FAILED)
        cr_assert_not_null(strstr(store_error(store)->text, "can't be read"));
    *count = found.slot_count;
    store_close(store);
    return result;
}

Test(store_files, fails_when_slots_are_damaged)
{
    static const char *const damaged[] = {
        "80", /* ends in the middle of a number */
        "0001ff", /* likewise, after two good ones */
        "ffff04", /* 81,919: no slot */
        "ffff0301", /* 65,535 and one more */
        "ffffff01", /* a number of four bytes */
        "8080808000", /* likewise, a zero */
        "deadbeefdeadbeef",
    };
    size_t count;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        cr_assert_eq(read_slots(damaged[i], &count), STORE_FAILED, "x'%s' gives %zu slots", damaged[i], count);
    cr_assert_eq(read_slots("00ffff03", &count), STORE_OK);
    cr_assert_eq(count, 2);
}

Test(store_files, fails_when_slots_do_not_ascend)
{
    size_t count;
    cr_assert_eq(read_slots("0000", &count), STORE_FAILED, "slot 0 twice");
    cr_assert_eq(read_slots("000500", &count), STORE_FAILED, "slot 5 twice");
}

static int take_member(void *context, const struct store_member *member)
{
    (void)context;
    (void)member;
    return 0;
}

static int take_action(void *context, const struct store_action *action)
{
    (void)context;
    (void)action;
    return 0;
}

static int take_token(void *context, const struct store_token *token)
{
    (void)context;
    (void)token;
    return 0;
}

Test(store_files, fails_when_a_row_is_damaged)
{
    struct store_invitation invitation;
    struct merkle_hash hashes[256];
    unsigned width;
    int64_t counts[2];
    store_close(kit_store_new(dsn));
    tamper(
        "INSERT INTO member (number, idx, enrolled_at, revoked_at, key) VALUES (1, 0, 0, 0, x'0102'); INSERT INTO "
        "counts VALUES ((1 << 20) + 1, x'01');"
        "INSERT INTO invitation (hash, number, state, member) VALUES (zeroblob(32), 1, 7, 0); UPDATE action SET "
        "status = 'asleep' WHERE number = 2;"
        "INSERT INTO token VALUES ('lab', x'00', 'analyst', 0, 0, 0, 0, 0); INSERT INTO tile VALUES (0, zeroblob(33));"
        "INSERT INTO tile VALUES (1, x''); INSERT INTO tile VALUES (2, zeroblob(257 * 32))");
    struct store *store = kit_store_open(dsn);
    cr_assert_eq(store_member_each(store, take_member, NULL), STORE_FAILED);
    cr_assert_eq(store_counts_read(store, 1, 1, counts, 2), STORE_FAILED);
    cr_assert_eq(store_invitation_find(store, (const uint8_t[SHA256_BYTES]){0}, &invitation), STORE_FAILED);
    cr_assert_eq(store_action_each(store, take_action, NULL), STORE_FAILED);
    cr_assert_eq(store_token_each(store, take_token, NULL), STORE_FAILED);
    for (uint64_t tile = 0; tile < 3; tile++)
        cr_assert_eq(store_tile_read(store, 0, tile, hashes, &width), STORE_FAILED);
    cr_assert_null(catalogue_load(store, NULL));
    store_close(store);
}

/* Pages overwritten in the middle of the file: whatever is asked, no answer is made up and nothing crashes. */
Test(store_files, survives_a_file_full_of_holes)
{
    store_close(kit_store_new(dsn));
    tamper("PRAGMA wal_checkpoint(TRUNCATE)");
    struct buf whole = kit_file(path);
    for (size_t hole = 4096; hole + 4096 <= whole.len; hole += 4096) {
        struct error error = {0};
        struct buf damaged = kit_file(path);
        memset(damaged.data + hole, 0xa5, 4096);
        cr_assert_eq(file_write(path, damaged.data, damaged.len), 0);
        struct store *store = store_open(dsn, STORE_EXISTING, &error);
        if (store)
            catalogue_release(catalogue_load(store, NULL));
        store_close(store);
        cr_assert_eq(file_write(path, whole.data, whole.len), 0);
        buf_free(&damaged);
    }
    buf_free(&whole);
}
