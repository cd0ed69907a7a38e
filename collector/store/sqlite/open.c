/* Opening and closing: the top of the embedded store. WAL with synchronous=FULL: a COMMIT that returns has been synced
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). */
#include "collector/store/sqlite/open.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/sqlite/file.h"
#include "collector/store/sqlite/verbs.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000

/* SQLite counts what it allocates under a lock of the whole process, which nobody here asks it for. */
static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int open_database(struct store_sqlite *s, enum store_mode mode)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct stat status;
    pthread_once(&once, configure_library);
    bool memory = strcmp(s->path, ":memory:") == 0;
    if (!memory && mode == STORE_EXISTING && stat(s->path, &status) < 0 && errno == ENOENT)
        return sqlite_refuse(s, T("there is no store here; `panel import` makes one, --store names another",
                                  "hier is geen opslag; `panel import` maakt er een, --store noemt een andere"));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == STORE_CREATE || memory ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(s->path, &s->db, flags, NULL) != SQLITE_OK) {
        sqlite_failed(s);
        return -1;
    }
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return sqlite_refuse(s, T("the store can't be written to; mend its permissions",
                                  "in de opslag kan niet geschreven worden; herstel de rechten"));
    /* Before the pragmas below: these would turn another program's file into WAL. */
    if (sqlite_file_prepare(s) < 0)
        return -1;
    if (!memory)
        sqlite_file_note(s);
    return sqlite_execute(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                             "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 2000");
}

static void close_handle(struct store *store)
{
    struct store_sqlite *s = (struct store_sqlite *)store;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(s->statements[i]);
    sqlite3_close(s->db);
    if (s->lock >= 0)
        close(s->lock);
    mem_free(s->slots);
    mem_free(s->path);
    mem_free(s);
}

struct store *sqlite_open(const char *path, enum store_mode mode, struct error *error)
{
    struct store_sqlite *s = mem_calloc(1, sizeof *s);
    if (!s || (s->path = mem_copy_text(path, strlen(path))) == NULL) {
        mem_free(s);
        error_no_memory(error);
        return NULL;
    }
    s->store.ops = &s->ops;
    s->ops.close = close_handle;
    sqlite_add_transaction_verbs(&s->ops);
    sqlite_add_log_verbs(&s->ops);
    sqlite_add_fold_verbs(&s->ops);
    sqlite_add_admin_verbs(&s->ops);
    s->lock = -1;
    s->version = -1;
    if (open_database(s, mode) < 0) {
        if (error)
            *error = s->store.error;
        close_handle(&s->store);
        return NULL;
    }
    return &s->store;
}
