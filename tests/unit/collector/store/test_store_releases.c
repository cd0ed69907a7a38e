/* Releases and their files, and who read what is not published. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct store *store;
static char dsn[300];

static void setup(void)
{
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel.db"));
    store = kit_store_open(dsn);
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(store_releases, .init = setup, .fini = teardown);

static char seen[1000];

static void note(int64_t number, const char *text)
{
    size_t len = strlen(seen);
    snprintf(seen + len, sizeof seen - len, "%lld %s;", (long long)number, text);
}

static struct store_release release_of(int64_t round, int64_t number, bool is_final)
{
    struct store_release release = {.round = round,
                                    .number = number,
                                    .is_final = is_final,
                                    .size = 100 * number,
                                    .index = 100 * number + round,
                                    .created_at = KIT_NOW + number};
    crypto_sha256(&number, sizeof number, release.root);
    return release;
}

static void add_release(int64_t round, int64_t number, bool is_final)
{
    struct store_release release = release_of(round, number, is_final);
    cr_assert_eq(store_release_add(store, &release), STORE_OK, "%s", store_error(store)->text);
}

static void assert_release(const struct store_release *found, int64_t round, int64_t number, bool is_final)
{
    struct store_release expected = release_of(round, number, is_final);
    cr_assert(found->round == round && found->number == number && found->is_final == is_final &&
              found->size == expected.size && found->index == expected.index &&
              found->created_at == expected.created_at);
    cr_assert_arr_eq(found->root, expected.root, SHA256_BYTES);
}

static int note_release(void *context, const struct store_release *release)
{
    (void)context;
    assert_release(release, 1, release->number, release->number == 2);
    note(release->number, "");
    return 0;
}

Test(store_releases, are_numbered_in_each_round)
{
    struct store_release last;
    cr_assert_eq(store_release_last(store, 1, &last), STORE_NONE);
    add_release(1, 1, false);
    add_release(2, 1, false);
    add_release(1, 2, true);
    struct store_release again = release_of(1, 2, false);
    cr_assert_eq(store_release_add(store, &again), STORE_FAILED);
    cr_assert_eq(store_release_last(store, 1, &last), STORE_OK);
    assert_release(&last, 1, 2, true);
    cr_assert_eq(store_release_last(store, 2, &last), STORE_OK);
    assert_release(&last, 2, 1, false);
    cr_assert_eq(store_release_each(store, 1, note_release, NULL), STORE_OK);
    cr_assert_str_eq(seen, "1 ;2 ;");
}

static int note_file(void *context, const char *name, size_t len)
{
    (void)context;
    note((int64_t)len, name);
    return 0;
}

Test(store_releases, keep_files_as_they_were_made)
{
    struct buf bytes;
    static const char with_nul[] = "a\0b";
    buf_init(&bytes, KIT_TEXT_MAX);
    add_release(1, 1, false);
    cr_assert_eq(store_release_file_add(store, 1, 1, "summary.csv", with_nul, 3), STORE_OK);
    cr_assert_eq(store_release_file_add(store, 1, 1, "options.csv", NULL, 0), STORE_OK);
    cr_assert_eq(store_release_file_add(store, 1, 2, "summary.csv", "later", 5), STORE_OK);
    cr_assert_eq(store_release_file_add(store, 1, 1, "summary.csv", "other", 5), STORE_FAILED, "it is frozen");
    cr_assert_eq(store_release_file_read(store, 1, 1, "summary.csv", &bytes), STORE_OK);
    cr_assert_eq(bytes.len, 3);
    cr_assert_arr_eq(bytes.data, with_nul, 3);
    buf_reset(&bytes);
    cr_assert_eq(store_release_file_read(store, 1, 1, "options.csv", &bytes), STORE_OK);
    cr_assert_eq(store_release_file_read(store, 2, 1, "summary.csv", &bytes), STORE_NONE);
    cr_assert_eq(store_release_file_read(store, 1, 1, "comments.csv", &bytes), STORE_NONE);
    cr_assert_eq(bytes.len, 0);
    cr_assert_eq(store_release_file_each(store, 1, 1, note_file, NULL), STORE_OK);
    cr_assert_str_eq(seen, "0 options.csv;3 summary.csv;");
    buf_free(&bytes);
}

Test(store_releases, tell_of_a_root_that_is_none)
{
    struct store_release last;
    add_release(1, 1, false);
    cr_assert_eq(store_document_add(store, (uint8_t[SHA256_BYTES]){1}, "short", 5), STORE_OK);
    store_raw_run(dsn, "UPDATE release SET root = (SELECT bytes FROM document)");
    cr_assert_eq(store_release_last(store, 1, &last), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_DAMAGED);
    cr_assert_eq(store_release_each(store, 1, note_release, NULL), STORE_FAILED);
    cr_assert_eq(store_error(store)->kind, ERROR_DAMAGED);
}

/* Reads of what is not published. */

static int note_access(void *context, const struct store_access *access)
{
    (void)context;
    note(access->at, access->token);
    note(access->rows, access->what);
    return 0;
}

Test(store_releases, remember_who_read_what_is_not_in_them_until_told_to_forget)
{
    static const struct store_access reads[] = {{.at = 10, .token = "office", .what = "comments", .rows = 3},
                                                {.at = 20, .token = "team", .what = "entries"}};
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(store_access_add(store, &reads[i]), STORE_OK);
    cr_assert_eq(store_access_each(store, note_access, NULL), STORE_OK);
    cr_assert_str_eq(seen, "10 office;3 comments;20 team;0 entries;");
    cr_assert_eq(store_access_purge(store, 10), STORE_OK, "nothing is as old");
    cr_assert_eq(store_access_purge(store, 20), STORE_OK);
    seen[0] = '\0';
    cr_assert_eq(store_access_each(store, note_access, NULL), STORE_OK);
    cr_assert_str_eq(seen, "20 team;0 entries;");
}
