/* A backup and back, with every allocation and every verb of the store failing once: a file is whole or not there, and
 * so is a store. */
#include "base/file.h"
#include "base/mem.h"
#include "collector/backup/backup.h"
#include "collector/backup/restore.h"
#include "collector/log/log_key.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ORIGIN "burgerpanel/wau"
#define TRIES_MAX 2000

static char dsn[256], other_dsn[256], key[256], file[256];
static struct error error;

static int go_on(void *context, size_t done, size_t total)
{
    size_t *calls = context;
    cr_assert_leq(done, total);
    if (calls)
        ++*calls;
    return 0;
}

static int stop_there(void *context, size_t done, size_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

static struct log_key_names names_of(const char *store)
{
    return (struct log_key_names){.dsn = store, .log_key = key, .operator_key = ""};
}

/* A store with a log of nothing yet, whose empty tree is signed. */
static void setup(void)
{
    struct buf verifier;
    kit_begin();
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("store.db"));
    snprintf(other_dsn, sizeof other_dsn, "sqlite:%s", kit_path("other.db"));
    snprintf(key, sizeof key, "%s", kit_path("key"));
    snprintf(file, sizeof file, "%s", kit_path("it.backup"));
    struct store *store = kit_store_new(dsn);
    cr_assert_eq(log_key_create(key), 0);
    buf_init(&verifier, NOTE_MAX);
    cr_assert_eq(log_key_verifier(key, ORIGIN, &verifier, &error), 0, "%s", error.text);
    cr_assert_eq(store_log_key_write(store, buf_text(&verifier)), STORE_OK);
    struct merkle_head head = {.size = 0};
    merkle_empty(&head.root);
    struct signer *signer = signer_open(key, buf_text(&verifier), &error);
    cr_assert_not_null(signer, "%s", error.text);
    cr_assert_eq(signer_sign(signer, &head, &error), 0, "%s", error.text);
    signer_close(signer);
    buf_free(&verifier);
    store_close(store);
}

static void teardown(void)
{
    mem_fail_at(0);
    kit_end();
}

TestSuite(backup, .init = setup, .fini = teardown, .timeout = 120);

static int back_up(struct store *store, store_copy_fn *each, size_t *calls)
{
    struct backup_about about;
    const struct log_key_names names = names_of(dsn);
    return backup_write(store, &names, file, each, calls, &about, &error);
}

static void assert_no_file(void)
{
    char part[sizeof file + 8];
    snprintf(part, sizeof part, "%s.part", file);
    cr_assert(!file_exists(file) && !file_exists(part));
}

static void must_restore(void)
{
    struct restored restored;
    const struct log_key_names names = names_of(other_dsn);
    cr_assert_eq(restore_run(file, &names, &restored, &error), 0, "%s", error.text);
    cr_assert(!restored.replaced && !restored.signed_anew && !restored.no_log_key && restored.no_operator_key);
    struct store *store = kit_store_open(other_dsn);
    store_close(store);
}

Test(backup, is_told_how_far_it_is_and_comes_back)
{
    struct stat status;
    size_t calls = 0;
    struct store *store = kit_store_open(dsn);
    cr_assert_eq(back_up(store, go_on, &calls), 0, "%s", error.text);
    store_close(store);
    cr_assert_gt(calls, 0);
    cr_assert_eq(stat(file, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    must_restore();
}

Test(backup, leaves_nothing_when_it_is_ended)
{
    struct store *store = kit_store_open(dsn);
    cr_assert_eq(back_up(store, stop_there, NULL), -1);
    cr_assert_eq(error.kind, ERROR_NONE);
    assert_no_file();
    store_close(store);
}

Test(backup, leaves_nothing_when_any_allocation_fails)
{
    struct store *store = kit_store_open(dsn);
    unsigned long n = 1;
    for (;; n++) {
        cr_assert_lt(n, TRIES_MAX);
        mem_fail_at(n);
        int result = back_up(store, go_on, NULL);
        int failed = mem_has_failed();
        mem_fail_at(0);
        if (!failed)
            break;
        if (result == 0) { /* it was one that could be done without */
            cr_assert_eq(file_remove(file), 0);
            continue;
        }
        cr_assert_neq(error.kind, ERROR_NONE, "%lu", n);
        assert_no_file();
    }
    cr_assert_gt(n, 3);
    store_close(store);
    must_restore();
}

Test(backup, leaves_nothing_when_any_verb_of_the_store_fails)
{
    struct store *store = store_faulty_new(kit_store_open(dsn));
    unsigned n = 1;
    cr_assert_not_null(store);
    for (;; n++) {
        cr_assert_lt(n, TRIES_MAX);
        store_faulty_fail_at(store, n);
        int result = back_up(store, go_on, NULL);
        if (!store_faulty_verb(store))
            break;
        cr_assert_eq(result, -1, "%s", store_faulty_verb(store));
        cr_assert_not_null(strstr(error.text, STORE_FAULTY_ERROR), "%s: %s", store_faulty_verb(store), error.text);
        assert_no_file();
    }
    cr_assert_gt(n, 3);
    store_close(store);
    must_restore();
}

Test(restore, makes_no_store_when_any_allocation_fails, .init = setup, .fini = teardown, .timeout = 120)
{
    struct restored restored;
    const struct log_key_names names = names_of(other_dsn);
    struct store *store = kit_store_open(dsn);
    cr_assert_eq(back_up(store, go_on, NULL), 0, "%s", error.text);
    store_close(store);
    unsigned long n = 1;
    for (;; n++) {
        cr_assert_lt(n, TRIES_MAX);
        mem_fail_at(n);
        int result = restore_run(file, &names, &restored, &error);
        int failed = mem_has_failed();
        mem_fail_at(0);
        if (!failed)
            break;
        cr_assert_eq(result, -1);
        cr_assert(!file_exists(store_path(other_dsn)), "%lu: %s", n, error.text);
    }
    cr_assert_gt(n, 5);
    cr_assert(file_exists(store_path(other_dsn)));
}
