/* Which responses hold a text is known from their counters; only those are read from the log. */
#include "collector/comments.h"
#include "base/json.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct comment {
    size_t action; /* place in the list */
    size_t question; /* place in the questionnaire */
    int64_t index; /* in the log */
};

struct search {
    const struct catalogue *catalogue;
    const struct questionnaire *questionnaire;
    const struct tally_layout *layout;
    struct comment *found;
    size_t count, cap;
};

static int add(struct search *search, struct comment comment)
{
    if (search->count == search->cap) {
        size_t cap = search->cap * 2 + 64;
        struct comment *more = mem_resize(search->found, cap, sizeof *more);
        if (more == NULL)
            return -1;
        search->found = more;
        search->cap = cap;
    }
    search->found[search->count++] = comment;
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
    struct search *search = context;
    for (size_t q = 0; q < search->questionnaire->question_count; q++) {
        if (search->questionnaire->questions[q].type != QUESTION_TEXT || !has_slot(current, search->layout->first[q]))
            continue;
        int place = action_place(search->catalogue, action);
        if (place >= 0 && add(search, (struct comment){(size_t)place, q, current->index}))
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

/* The text that an entry answers a question with; puts its cell. -1: the entry holds none. */
static int put_text(struct csv_writer *writer, const struct buf *entry, const char *question)
{
    struct jws jws;
    struct buf payload;
    const char *why, *text = NULL;
    buf_init(&payload, JWS_MAX);
    struct json *claims = NULL;
    if (jws_split(entry->data, entry->len, &jws, &why) == 0 && jws_decode_payload(&jws, &payload) == 0) {
        claims = json_parse(buf_text(&payload), payload.len, NULL);
        text = json_text(json_member(json_member(claims, "answers"), question));
    }
    if (text != NULL)
        csv_put_text(writer, text);
    json_free(claims);
    buf_free(&payload);
    return text != NULL ? 0 : -1;
}

static enum store_result tell_damage(struct store *store, int64_t index, const char *what)
{
    snprintf(store->error, sizeof store->error, "entry %lld %s; run `audit`", (long long)index, what);
    return STORE_FAILED;
}

static enum store_result put_comment(struct csv_writer *writer, struct store *store, const struct search *search,
                                     const struct comment *comment, const char *round)
{
    const char *question = search->questionnaire->questions[comment->question].id;
    struct buf entry;
    buf_init(&entry, JWS_MAX);
    enum store_result result = store->ops->entry_read(store, comment->index, &entry);
    if (result == STORE_NONE)
        result = tell_damage(store, comment->index, "is not in the log");
    if (result == STORE_OK) {
        csv_put_text(writer, round);
        csv_put_text(writer, search->catalogue->actions->list[comment->action].id);
        csv_put_text(writer, question);
        csv_put_integer(writer, comment->index);
        if (put_text(writer, &entry, question))
            result = tell_damage(store, comment->index, "does not hold the text it was counted for");
        csv_end_row(writer);
    }
    buf_free(&entry);
    return result;
}

static void put_header(struct csv_writer *writer)
{
    static const char *const names[] = {"round", "action", "question", "index", "text"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_put_text(writer, names[i]);
    csv_end_row(writer);
}

enum store_result comments_put(struct csv_writer *writer, struct store *store, const struct catalogue *catalogue,
                               size_t round)
{
    const struct round *asked = &catalogue->panel->rounds[round];
    struct search search = {.catalogue = catalogue,
                            .questionnaire = round_questionnaire(catalogue->panel, asked),
                            .layout = catalogue_layout(catalogue, round)};
    put_header(writer);
    enum store_result result = store->ops->current_each(store, catalogue->round_numbers[round], look, &search);
    if (search.count > 0)
        qsort(search.found, search.count, sizeof *search.found, compare);
    for (size_t i = 0; i < search.count && result == STORE_OK; i++)
        result = put_comment(writer, store, &search, &search.found[i], asked->id);
    mem_free(search.found);
    return result;
}
