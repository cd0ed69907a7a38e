/* Which responses hold a text is known from their counters; only those are read from the log. Knows no format, and
 * nothing of who may read comments. */
#include "collector/tables/comments.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/tables/stored.h"
#include "crypto/jws.h"
#include <stdlib.h>

struct comment {
    uint32_t action; /* index in the list */
    uint32_t question; /* index in the questionnaire */
    int64_t index; /* in the log */
};

struct comments {
    struct store *store;
    const struct catalogue *catalogue;
    const struct round *round;
    const struct questionnaire *questionnaire;
    const struct tally_layout *layout;
    const struct wanted_actions *wanted; /* NULL: all */
    struct comment *found;
    size_t count, capacity, next;
    bool *told; /* of each action in the list: whether the newest release tells something of it */
};

/* Finding. */

static int keep_comment(struct comments *comments, struct comment comment)
{
    struct comment *found = list_grow(comments->found, comments->count, &comments->capacity, sizeof *found);
    if (!found)
        return -1;
    comments->found = found;
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

/* The place of an action that is asked for, or -1. */
static int find_action(const struct comments *comments, int64_t number)
{
    int found = catalogue_find_action(comments->catalogue, number);
    bool wanted = found >= 0 && wanted_has(comments->wanted, comments->catalogue->actions->list[found].id);
    return wanted ? found : -1;
}

static int find_texts(void *context, int64_t member, int64_t action, const struct store_current *current)
{
    (void)member;
    struct comments *comments = context;
    for (size_t q = 0; q < comments->questionnaire->question_count; q++) {
        if (comments->questionnaire->questions[q].type != QUESTION_TEXT ||
            !has_slot(current, comments->layout->first[q]))
            continue;
        int index = find_action(comments, action);
        if (index >= 0 && keep_comment(comments, (struct comment){(uint32_t)index, (uint32_t)q, current->index}) < 0)
            return -1;
    }
    return 0;
}

static int order_comments(const void *a, const void *b)
{
    const struct comment *x = a, *y = b;
    if (x->action != y->action)
        return x->action < y->action ? -1 : 1;
    if (x->question != y->question)
        return x->question < y->question ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* What is told. */

static int note_told(struct comments *comments, const char *summary, size_t len, struct error *error)
{
    const struct column_source columns = {
        .table = TABLE_SUMMARY, .questionnaire = comments->questionnaire, .released = true};
    const struct cell *cells;
    size_t count;
    enum stored_result read = STORED_FAILED;
    struct stored_table *table = stored_table_new(&columns, summary, len, error);
    int action = table ? stored_table_find(table, "action") : -1;
    int respondents = table ? stored_table_find(table, "respondents") : -1;
    while (table && (read = stored_table_next(table, &cells, &count, error)) == STORED_ROW) {
        int place =
            cells[action].type == CELL_TEXT ? action_list_find(comments->catalogue->actions, cells[action].text) : -1;
        if (place >= 0 && cells[respondents].type == CELL_INTEGER)
            comments->told[place] = true;
    }
    stored_table_free(table);
    return read == STORED_END ? 0 : -1;
}

/* Without a release nothing is told. */
static int read_told(struct comments *comments, size_t round, struct error *error)
{
    struct store_release last;
    struct buf summary;
    buf_init(&summary, SIZE_MAX);
    comments->told = mem_calloc(comments->catalogue->actions->count + 1, sizeof *comments->told);
    if (!comments->told)
        return error_no_memory(error);
    enum store_result found = store_release_last(comments->store, comments->catalogue->round_numbers[round], &last);
    if (found == STORE_OK)
        found = store_release_file_read(comments->store, last.round, last.number, "summary.csv", &summary);
    int result = 0;
    if (found == STORE_FAILED)
        result = store_fail(comments->store, error);
    else if (found == STORE_OK)
        result = buf_check(&summary) == 0 ? note_told(comments, buf_text(&summary), summary.len, error)
                                          : error_no_memory(error);
    buf_free(&summary);
    return result;
}

struct comments *comments_new(struct store *store, const struct catalogue *catalogue, size_t round,
                              const struct wanted_actions *wanted, struct error *error)
{
    struct comments *comments = mem_calloc(1, sizeof *comments);
    if (!comments) {
        error_no_memory(error);
        return NULL;
    }
    *comments = (struct comments){
        .store = store, .catalogue = catalogue, .round = &catalogue->panel->rounds[round], .wanted = wanted};
    comments->questionnaire = round_questionnaire(catalogue->panel, comments->round);
    comments->layout = catalogue_layout(catalogue, round);
    if (read_told(comments, round, error) < 0) {
        comments_free(comments);
        return NULL;
    }
    if (store_current_each(store, catalogue->round_numbers[round], find_texts, comments) != STORE_OK) {
        error_no_memory(error); /* the visitor's only failure */
        store_fail(store, error);
        comments_free(comments);
        return NULL;
    }
    if (comments->count > 0)
        qsort(comments->found, comments->count, sizeof *comments->found, order_comments);
    return comments;
}

void comments_free(struct comments *comments)
{
    if (!comments)
        return;
    mem_free(comments->told);
    mem_free(comments->found);
    mem_free(comments);
}

/* Reading. */

/* The claims of an entry; NULL: it holds none. */
static struct json *read_entry_claims(const struct buf *entry)
{
    struct jws jws;
    struct buf payload;
    struct json *claims = NULL;
    buf_init(&payload, JWS_MAX);
    if (jws_split(entry->data, entry->len, &jws, NULL) == 0 && jws_decode_payload(&jws, &payload) == 0)
        claims = json_parse(buf_text(&payload), payload.len, NULL);
    buf_free(&payload);
    return claims;
}

static int give_comment(const struct comments *comments, const struct comment *comment, const struct buf *entry,
                        table_row_fn *row, void *context)
{
    const char *question = comments->questionnaire->questions[comment->question].id;
    struct json *claims = read_entry_claims(entry);
    const char *text = json_text(json_member(json_member(claims, "answers"), question));
    const struct cell cells[] = {
        {.type = CELL_TEXT, .text = comments->round->id},
        {.type = CELL_TEXT, .text = comments->catalogue->actions->list[comment->action].id},
        {.type = CELL_TEXT, .text = question},
        {.type = CELL_INTEGER, .integer = comment->index},
        {.type = CELL_TEXT, .text = text},
        {.type = CELL_TEXT, .text = comments->told[comment->action] ? "yes" : "no"},
    };
    int result = text ? row(context, cells, sizeof cells / sizeof *cells) : -1;
    json_free(claims);
    return result;
}

enum store_result comments_next(struct comments *comments, table_row_fn *row, void *context, struct error *error)
{
    struct store *store = comments->store;
    struct buf entry;
    if (comments->next == comments->count)
        return STORE_NONE;
    const struct comment *comment = &comments->found[comments->next++];
    buf_init(&entry, JWS_MAX);
    enum store_result result = store_entry_read(store, comment->index, &entry);
    if (result == STORE_FAILED)
        store_fail(store, error);
    else if (result == STORE_NONE || result == STORE_ERASED)
        error_set(error, ERROR_DAMAGED,
                  T("entry %lld is missing from the log; run `audit`",
                    "regel %lld ontbreekt in het logboek; voer `audit` uit"),
                  (long long)comment->index);
    else if (give_comment(comments, comment, &entry, row, context) < 0) {
        error_set(error, ERROR_DAMAGED,
                  T("entry %lld does not hold the text it was counted for; run `audit`",
                    "regel %lld bevat niet de tekst waarvoor ze geteld is; voer `audit` uit"),
                  (long long)comment->index);
        result = STORE_NONE;
    }
    buf_free(&entry);
    return result == STORE_OK ? STORE_OK : STORE_FAILED;
}
