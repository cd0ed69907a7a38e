/* Opening and closing: the top of the store in PostgreSQL. */
#include "collector/store/postgres/open.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/store/postgres/connect.h"
#include "collector/store/postgres/placed.h"
#include "collector/store/postgres/schema.h"
#include "collector/store/postgres/verbs.h"
#include <string.h>

/* What broke the connection off is told again where another is not to take its place. */
static int connect_anew(struct store_postgres *p)
{
    if (p->steady || postgres_reach(p, p->reading) < 0 || postgres_schema_prepare(p, STORE_EXISTING) < 0)
        return -1;
    p->is_known = false;
    return postgres_prepare_all(p);
}

static int connect_first(struct store_postgres *p, enum store_mode mode)
{
    p->reading = mode == STORE_READING;
    p->hurried = mode == STORE_EXISTING || p->reading; /* all that is asked is small */
    if (postgres_reach(p, p->reading) < 0 || postgres_schema_prepare(p, mode) < 0 || postgres_prepare_all(p) < 0)
        return -1;
    p->hurried = false;
    return 0;
}

static void pg_close_handle(struct store *store)
{
    struct store_postgres *p = postgres_of(store);
    foreseen_forget(&p->foreseen);
    placed_forget(&p->placed);
    PQfinish(p->conn);
    slots_free(&p->slots);
    mem_free(p->sent);
    mem_free(p->dsn);
    mem_free(p);
}

static void add_verbs(struct store_ops *ops)
{
    ops->close = pg_close_handle;
    postgres_add_transaction_verbs(ops);
    postgres_add_batch_verbs(ops);
    postgres_add_log_verbs(ops);
    postgres_add_fold_verbs(ops);
    postgres_add_member_verbs(ops);
    postgres_add_handout_verbs(ops);
    postgres_add_admin_verbs(ops);
    postgres_add_event_verbs(ops);
    postgres_add_release_verbs(ops);
    postgres_add_erasure_verbs(ops);
    postgres_add_moving_verbs(ops);
}

struct store *postgres_open(const char *dsn, enum store_mode mode, struct error *error)
{
    if (postgres_check_dsn(dsn, error) < 0)
        return NULL;
    struct store_postgres *p = mem_calloc(1, sizeof *p);
    if (!p || (p->dsn = mem_copy_text(dsn, strlen(dsn))) == NULL) {
        mem_free(p);
        error_no_memory(error);
        return NULL;
    }
    p->store.ops = &p->ops;
    p->connect = connect_anew;
    p->patience = PATIENCE_SECONDS * INT64_C(1000000);
    add_verbs(&p->ops);
    placed_init(&p->placed);
    if (connect_first(p, mode) == 0)
        return &p->store;
    if (error)
        *error = p->store.error;
    pg_close_handle(&p->store);
    return NULL;
}
