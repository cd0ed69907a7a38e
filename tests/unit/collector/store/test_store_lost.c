/* What becomes of the files that a store lies in: whose they are, which names they have, and what a commit says when
 * they are no longer those that were opened. */
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dsn[300], path[280];

static void setup(void)
{
    kit_begin();
    snprintf(path, sizeof path, "%s", kit_path("panel.db"));
    snprintf(dsn, sizeof dsn, "sqlite:%s", path);
}

TestSuite(store_lost, .init = setup, .fini = kit_end);

static const char *beside(const char *ending)
{
    static char names[4][320];
    static unsigned next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s%s", path, ending);
    return name;
}

static int commit_one(struct store *store, int64_t index)
{
    if (store_begin(store) != STORE_OK || store_entry_append(store, index, "one", 3) != STORE_OK ||
        store_commit(store) != STORE_OK) {
        store_rollback(store);
        return -1;
    }
    return 0;
}

static void assert_lost(struct store *store, int64_t index, const char *why)
{
    cr_assert_eq(commit_one(store, index), -1, "%s", why);
    cr_assert(store_is_lost(store));
    cr_assert_not_null(strstr(store_error(store)->text, why), "%s", store_error(store)->text);
    cr_assert_eq(store_check(store), STORE_FAILED, "it stays lost");
    cr_assert_not_null(strstr(store_error(store)->text, why));
}

/* A served store with one entry, last written to long ago: clocks of files go in steps. */
static struct store *open_served(void)
{
    const struct timespec long_ago[] = {{.tv_sec = KIT_NOW}, {.tv_sec = KIT_NOW}};
    store_close(kit_store_new(dsn));
    cr_assert_eq(utimensat(AT_FDCWD, path, long_ago, 0), 0);
    struct store *store = kit_store_open(dsn);
    cr_assert_eq(store_serve(store), STORE_OK);
    cr_assert_eq(store_settle(store), STORE_OK, "%s", store_error(store)->text);
    cr_assert_eq(commit_one(store, 0), 0, "%s", store_error(store)->text);
    cr_assert_eq(store_check(store), STORE_OK);
    cr_assert_not(store_is_lost(store));
    return store;
}

Test(store_lost, is_made_for_its_owner_alone_whatever_the_umask)
{
    static const mode_t masks[] = {0, 022, 077, 0777};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        static const char *const endings[] = {"", "-wal", "-shm"};
        mode_t before = umask(masks[i]);
        struct store *store = kit_store_open(dsn);
        umask(before);
        for (size_t k = 0; k < 3; k++) {
            struct stat status;
            cr_assert_eq(stat(beside(endings[k]), &status), 0);
            cr_assert_eq(status.st_mode & 0777, 0600, "%s under %o", endings[k], (unsigned)masks[i]);
        }
        store_close(store);
        cr_assert_eq(unlink(path), 0);
    }
}

Test(store_lost, is_not_opened_under_two_names)
{
    struct error error = {0};
    store_close(kit_store_open(dsn));
    cr_assert_eq(link(path, beside(".twin")), 0);
    cr_assert_null(store_open(dsn, STORE_EXISTING, &error));
    cr_assert_not_null(strstr(error.text, "another name"), "%s", error.text);
    cr_assert_eq(unlink(beside(".twin")), 0);
    store_close(kit_store_open(dsn));
}

Test(store_lost, is_the_same_store_by_a_link)
{
    char link_dsn[340];
    cr_assert_eq(symlink("panel.db", beside(".link")), 0);
    snprintf(link_dsn, sizeof link_dsn, "sqlite:%s", beside(".link"));
    struct store *store = open_served(), *other = kit_store_open(link_dsn);
    cr_assert_eq(kit_entries(other), 1);
    cr_assert_eq(store_serve(other), STORE_FAILED);
    cr_assert_eq(access(beside(".link-wal"), F_OK), -1, "nothing is made beside the link");
    store_close(other);
    store_close(store);
}

Test(store_lost, is_found_when_a_file_is_removed_or_moved)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct store *store = open_served();
        cr_assert_eq(rename(beside(endings[i]), beside(".away")), 0);
        assert_lost(store, 1, "removed or moved away");
        store_close(store);
        if (i == 0)
            cr_assert_eq(rename(beside(".away"), path), 0);
        cr_assert_eq(unlink(path), 0);
        for (size_t k = 1; k < 4; k++)
            (void)unlink(beside(endings[k]));
        (void)unlink(beside(".away"));
    }
}

