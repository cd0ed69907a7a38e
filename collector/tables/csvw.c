/* A column's titles hold its name in the header line too, under `und`, since that line is compared with the titles.
 * Knows no figure and no file. */
#include "collector/tables/csvw.h"
#include "base/json.h"

struct listing {
    struct buf *out;
    const struct csv_format *format;
    size_t count; /* columns put */
    size_t most; /* put no more than these: the key's */
};

/* A text in both languages, as JSON-LD has it for properties that are not CSVW's own. */
static void put_translations(struct buf *out, const char *name, struct column_text text)
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

static void put_datatype(struct buf *out, const struct csv_format *format, enum column_type type)
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

static int put_column_description(void *context, const struct column *column)
{
    struct listing *listing = context;
    struct buf *out = listing->out;
    buf_printf(out, "%s\n     {\"name\":\"%s\",\"titles\":{\"und\":\"%s\",\"en\":", listing->count++ > 0 ? "," : "",
               column->name, column->name);
    json_put_text(out, column->title.english);
    buf_put_text(out, ",\"nl\":");
    json_put_text(out, column->title.dutch);
    buf_put_text(out, "},");
    put_translations(out, "dc:description", column->description);
    buf_put_text(out, ",\"datatype\":");
    put_datatype(out, listing->format, column->type);
    buf_printf(out, ",\"null\":\"\",\"required\":%s}", column->required ? "true" : "false");
    return 0;
}

static int put_column_reference(void *context, const struct column *column)
{
    struct listing *listing = context;
    if (listing->count < listing->most)
        buf_printf(listing->out, "%s\"%s\"", listing->count++ > 0 ? "," : "", column->name);
    return 0;
}

/* The names of the key columns of a table. */
static void put_key_columns(struct buf *out, const struct csvw_subject *subject, enum table table)
{
    const struct column_source columns = context_columns(subject->context, table);
    struct listing listing = {.out = out, .most = table_key(table)};
    buf_put_char(out, '[');
    if (columns_each(&columns, put_column_reference, &listing) < 0)
        out->failed = true;
    buf_put_char(out, ']');
}

static void put_url(struct buf *out, const struct csvw_subject *subject, enum table table)
{
    buf_printf(out, "\"%s%s%s\"", subject->before, table_name(table), subject->after);
}

static void put_parent_reference(struct buf *out, const struct csvw_subject *subject, enum table parent)
{
    buf_put_text(out, ",\n    \"foreignKeys\":[{\"columnReference\":");
    put_key_columns(out, subject, parent);
    buf_put_text(out, ",\"reference\":{\"resource\":");
    put_url(out, subject, parent);
    buf_put_text(out, ",\"columnReference\":");
    put_key_columns(out, subject, parent);
    buf_put_text(out, "}}]");
}

static void put_csv_dialect(struct buf *out, const struct csv_format *format)
{
    buf_printf(out,
               "   "
               "\"dialect\":{\"encoding\":\"utf-8\",\"delimiter\":\"%c\",\"lineTerminators\":[\"\\r\\n\"],"
               "\"quoteChar\":\"\\\"\","
               "\"doubleQuote\":true,\"header\":true,\"headerRowCount\":1,\"skipBlankRows\":false,\"trim\":false},\n",
               format->separator);
}

static void put_table_description(struct buf *out, const struct csvw_subject *subject, enum table table)
{
    const struct column_source columns = context_columns(subject->context, table);
    struct listing listing = {.out = out, .format = subject->context->format};
    int parent = table_parent(table);
    buf_put_text(out, "  {\"url\":");
    put_url(out, subject, table);
    buf_put_text(out, ",\n   ");
    put_translations(out, "dc:title", context_title(subject->context, table));
    buf_put_text(out, ",\n   ");
    put_translations(out, "dc:description", context_description(subject->context, table));
    buf_put_text(out, ",\n");
    put_csv_dialect(out, subject->context->format);
    buf_put_text(out, "   \"tableSchema\":{\n    \"columns\":[");
    if (columns_each(&columns, put_column_description, &listing) < 0)
        out->failed = true;
    buf_put_text(out, "],\n    \"primaryKey\":");
    put_key_columns(out, subject, table);
    if (parent >= 0)
        put_parent_reference(out, subject, (enum table)parent);
    buf_put_text(out, "}}");
}

void csvw_put(struct buf *out, const struct csvw_subject *subject)
{
    buf_put_text(out, "{\"@context\":\"http://www.w3.org/ns/csvw\",\n \"tables\":[\n");
    for (int table = (int)subject->table; table >= 0; table = table_parent((enum table)table)) {
        buf_put_text(out, table != (int)subject->table ? ",\n" : "");
        put_table_description(out, subject, (enum table)table);
    }
    buf_put_text(out, "\n ],\n \"notes\":[{");
    context_put(out, subject->context);
    buf_put_text(out, "}]}\n");
}
