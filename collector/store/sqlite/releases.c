/* The embedded store: releases, their files, and who read what is not in them. */
#include "base/lang.h"
#include "collector/store/sqlite/handle.h"
#include "collector/store/sqlite/verbs.h"
#include <string.h>

/* Releases. */

static enum store_result release_add(struct store *store, const struct store_release *release)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_RELEASE_ADD, release->round, release->number, release->is_final,
                                      release->size, release->index, release->created_at);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_hash(st, 7, release->root);
    return sqlite_run(sqlite_of(store), st);
}

static int read_release(struct store *store, sqlite3_stmt *st, struct store_release *out)
{
    if (sqlite3_column_bytes(st, 6) != SHA256_BYTES) {
        (void)sqlite_fail(sqlite_of(store), ERROR_DAMAGED,
                          T("a release can't be read", "een uitgave van de tabellen is onleesbaar"));
        return -1;
    }
    *out = (struct store_release){.round = sqlite3_column_int64(st, 0),
                                  .number = sqlite3_column_int64(st, 1),
                                  .is_final = sqlite3_column_int(st, 2) != 0,
                                  .size = sqlite3_column_int64(st, 3),
                                  .index = sqlite3_column_int64(st, 4),
                                  .created_at = sqlite3_column_int64(st, 5)};
    memcpy(out->root, sqlite3_column_blob(st, 6), SHA256_BYTES);
    return 0;
}

static int release_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_release release;
    return read_release(store, st, &release) < 0 ? -1 : visit->each.on_release(visit->context, &release);
}

static enum store_result release_each(struct store *store, int64_t round, store_release_fn *each, void *context)
{
    struct visit visit = {.each.on_release = each, .context = context};
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_RELEASE_EACH, round), release_row, &visit);
}

static enum store_result release_last(struct store *store, int64_t round, struct store_release *out)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_RELEASE_LAST, round);
    if (!st)
        return STORE_FAILED;
    enum store_result result = sqlite_step(sqlite_of(store), st);
    if (result == STORE_OK && read_release(store, st, out) < 0)
        result = STORE_FAILED;
    sqlite3_reset(st);
    return result;
}

/* Their files. */

static enum store_result release_file_add(struct store *store, int64_t round, int64_t number, const char *name,
                                          const void *bytes, size_t len)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_RELEASE_FILE_ADD, round, number);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 3, name);
    sqlite_bind_bytes(st, 4, bytes, len);
    return sqlite_run(sqlite_of(store), st);
}

static enum store_result release_file_read(struct store *store, int64_t round, int64_t number, const char *name,
                                           struct buf *out)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_RELEASE_FILE_READ, round, number);
    if (st)
        sqlite_bind_string(st, 3, name);
    return sqlite_read_bytes(store, st, out);
}

static int release_file_row(struct store *store, sqlite3_stmt *st, void *context)
{
    (void)store;
    const struct visit *visit = context;
    return visit->each.on_file(visit->context, sqlite_text(st, 0), (size_t)sqlite3_column_int64(st, 1));
}

static enum store_result release_file_each(struct store *store, int64_t round, int64_t number,
                                           store_release_file_fn *each, void *context)
{
    struct visit visit = {.each.on_file = each, .context = context};
    return sqlite_walk(store, SQLITE_PREPARE(store, SQL_RELEASE_FILE_EACH, round, number), release_file_row, &visit);
}

/* Reads of what is not published. */

static enum store_result access_add(struct store *store, const struct store_access *access)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ACCESS_ADD, access->at, access->rows);
    if (!st)
        return STORE_FAILED;
    sqlite_bind_string(st, 3, access->token);
    sqlite_bind_string(st, 4, access->what);
    return sqlite_run(sqlite_of(store), st);
}

static int access_row(struct store *store, sqlite3_stmt *st, void *context)
{
    const struct visit *visit = context;
    struct store_access access = {.at = sqlite3_column_int64(st, 0),
                                  .rows = sqlite3_column_int64(st, 1),
                                  .token = sqlite_text(st, 2),
                                  .what = sqlite_text(st, 3)};
    if (!access.token || !access.what) {
        (void)sqlite_fail(sqlite_of(store), ERROR_MEMORY, T("out of memory", "te weinig geheugen"));
        return -1;
    }
    return visit->each.on_access(visit->context, &access);
}

static enum store_result access_each(struct store *store, store_access_fn *each, void *context)
{
    struct visit visit = {.each.on_access = each, .context = context};
    return sqlite_walk(store, sqlite_statement(sqlite_of(store), SQL_ACCESS_EACH), access_row, &visit);
}

static enum store_result access_purge(struct store *store, int64_t before)
{
    sqlite3_stmt *st = SQLITE_PREPARE(store, SQL_ACCESS_PURGE, before);
    enum store_result result = st ? sqlite_run(sqlite_of(store), st) : STORE_FAILED;
    return result == STORE_NONE ? STORE_OK : result;
}

void sqlite_add_release_verbs(struct store_ops *ops)
{
    ops->release_add = release_add;
    ops->release_each = release_each;
    ops->release_last = release_last;
    ops->release_file_add = release_file_add;
    ops->release_file_read = release_file_read;
    ops->release_file_each = release_file_each;
    ops->access_add = access_add;
    ops->access_each = access_each;
    ops->access_purge = access_purge;
}
