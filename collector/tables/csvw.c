/* A column's titles hold its name in the header line too, under `und`, since that line is compared with the titles. */
#include "collector/tables/csvw.h"
#include "base/json.h"

struct listing {
    struct buf *out;
    const struct csv_format *format;
    size_t count; /* columns put */
    size_t most; /* put no more than these: the key's */
};

/* A text in both languages, as JSON-LD has it for properties that are not CSVW's own. */
static void put_both(struct buf *out, const char *name, struct column_text text)
{
    buf_printf(out, "\"%s\":[{\"@value\":", name);
    json_put_text(out, text.english);
    buf_put_text(out, ",\"@language\":\"en\"},{\"@value\":");
    json_put_text(out, text.dutch);
    buf_put_text(out, ",\"@language\":\"nl\"}]");
}

static void put_decimal_type(struct buf *out, const struct csv_format *format, const char *range)
{
    buf_printf(out, "{\"base\":\"decimal\",\"format\":{\"decimalChar\":\"%c\"}%s}", format->decimal, range);
}

static void put_type(struct buf *out, const struct csv_format *format, enum column_type type)
{
    switch (type) {
    case COLUMN_TEXT:
        buf_put_text(out, "\"string\"");
        return;
    case COLUMN_COUNT:
        buf_put_text(out, "\"nonNegativeInteger\"");
        return;
    case COLUMN_SHARE:
        put_decimal_type(out, format, ",\"minimum\":0,\"maximum\":1");
        return;
    case COLUMN_BALANCE:
        put_decimal_type(out, format, ",\"minimum\":-1,\"maximum\":1");
        return;
    case COLUMN_FIGURE:
        put_decimal_type(out, format, "");
        return;
    }
}

static int put_column(void *context, const struct column *column)
{
    struct listing *listing = context;
    struct buf *out = listing->out;
    buf_printf(out, "%s\n     {\"name\":\"%s\",\"titles\":{\"und\":\"%s\",\"en\":", listing->count++ > 0 ? "," : "",
               column->name, column->name);
    json_put_text(out, column->title.english);
    buf_put_text(out, ",\"nl\":");
    json_put_text(out, column->title.dutch);
    buf_put_text(out, "},");
    put_both(out, "dc:description", column->description);
    buf_put_text(out, ",\"datatype\":");
    put_type(out, listing->format, column->type);
    buf_printf(out, ",\"null\":\"\",\"required\":%s}", column->required ? "true" : "false");
    return 0;
}

static int put_key_column(void *context, const struct column *column)
{
    struct listing *listing = context;
    if (listing->count < listing->most)
        buf_printf(listing->out, "%s\"%s\"", listing->count++ > 0 ? "," : "", column->name);
    return 0;
}

/* The names of the key columns of a table. */
static void put_key(struct buf *out, enum sheet_kind kind, const struct questionnaire *questionnaire)
{
    struct listing listing = {.out = out, .most = columns_key(kind)};
    buf_put_char(out, '[');
    if (columns_each(kind, questionnaire, put_key_column, &listing))
        out->failed = true;
    buf_put_char(out, ']');
}

static void put_foreign_key(struct buf *out, enum sheet_kind parent, const struct questionnaire *questionnaire)
{
    buf_put_text(out, ",\n    \"foreignKeys\":[{\"columnReference\":");
    put_key(out, parent, questionnaire);
    buf_printf(out, ",\"reference\":{\"resource\":\"%s.csv\",\"columnReference\":", sheet_name(parent));
    put_key(out, parent, questionnaire);
    buf_put_text(out, "}}]");
}

static void put_dialect(struct buf *out, const struct csv_format *format)
{
    buf_printf(out,
               "   "
               "\"dialect\":{\"encoding\":\"utf-8\",\"delimiter\":\"%c\",\"lineTerminators\":[\"\\r\\n\"],"
               "\"quoteChar\":\"\\\"\","
               "\"doubleQuote\":true,\"header\":true,\"headerRowCount\":1,\"skipBlankRows\":false,\"trim\":false},\n",
               format->separator);
}

static void put_table(struct buf *out, const struct csvw_subject *subject, enum sheet_kind kind)
{
    struct listing listing = {.out = out, .format = subject->format};
    int parent = columns_parent(kind);
    buf_printf(out, "  {\"url\":\"%s.csv\",\n   ", sheet_name(kind));
    put_both(out, "dc:title", columns_table_title(kind));
    buf_put_text(out, ",\n   ");
    put_both(out, "dc:description", columns_table_description(kind));
    buf_put_text(out, ",\n");
    put_dialect(out, subject->format);
    buf_put_text(out, "   \"tableSchema\":{\n    \"columns\":[");
    if (columns_each(kind, subject->questionnaire, put_column, &listing))
        out->failed = true;
    buf_put_text(out, "],\n    \"primaryKey\":");
    put_key(out, kind, subject->questionnaire);
    if (parent >= 0)
        put_foreign_key(out, (enum sheet_kind)parent, subject->questionnaire);
    buf_put_text(out, "}}");
}

void csvw_put(struct buf *out, const struct csvw_subject *subject)
{
    buf_put_text(out, "{\"@context\":\"http://www.w3.org/ns/csvw\",\n \"tables\":[\n");
    for (int kind = (int)subject->kind; kind >= 0; kind = columns_parent((enum sheet_kind)kind)) {
        buf_put_text(out, kind != (int)subject->kind ? ",\n" : "");
        put_table(out, subject, (enum sheet_kind)kind);
    }
    buf_put_text(out, "\n ]}\n");
}
