/* receipts list: which entries of the log this member holds a receipt of. Whether they hold is receipts verify's. */
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "client/cmd/cmd.h"
#include "client/home/receipts.h"
#include "client/terminal/failures.h"
#include "client/terminal/output.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define OUTPUT_MAX ((size_t)64 * 1024 * 1024)
#define INDEX_WIDTH 10
#define REVISION_WIDTH 12

struct row {
    struct response_id id; /* revision 0: the enrolment */
    int64_t index, signed_at;
    bool has_receipt, is_erasure;
};

struct rows {
    struct row *list;
    size_t count, capacity;
};

static int add_receipt_row(void *context, const struct member_receipt *receipt)
{
    struct rows *rows = context;
    struct row *list = list_grow(rows->list, rows->count, &rows->capacity, sizeof *list);
    if (!list) {
        errno = ENOMEM;
        return -1;
    }
    rows->list = list;
    struct row row = {.index = receipt->index,
                      .signed_at = receipts_signed_at(receipt),
                      .has_receipt = receipt->text != NULL,
                      .is_erasure = receipt->is_erasure};
    if (receipt->id)
        row.id = *receipt->id;
    rows->list[rows->count++] = row;
    return 0;
}

static int compare_by_index(const void *a, const void *b)
{
    int64_t x = ((const struct row *)a)->index, y = ((const struct row *)b)->index;
    return (x > y) - (x < y);
}

static void put_receipt_as_json(struct buf *out, const struct row *row)
{
    char when[CLOCK_TEXT_SIZE];
    buf_printf(out, " {\"index\":%lld,\"round\":", (long long)row->index);
    if (row->id.revision > 0) {
        json_put_text(out, row->id.round);
        buf_put_text(out, ",\"action\":");
        json_put_text(out, row->id.action);
        buf_printf(out, ",\"revision\":%lld", (long long)row->id.revision);
    } else {
        buf_put_text(out, "null,\"action\":null,\"revision\":null");
    }
    clock_format(row->signed_at, when);
    buf_put_text(out, ",\"signedAt\":");
    if (row->signed_at > 0)
        json_put_text(out, when);
    else
        buf_put_text(out, "null");
    buf_printf(out, ",\"erasure\":%s,\"receipt\":%s}", row->is_erasure ? "true" : "false",
               row->has_receipt ? "true" : "false");
}

static const char *first_words(bool is_erasure)
{
    return is_erasure ? T("(erased)", "(gewist)") : T("(enrolment)", "(aanmelding)");
}

static void put_receipt_as_row(struct buf *out, const struct row *row, size_t round_width, size_t action_width)
{
    char index[32], revision[32], when[CLOCK_TEXT_SIZE];
    snprintf(index, sizeof index, "%lld", (long long)row->index);
    snprintf(revision, sizeof revision, "%lld", (long long)row->id.revision);
    clock_format(row->signed_at, when);
    output_put_cell(out, index, INDEX_WIDTH);
    output_put_cell(out, row->id.revision > 0 ? row->id.round : first_words(row->is_erasure), round_width);
    output_put_cell(out, row->id.action, action_width);
    if (row->is_erasure && row->id.revision > 0)
        snprintf(revision, sizeof revision, "%s", T("erased", "gewist"));
    output_put_cell(out, row->id.revision > 0 ? revision : "", REVISION_WIDTH);
    buf_put_text(out, row->signed_at > 0 ? when : "");
    buf_put_text(out, row->has_receipt ? "\n" : T("  no receipt\n", "  geen ontvangstbewijs\n"));
}

static void put_receipts_as_table(struct buf *out, const struct rows *rows)
{
    size_t round_width = 13, action_width = 8;
    for (size_t i = 0; i < rows->count; i++) {
        if (output_width(rows->list[i].id.round) + 2 > round_width)
            round_width = output_width(rows->list[i].id.round) + 2;
        if (output_width(rows->list[i].id.action) + 2 > action_width)
            action_width = output_width(rows->list[i].id.action) + 2;
    }
    output_put_cell(out, T("entry", "regel"), INDEX_WIDTH);
    output_put_cell(out, T("round", "ronde"), round_width);
    output_put_cell(out, T("action", "actie"), action_width);
    output_put_cell(out, T("revision", "herziening"), REVISION_WIDTH);
    buf_put_text(out, T("signed\n", "ondertekend\n"));
    for (size_t i = 0; i < rows->count; i++)
        put_receipt_as_row(out, &rows->list[i], round_width, action_width);
}

static void put_receipts_as_json(struct buf *out, const struct rows *rows)
{
    buf_put_text(out, "[\n");
    for (size_t i = 0; i < rows->count; i++) {
        put_receipt_as_json(out, &rows->list[i]);
        buf_put_text(out, i + 1 < rows->count ? ",\n" : "\n");
    }
    buf_put_text(out, "]\n");
}

static int list_receipts(const struct profile *profile, bool as_json)
{
    struct rows rows = {0};
    struct buf out;
    int exit_code = CLI_DONE;
    buf_init(&out, OUTPUT_MAX);
    if (receipts_each(profile, add_receipt_row, &rows) != 0) {
        exit_code = failure_tell_errno(profile->home);
    } else {
        if (rows.count > 1)
            qsort(rows.list, rows.count, sizeof *rows.list, compare_by_index);
        (as_json ? put_receipts_as_json : put_receipts_as_table)(&out, &rows);
        exit_code = cli_print(&out, as_json ? CLI_JSON : CLI_TEXT);
    }
    mem_free(rows.list);
    buf_free(&out);
    return exit_code;
}

int cmd_receipts_list(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    bool as_json = false;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), CMD_OPTION_JSON(&as_json), {0}};
    struct profile profile;
    struct http *http;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    if (cmd_open_member(&profile, home, &http) < 0)
        return CLI_FAILED;
    exit_code = list_receipts(&profile, as_json);
    http_close(http);
    profile_close(&profile);
    return exit_code;
}
