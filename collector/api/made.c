/* Between the exchange's thread and the one that makes: whoever has the exchange has the rest. Knows no resource. */
#include "collector/api/made.h"
#include "base/file.h"
#include "base/lang.h"
#include <unistd.h>

void made_init(struct made *made, struct http_exchange *x, struct service *service, int (*make)(struct made *made))
{
    *made = (struct made){.exchange = x, .service = service, .make = make, .file = -1};
}

void made_wipe(struct made *made)
{
    made_let_go(made);
    if (made->file >= 0)
        close(made->file);
    made->file = -1;
}

int made_take_moment(struct made *made, struct snapshots *lender)
{
    made->lender = lender;
    made->store = snapshots_take(lender, &made->error);
    return made->store ? 0 : -1;
}

void made_let_go(struct made *made)
{
    if (made->store)
        snapshots_give_back(made->lender, made->store);
    made->store = NULL;
}

/* On a thread for that. */
static void run_made(struct work *work)
{
    struct made *made = (struct made *)((char *)work - offsetof(struct made, work));
    int result = made->make(made);
    made_let_go(made);
    if (result == 0 && made->file >= 0 && lseek(made->file, 0, SEEK_SET) != 0)
        result = -1;
    if (result < 0 && made->error.kind == ERROR_NONE)
        error_no_memory(&made->error);
    http_resume(made->exchange);
}

void made_begin(struct made *made, http_handler *finish)
{
    http_suspend(made->exchange, finish);
    made->work.run = run_made;
    if (workers_push(made->service->table_workers, &made->work) == 0)
        return;
    error_set(&made->error, ERROR_BUSY, "%s", T("too many wait to be made", "er wachten er te veel"));
    made_let_go(made);
    http_resume(made->exchange);
}

const char *api_aside_path(const struct config *config)
{
    const char *store = store_path(config->values[CONFIG_STORE]);
    return store ? store : config->values[CONFIG_LOG_KEY];
}

int made_open_file(struct made *made)
{
    made->file = file_nameless(api_aside_path(made->service->config));
    return made->file >= 0
               ? 0
               : error_from_errno(&made->error, "%s", T("a file beside the store", "een bestand naast de opslag"));
}

int made_append(struct made *made, const struct buf *chunk)
{
    if (buf_check(chunk) < 0)
        return error_no_memory(&made->error);
    if (made->lender && snapshots_are_wanted(made->lender))
        return error_set(&made->error, ERROR_IO, "%s",
                         T("the store has to be opened again", "de opslag moet opnieuw geopend worden"));
    if (file_append(made->file, buf_text(chunk), chunk->len) < 0)
        return error_from_errno(&made->error, "%s", T("a file beside the store", "een bestand naast de opslag"));
    made->len += chunk->len;
    return 0;
}

void made_answer(struct made *made, const char *content_type)
{
    http_answer_file(made->exchange, content_type, made->file, made->len);
    made->file = -1;
}
