/* Opening and closing: the top of the embedded store. WAL with synchronous=FULL: a COMMIT that returns has been synced
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). */
#include "collector/store/sqlite/open.h"
#include "base/buf.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/sqlite/file.h"
#include "collector/store/sqlite/schema.h"
#include "collector/store/sqlite/verbs.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

/* SQLite counts what it allocates under a lock of the whole process, which nobody here asks it for. */
static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Before the pragmas: these would turn another program's file into WAL. Afterwards all files of the store are open. */
static int prepare_database(struct store_sqlite *s)
{
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return sqlite_refuse(s, T("the store can't be written to; mend its permissions",
                                  "in de opslag kan niet geschreven worden; herstel de rechten"));
    if (sqlite_schema_prepare(s) < 0 ||
        sqlite_execute(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                          "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;"
                          "SELECT count(*) FROM sqlite_master") < 0)
        return -1;
    return sqlite_file_note(s);
}

static int open_file(struct store_sqlite *s, const char *name, int flags)
{
    if (sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        sqlite_failed(s);
        return -1;
    }
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, SQLITE_BUSY_TIMEOUT_MS);
    return 0;
}

/* file:PATH?immutable=1 (https://www.sqlite.org/uri.html), with what has a meaning there escaped. */
static void put_unchanging_uri(struct buf *out, const char *path)
{
    buf_put_text(out, "file:");
    for (; *path != '\0'; path++)
        if (strchr("%?#", *path))
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
        else
            buf_put_char(out, *path);
    buf_put_text(out, "?immutable=1");
}

static int open_unchanging(struct store_sqlite *s)
{
    struct buf uri;
    buf_init(&uri, SIZE_MAX);
    put_unchanging_uri(&uri, s->names[SQLITE_DATABASE]);
    int result = buf_check(&uri) == 0 ? sqlite_file_note_unchanging(s) : error_no_memory(&s->store.error);
    if (result == 0)
        result = open_file(s, buf_text(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    buf_free(&uri);
    return result;
}

static int open_reading(struct store_sqlite *s)
{
    const char *name = s->names[SQLITE_DATABASE];
    switch (sqlite_file_reading(s)) {
    case SQLITE_WRITABLE:
        return open_file(s, name, SQLITE_OPEN_READWRITE) < 0 ? -1 : prepare_database(s);
    case SQLITE_SHARED:
        s->reading = true;
        return open_file(s, name, SQLITE_OPEN_READONLY) < 0 ? -1 : sqlite_schema_prepare(s);
    case SQLITE_UNCHANGING:
        s->reading = true;
        return open_unchanging(s) < 0 ? -1 : sqlite_schema_prepare(s);
    case SQLITE_UNREADABLE:
        break;
    }
    return -1;
}

static int open_database(struct store_sqlite *s, const char *path, enum store_mode mode)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct stat status;
    pthread_once(&once, configure_library);
    if (sqlite_file_name(s, path) < 0)
        return -1;
    const char *name = s->names[SQLITE_DATABASE];
    if (!name)
        return open_file(s, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) < 0 ? -1 : prepare_database(s);
    if (mode != STORE_CREATE && stat(name, &status) < 0 && errno == ENOENT)
        return sqlite_refuse(s, T("there is no store here; `panel import` makes one, --store names another",
                                  "hier is geen opslag; `panel import` maakt er een, --store noemt een andere"));
    if (mode == STORE_READING)
        return open_reading(s);
    if (mode == STORE_ALONE) {
        s->reading = true;
        return open_unchanging(s) < 0 ? -1 : sqlite_schema_check(s);
    }
    if (mode == STORE_CREATE && sqlite_file_create(s) < 0)
        return -1;
    return open_file(s, name, SQLITE_OPEN_READWRITE) < 0 ? -1 : prepare_database(s);
}

static void close_handle(struct store *store)
{
    struct store_sqlite *s = (struct store_sqlite *)store;
    sqlite_file_leave(s);
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(s->statements[i]);
    sqlite3_close(s->db);
    sqlite_file_close(s);
    slots_free(&s->slots);
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
    sqlite_add_handout_verbs(&s->ops);
    sqlite_add_admin_verbs(&s->ops);
    sqlite_add_event_verbs(&s->ops);
    sqlite_add_release_verbs(&s->ops);
    sqlite_add_erasure_verbs(&s->ops);
    sqlite_add_copy_verb(&s->ops);
    sqlite_add_moving_verbs(&s->ops);
    s->lock = s->changes = -1;
    s->version = -1;
    if (open_database(s, path, mode) < 0) {
        if (error)
            *error = s->store.error;
        close_handle(&s->store);
        return NULL;
    }
    return &s->store;
}
