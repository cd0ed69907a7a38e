/* The log of changes as SQLite writes it, and what another hand may do to it: that is seen, and what SQLite does is
 * not taken for it. */
#include "collector/store/sqlite/changes.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 512

static char path[300], changes[320];
static sqlite3 *db;
static int file, frames;
static struct changes_seen seen;

static int note_count(void *context, sqlite3 *of, const char *name, int count)
{
    (void)context;
    (void)of;
    (void)name;
    frames = count;
    return SQLITE_OK;
}

static void run(const char *sql)
{
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

static void setup(void)
{
    kit_begin();
    snprintf(path, sizeof path, "%s", kit_path("panel.db"));
    snprintf(changes, sizeof changes, "%s-wal", path);
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    run("PRAGMA page_size = 512; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
        "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    sqlite3_wal_hook(db, note_count, NULL);
    run("INSERT INTO t VALUES (2)");
    file = open(changes, O_RDWR | O_CLOEXEC);
    seen = (struct changes_seen){0};
    cr_assert_eq(changes_note(&seen, file, frames, PAGE), 0);
}

static void teardown(void)
{
    close(file);
    sqlite3_close(db);
    kit_end();
}

TestSuite(changes, .init = setup, .fini = teardown);

static void write_over(off_t at, const void *bytes, size_t len)
{
    cr_assert_eq(pwrite(file, bytes, len, at), (ssize_t)len);
}

Test(changes, knows_nothing_before_a_commit)
{
    const struct changes_seen nothing = {0};
    cr_assert(changes_are_kept(&nothing, -1, PAGE));
}

Test(changes, keeps_what_commits_append_and_what_is_begun_anew)
{
    cr_assert(changes_are_kept(&seen, file, PAGE));
    run("INSERT INTO t VALUES (3)");
    cr_assert(changes_are_kept(&seen, file, PAGE), "more was appended");
    int before = frames;
    run("PRAGMA wal_checkpoint(RESTART)");
    cr_assert(changes_are_kept(&seen, file, PAGE), "all is in the database");
    run("INSERT INTO t VALUES (4)");
    cr_assert_lt(frames, before);
    cr_assert(changes_are_kept(&seen, file, PAGE), "begun anew");
    cr_assert_eq(changes_note(&seen, file, frames, PAGE), 0);
    cr_assert(changes_are_kept(&seen, file, PAGE));
}

Test(changes, sees_what_was_written_over)
{
    static const char zeros[2000];
    write_over(0, zeros, sizeof zeros);
    cr_assert_not(changes_are_kept(&seen, file, PAGE), "from the beginning");
    cr_assert_eq(changes_note(&seen, file, frames, PAGE), -1);
    seen = (struct changes_seen){0};
    cr_assert_eq(changes_note(&seen, file, frames, PAGE), -1, "also where nothing was noted");
}

Test(changes, sees_a_last_frame_that_is_another)
{
    write_over(CHANGES_HEADER_BYTES + (frames - 1) * (off_t)(CHANGES_FRAME_HEADER_BYTES + PAGE), "x", 1);
    cr_assert_not(changes_are_kept(&seen, file, PAGE));
}

Test(changes, sees_a_commit_that_does_not_come_after_the_last)
{
    cr_assert_eq(changes_note(&seen, file, frames, PAGE), -1, "by an index that is older");
}

Test(changes, sees_an_older_one_in_its_place)
{
    char older[4096];
    ssize_t len = pread(file, older, sizeof older, 0);
    run("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (3)");
    cr_assert_eq(changes_note(&seen, file, frames, PAGE), 0);
    write_over(0, older, (size_t)len);
    cr_assert_not(changes_are_kept(&seen, file, PAGE));
    cr_assert_eq(changes_note(&seen, file, 1000, PAGE), -1, "no such frame");
}

Test(changes, sees_what_was_cut_also_where_it_has_grown_again)
{
    off_t size = lseek(file, 0, SEEK_END);
    cr_assert_not(changes_have_hole(file, 0));
    cr_assert_not(changes_have_hole(file, size));
    cr_assert_eq(ftruncate(file, 0), 0);
    cr_assert_not(changes_are_kept(&seen, file, PAGE));
    cr_assert_eq(ftruncate(file, 1 << 20), 0);
    cr_assert(changes_have_hole(file, 1 << 20));
}