Test(store_lost, is_found_when_the_log_of_changes_is_cut)
{
    static const off_t lengths[] = {0, 32, 4096, 4151}; /* the log of changes is longer */
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct store *store = open_served();
        cr_assert_eq(truncate(beside("-wal"), lengths[i]), 0);
        assert_lost(store, 1, "cut off");
        store_close(store);
        static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
        for (size_t k = 0; k < 4; k++)
            (void)unlink(beside(endings[k]));
    }
}

Test(store_lost, is_found_when_another_hand_writes_to_the_database)
{
    struct store *store = open_served();
    FILE *file = fopen(path, "r+");
    cr_assert_not_null(file);
    cr_assert_eq(fputc('S', file), 'S');
    cr_assert_eq(fclose(file), 0);
    assert_lost(store, 1, "written to by another program");
    store_close(store);
}

Test(store_lost, keeps_what_was_in_a_log_of_changes_that_was_removed)
{
    struct store *store = open_served();
    cr_assert_eq(unlink(beside("-wal")), 0);
    cr_assert_eq(store_check(store), STORE_FAILED);
    store_close(store);
    store = kit_store_open(dsn);
    cr_assert_eq(kit_entries(store), 1);
    store_close(store);
}

Test(store_lost, is_brought_into_the_database_when_long)
{
    struct store *store = open_served();
    struct stat before, after;
    cr_assert_eq(stat(path, &before), 0);
    for (int64_t i = 1; i < 2500; i++)
        cr_assert_eq(commit_one(store, i), 0, "%s", store_error(store)->text);
    cr_assert_eq(stat(path, &after), 0);
    cr_assert_gt(after.st_size, before.st_size);
    cr_assert_eq(stat(beside("-wal"), &after), 0);
    cr_assert_lt(after.st_size, 16 * 1024 * 1024, "the log of changes is used again");
    store_close(store);
}

/* What whoever opens the database alone finds, when the process has been killed. */
static int64_t entries_without_changes(void)
{
    const char *const alone = beside(".alone");
    struct buf bytes = kit_file(path);
    int file = open(alone, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert_eq(write(file, bytes.data, bytes.len), (ssize_t)bytes.len);
    close(file);
    buf_free(&bytes);
    char name[340];
    snprintf(name, sizeof name, "sqlite:%s", alone);
    struct store *store = kit_store_open(name);
    int64_t count = kit_entries(store);
    store_close(store);
    return count;
}

Test(store_lost, rests_on_the_database_alone_once_nobody_reads_what_was_before)
{
    struct store *store = open_served(), *reader = kit_store_open(dsn);
    unsigned changed;
    cr_assert(store_begin_reading(reader) == STORE_OK && store_changed(reader, &changed) == STORE_OK);
    cr_assert_eq(commit_one(store, 1), 0);
    cr_assert_eq(store_rest(store), STORE_NONE);
    cr_assert_lt(entries_without_changes(), 2, "what came after the reader's moment is not there");
    store_rollback(reader);
    cr_assert_eq(store_rest(store), STORE_OK);
    cr_assert_eq(entries_without_changes(), 2);
    cr_assert_eq(commit_one(store, 2), 0, "%s", store_error(store)->text);
    cr_assert_eq(store_rest(reader), STORE_OK, "that is the affair of who serves");
    cr_assert_eq(entries_without_changes(), 2);
    cr_assert_eq(store_rest(store), STORE_OK);
    cr_assert_eq(store_rest(store), STORE_OK, "there is nothing more");
    cr_assert_eq(entries_without_changes(), 3);
    store_close(reader);
    store_close(store);
}

Test(store_lost, is_not_brought_to_rest_in_files_that_are_others)
{
    struct store *store = open_served();
    cr_assert_eq(unlink(beside("-shm")), 0);
    cr_assert_eq(store_rest(store), STORE_FAILED);
    cr_assert(store_is_lost(store));
    store_close(store);
}

Test(store_lost, tells_how_much_room_there_is)
{
    struct store *store = kit_store_open(dsn), *memory = kit_store_open("sqlite::memory:");
    cr_assert_gt(store_space(store), 0);
    cr_assert_lt(store_space(store), UINT64_MAX);
    cr_assert_eq(store_space(memory), UINT64_MAX);
    cr_assert_eq(store_check(memory), STORE_OK);
    cr_assert_eq(store_rest(memory), STORE_OK);
    store_close(store);
    store_close(memory);
}
