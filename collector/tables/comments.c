/* Which responses hold a text is known from their counters; only those are read from the log. */
#include "collector/tables/comments.h"
#include "base/json.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct comment {
    uint32_t action; /* place in the list */
    uint32_t question; /* place in the questionnaire */
    int64_t index; /* in the log */
};

struct comments {
    struct store *store;
    const struct catalogue *catalogue;
    const struct round *round;
    const struct questionnaire *questionnaire;
    const struct tally_layout *layout;
    struct comment *found;
    size_t count, cap, next;
};

static int add(struct comments *comments, struct comment comment)
{
    if (comments->count == comments->cap) {
        size_t cap = comments->cap * 2 + 64;
        struct comment *more = mem_resize(comments->found, cap, sizeof *more);
        if (!more)
            return -1;
        comments->found = more;
        comments->cap = cap;
    }
    comments->found[comments->count++] = comment;
    return 0;
}

static bool has_slot(const struct store_current *current, size_t slot)
{
    for (size_t i = 0; i < current->slot_count; i++)
        if (current->slots[i] == slot)
            return true;
    return false;
}

static int action_place(const struct catalogue *catalogue, int64_t number)
{
    for (size_t i = 0; i < catalogue->actions->count; i++)
        if (catalogue->action_numbers[i] == number)
            return (int)i;
    return -1;
}

static int look(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    (void)member;
    struct comments *comments = context;
    for (size_t q = 0; q < comments->questionnaire->question_count; q++) {
        if (comments->questionnaire->questions[q].type != QUESTION_TEXT ||
            !has_slot(current, comments->layout->first[q]))
            continue;
        int place = action_place(comments->catalogue, action);
        if (place >= 0 && add(comments, (struct comment){(uint32_t)place, (uint32_t)q, current->index}))
            return -1;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct comment *x = a, *y = b;
    if (x->action != y->action)
        return x->action < y->action ? -1 : 1;
    if (x->question != y->question)
        return x->question < y->question ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* From outside. */

struct comments *comments_new(struct store *store, const struct catalogue *catalogue, size_t round)
{
    struct comments *comments = mem_calloc(1, sizeof *comments);
    if (!comments) {
        snprintf(store->error, sizeof store->error, "out of memory");
        return NULL;
    }
    *comments = (struct comments){.store = store, .catalogue = catalogue, .round = &catalogue->panel->rounds[round]};
    comments->questionnaire = round_questionnaire(catalogue->panel, comments->round);
    comments->layout = catalogue_layout(catalogue, round);
    if (store_current_each(store, catalogue->round_numbers[round], look, comments) != STORE_OK) {
        comments_free(comments);
        return NULL;
    }
    if (comments->count > 0)
        qsort(comments->found, comments->count, sizeof *comments->found, compare);
    return comments;
}

void comments_free(struct comments *comments)
{
    if (!comments)
        return;
    mem_free(comments->found);
    mem_free(comments);
}

int comments_header(table_row_fn *row, void *context)
{
    static const char *const names[] = {"round", "action", "question", "index", "text"};
    struct cell cells[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cells[i] = (struct cell){.type = CELL_TEXT, .text = names[i]};
    return row(context, cells, sizeof names / sizeof *names);
}

/* The claims of an entry; NULL: it holds none. */
static struct json *read_claims(const struct buf *entry)
{
    struct jws jws;
    struct buf payload;
    const char *why;
    struct json *claims = NULL;
    buf_init(&payload, JWS_MAX);
    if (jws_split(entry->data, entry->len, &jws, &why) == 0 && jws_decode_payload(&jws, &payload) == 0)
        claims = json_parse(buf_text(&payload), payload.len, NULL);
    buf_free(&payload);
    return claims;
}

static enum store_result give(const struct comments *comments, const struct comment *comment, const struct buf *entry,
                              table_row_fn *row, void *context)
{
    struct store *store = comments->store;
    const char *question = comments->questionnaire->questions[comment->question].id;
    struct json *claims = read_claims(entry);
    const char *text = json_text(json_member(json_member(claims, "answers"), question));
    int result = -1;
    if (text)
        result = row(
            context,
            (const struct cell[]){{.type = CELL_TEXT, .text = comments->round->id},
                                  {.type = CELL_TEXT, .text = comments->catalogue->actions->list[comment->action].id},
                                  {.type = CELL_TEXT, .text = question},
                                  {.type = CELL_INTEGER, .integer = comment->index},
                                  {.type = CELL_TEXT, .text = text}},
            5);
    else
        snprintf(store->error, sizeof store->error, "entry %lld does not hold the text it was counted for; run `audit`",
                 (long long)comment->index);
    json_free(claims);
    return result == 0 ? STORE_OK : STORE_FAILED;
}

enum store_result comments_next(struct comments *comments, table_row_fn *row, void *context)
{
    struct store *store = comments->store;
    struct buf entry;
    if (comments->next == comments->count)
        return STORE_NONE;
    const struct comment *comment = &comments->found[comments->next++];
    buf_init(&entry, JWS_MAX);
    enum store_result result = store_entry_read(store, comment->index, &entry);
    if (result == STORE_NONE)
        snprintf(store->error, sizeof store->error, "entry %lld is missing from the log; run `audit`",
                 (long long)comment->index);
    result = result == STORE_OK ? give(comments, comment, &entry, row, context) : STORE_FAILED;
    buf_free(&entry);
    return result;
}
