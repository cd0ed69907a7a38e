/* The index over the log of changes: wiped or older it is known, and once forgotten who comes next makes it anew. */
#include "collector/store/sqlite/index.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE 512

static char path[300], name[320];
static sqlite3 *db;
static int changes, index_file, frames;
static struct changes_seen seen;

static int note_count(void *context, sqlite3 *of, const char *of_name, int count)
{
    (void)context;
    (void)of;
    (void)of_name;
    frames = count;
    return SQLITE_OK;
}

static void run(sqlite3 *on, const char *sql)
{
    cr_assert_eq(sqlite3_exec(on, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(on));
}

static int open_beside(const char *ending)
{
    snprintf(name, sizeof name, "%s%s", path, ending);
    return open(name, O_RDWR | O_CLOEXEC);
}

static void add_rows(int count)
{
    for (int i = 0; i < count; i++)
        run(db, "INSERT INTO t VALUES (1)");
    seen = (struct changes_seen){0};
    cr_assert_eq(changes_note(&seen, changes, frames, PAGE), 0);
}

static void setup(void)
{
    kit_begin();
    snprintf(path, sizeof path, "%s", kit_path("panel.db"));
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    run(db, "PRAGMA page_size = 512; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
            "PRAGMA synchronous = OFF; CREATE TABLE t (x)");
    sqlite3_wal_hook(db, note_count, NULL);
    changes = open_beside("-wal");
    index_file = open_beside("-shm");
    add_rows(3);
}

static void teardown(void)
{
    close(changes);
    sqlite3_close(db);
    close(index_file); /* last, since closing lets go of SQLite's locks on it */
    kit_end();
}

TestSuite(index, .init = setup, .fini = teardown);

static int count_rows(void)
{
    sqlite3 *other;
    sqlite3_stmt *st;
    cr_assert_eq(sqlite3_open(path, &other), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(other, "SELECT count(*) FROM t", -1, &st, NULL), SQLITE_OK, "%s",
                 sqlite3_errmsg(other));
    cr_assert_eq(sqlite3_step(st), SQLITE_ROW);
    int count = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(other);
    return count;
}

Test(index, knows_what_was_committed_also_in_a_later_block)
{
    const struct changes_seen nothing = {0};
    cr_assert(index_knows(db, &nothing, changes));
    cr_assert(index_knows(db, &seen, changes));
    add_rows(5000);
    cr_assert_gt(frames, 4062);
    cr_assert(index_knows(db, &seen, changes));
    run(db, "INSERT INTO t VALUES (1)");
    cr_assert(index_knows(db, &seen, changes), "also where others went on");
    seen.frame[3] ^= 1;
    cr_assert_not(index_knows(db, &seen, changes), "another page");
}

Test(index, knows_it_also_where_the_log_is_begun_anew)
{
    run(db, "PRAGMA wal_checkpoint(RESTART)");
    cr_assert(index_knows(db, &seen, changes));
    run(db, "INSERT INTO t VALUES (1)");
    cr_assert(index_knows(db, &seen, changes));
}

Test(index, does_not_know_what_was_wiped_behind_its_head)
{
    static const char zeros[32768];
    cr_assert_eq(pwrite(index_file, zeros, sizeof zeros - 136, 136), (ssize_t)sizeof zeros - 136);
    cr_assert_not(index_knows(db, &seen, changes));
    index_forget(db);
    cr_assert_eq(count_rows(), 3);
    cr_assert(index_knows(db, &seen, changes), "it was made anew");
}

Test(index, does_not_know_one_that_is_older)
{
    static char older[32768];
    cr_assert_eq(pread(index_file, older, sizeof older, 0), (ssize_t)sizeof older);
    add_rows(3);
    cr_assert_eq(pwrite(index_file, older, sizeof older, 0), (ssize_t)sizeof older);
    cr_assert_not(index_knows(db, &seen, changes));
    cr_assert_eq(count_rows(), 3, "SQLite takes it for what is");
    index_forget(db);
    cr_assert_eq(count_rows(), 6);
}

Test(index, is_not_looked_at_without_a_file)
{
    sqlite3 *memory;
    cr_assert_eq(sqlite3_open(":memory:", &memory), SQLITE_OK);
    cr_assert(index_knows(memory, &seen, changes));
    index_forget(memory);
    sqlite3_close(memory);
}
