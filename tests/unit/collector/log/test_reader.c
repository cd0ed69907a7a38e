/* One handle for reading, lent to one thread at a time, and let go while the store is opened anew. */
#include "collector/log/reader.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char dsn[300];

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    store_close(kit_store_new(dsn));
}

TestSuite(reader, .init = setup, .fini = kit_end);

static struct reader *open_reader(void)
{
    struct error error = {0};
    struct reader *reader = reader_open(dsn, &error);
    cr_assert_not_null(reader, "%s", error.text);
    return reader;
}

Test(reader, lends_the_store_and_its_tiles)
{
    struct reader *reader = open_reader();
    struct merkle_hash hash;
    int64_t count = -1;
    struct store *store = reader_take(reader);
    cr_assert_not_null(store);
    cr_assert_eq(store_entry_count(store, &count), STORE_OK);
    cr_assert_eq(count, 0);
    struct tiles_under under = {reader_tiles(reader), 1};
    cr_assert_eq(tiles_read(&under, 0, 0, &hash), -1);
    reader_give_back(reader);
    reader_close(reader);
    reader_close(NULL);
}

Test(reader, reads_nothing_between_letting_go_and_going_on)
{
    struct reader *reader = open_reader();
    reader_let_go(reader);
    cr_assert_null(reader_take(reader));
    cr_assert_null(reader_take(reader), "and holds no lock");
    reader_let_go(reader);
    reader_resume(reader);
    cr_assert_not_null(reader_take(reader));
    reader_give_back(reader);
    reader_close(reader);
}

Test(reader, reads_the_store_that_stands_there_when_it_goes_on)
{
    struct reader *reader = open_reader();
    reader_let_go(reader);
    cr_assert_eq(unlink(kit_path("panel.db")), 0);
    reader_resume(reader);
    capture_begin(2);
    struct store *none = reader_take(reader);
    cr_assert_not_null(strstr(capture_end(2), "there is no store here"));
    cr_assert_null(none);
    struct store *other = kit_store_new(dsn);
    cr_assert_eq(store_entry_append(other, 0, "x", 1), STORE_OK);
    struct store *store = reader_take(reader);
    int64_t count = -1;
    cr_assert_not_null(store);
    cr_assert_eq(store_entry_count(store, &count), STORE_OK);
    cr_assert_eq(count, 1);
    reader_give_back(reader);
    reader_close(reader);
    store_close(other);
}

Test(reader, says_why_there_is_nothing_to_read)
{
    struct error error = {0};
    cr_assert_null(reader_open("sqlite:build/there/is/none.db", &error));
    cr_assert_neq(error.text[0], '\0');
}
