/* Where the standard has one text, it is the English one; both stand in `titles` and `descriptions`. Knows no figure,
 * and writes no file. */
#include "collector/tables/datapackage.h"
#include "base/clock.h"
#include "base/json.h"
#include <inttypes.h>
#include <stdio.h>

#define PROFILES "https://datapackage.org/profiles/2.0/"

void datapackage_note(struct datapackage *package, enum table table, bool is_table, uint64_t rows,
                      const struct buf *text)
{
    if (package->count == DATAPACKAGE_FILES_MAX)
        return;
    struct datapackage_file *file = &package->files[package->count++];
    *file = (struct datapackage_file){.table = table, .is_table = is_table, .rows = rows, .bytes = text->len};
    snprintf(file->path, sizeof file->path, "%s.csv%s", table_name(table), is_table ? "" : "-metadata.json");
    crypto_sha256(buf_text(text), text->len, file->hash);
}

static void put_string_member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "\"%s\":", name);
    json_put_text(out, text);
}

static void put_title_members(struct buf *out, struct column_text title, struct column_text description)
{
    put_string_member(out, "title", title.english);
    buf_put_char(out, ',');
    put_string_member(out, "description", description.english);
    buf_put_text(out, ",\"titles\":{");
    put_string_member(out, "en", title.english);
    buf_put_char(out, ',');
    put_string_member(out, "nl", title.dutch);
    buf_put_text(out, "},\"descriptions\":{");
    put_string_member(out, "en", description.english);
    buf_put_char(out, ',');
    put_string_member(out, "nl", description.dutch);
    buf_put_char(out, '}');
}

static struct column_text label_text(const struct labels *labels)
{
    return (struct column_text){labels_text(labels, "en"), labels_text(labels, "nl")};
}

static void put_hexadecimal(struct buf *out, const uint8_t hash[static SHA256_BYTES])
{
    for (size_t i = 0; i < SHA256_BYTES; i++)
        buf_printf(out, "%02x", hash[i]);
}

/* Tables. */

struct fields {
    struct buf *out;
    const struct csv_format *format;
    size_t count;
    size_t most; /* names only, and no more than these: the key's */
};

static void put_constraints(struct buf *out, const struct column *column)
{
    static const char *const ranges[] = {[COLUMN_TEXT] = "",
                                         [COLUMN_COUNT] = ",\"minimum\":0",
                                         [COLUMN_SHARE] = ",\"minimum\":0,\"maximum\":1",
                                         [COLUMN_BALANCE] = ",\"minimum\":-1,\"maximum\":1",
                                         [COLUMN_FIGURE] = ""};
    buf_printf(out, ",\"constraints\":{\"required\":%s%s}", column->required ? "true" : "false", ranges[column->type]);
}

static int put_schema_field(void *context, const struct column *column)
{
    static const char *const types[] = {[COLUMN_TEXT] = "string",
                                        [COLUMN_COUNT] = "integer",
                                        [COLUMN_SHARE] = "number",
                                        [COLUMN_BALANCE] = "number",
                                        [COLUMN_FIGURE] = "number"};
    struct fields *fields = context;
    struct buf *out = fields->out;
    bool decimal = column->type != COLUMN_TEXT && column->type != COLUMN_COUNT;
    buf_printf(out, "%s\n      {\"name\":\"%s\",\"type\":\"%s\",", fields->count++ > 0 ? "," : "", column->name,
               types[column->type]);
    if (decimal)
        buf_printf(out, "\"decimalChar\":\"%c\",", fields->format->decimal);
    put_title_members(out, column->title, column->description);
    put_constraints(out, column);
    buf_put_char(out, '}');
    return 0;
}

static int put_key_field(void *context, const struct column *column)
{
    struct fields *fields = context;
    if (fields->count < fields->most)
        buf_printf(fields->out, "%s\"%s\"", fields->count++ > 0 ? "," : "", column->name);
    return 0;
}

static void put_key_fields(struct buf *out, const struct questionnaire *questionnaire, enum table table)
{
    struct fields fields = {.out = out, .most = table_key(table)};
    buf_put_char(out, '[');
    if (columns_each(table, questionnaire, put_key_field, &fields))
        out->failed = true;
    buf_put_char(out, ']');
}

static void put_table_schema(struct buf *out, const struct datapackage *package, enum table table)
{
    const struct panel *panel = package->catalogue->panel;
    const struct questionnaire *questionnaire = round_questionnaire(panel, &panel->rounds[package->round]);
    struct fields fields = {.out = out, .format = package->format};
    int parent = table_parent(table);
    buf_put_text(out, ",\n    \"schema\":{\"$schema\":\"" PROFILES "tableschema.json\",\"fields\":[");
    if (columns_each(table, questionnaire, put_schema_field, &fields))
        out->failed = true;
    buf_put_text(out, "],\n     \"missingValues\":[\"\"],\"primaryKey\":");
    put_key_fields(out, questionnaire, table);
    if (parent >= 0) {
        buf_put_text(out, ",\"foreignKeys\":[{\"fields\":");
        put_key_fields(out, questionnaire, (enum table)parent);
        buf_printf(out, ",\"reference\":{\"resource\":\"%s\",\"fields\":", table_name((enum table)parent));
        put_key_fields(out, questionnaire, (enum table)parent);
        buf_put_text(out, "}}]");
    }
    buf_put_char(out, '}');
}

static void put_table_resource(struct buf *out, const struct datapackage *package, const struct datapackage_file *file)
{
    buf_printf(out,
               "\"name\":\"%s\",\"type\":\"table\",\"format\":\"csv\",\"mediatype\":\"text/"
               "csv\",\"encoding\":\"utf-8\",\"rowCount\":%" PRIu64 ",",
               table_name(file->table), file->rows);
    put_title_members(out, table_title(file->table), table_description(file->table));
    buf_printf(
        out,
        ",\n    \"dialect\":{\"$schema\":\"" PROFILES
        "tabledialect.json\",\"header\":true,\"delimiter\":\"%c\",\"lineTerminator\":\"\\r\\n\",\"quoteChar\":\"\\\"\","
        "\"doubleQuote\":true}",
        package->format->separator);
    put_table_schema(out, package, file->table);
}

static void put_resource(struct buf *out, const struct datapackage *package, const struct datapackage_file *file)
{
    buf_printf(out, "   {\"path\":\"%s\",\"bytes\":%zu,\"hash\":\"sha256:", file->path, file->bytes);
    put_hexadecimal(out, file->hash);
    buf_put_text(out, "\",\n    ");
    if (file->is_table)
        put_table_resource(out, package, file);
    else
        buf_printf(out,
                   "\"name\":\"%s-metadata\",\"format\":\"json\",\"mediatype\":\"application/"
                   "csvm+json\",\"encoding\":\"utf-8\"",
                   table_name(file->table));
    buf_put_char(out, '}');
}

/* The whole. */

static void put_round_member(struct buf *out, const struct round *round)
{
    char opens[CLOCK_TEXT_SIZE], closes[CLOCK_TEXT_SIZE];
    struct column_text title = label_text(&round->title);
    clock_format(round->opens_at, opens);
    clock_format(round->closes_at, closes);
    buf_printf(out, "\"round\":{\"id\":\"%s\",\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"titles\":{", round->id, opens,
               closes);
    put_string_member(out, "en", title.english);
    buf_put_char(out, ',');
    put_string_member(out, "nl", title.dutch);
    buf_put_text(out, "}}");
}

static void put_origin_member(struct buf *out, const struct datapackage *package)
{
    const struct panel *panel = package->catalogue->panel;
    buf_printf(out, " \"burgerpanel\":{\"panel\":\"%s\",", panel->id);
    put_round_member(out, &panel->rounds[package->round]);
    if (package->exact)
        buf_put_text(out, ",\n  \"disclosure\":{\"exact\":true}");
    else
        buf_printf(out, ",\n  \"disclosure\":{\"exact\":false,\"minRespondents\":%" PRId64 ",\"roundTo\":%" PRId64 "}",
                   panel->min_respondents, panel->round_to);
    buf_printf(out, ",\n  \"log\":{\"key\":");
    json_put_text(out, package->log_key);
    buf_printf(out, ",\"size\":%" PRIu64 ",\"root\":\"", package->head.size);
    put_hexadecimal(out, package->head.root.bytes);
    buf_put_text(out, "\"}}");
}

void datapackage_put(struct buf *out, const struct datapackage *package)
{
    static const struct column_text description = {
        "Answers of a panel of volunteers: no probability sample, so nothing "
        "here is an estimate for the population. See docs/CODEBOOK.md.",
        "Antwoorden van een panel van vrijwilligers: geen kanssteekproef, dus "
        "niets hier is een schatting voor de bevolking. Zie "
        "docs/CODEBOOK.md."};
    const struct panel *panel = package->catalogue->panel;
    const struct round *round = &panel->rounds[package->round];
    buf_printf(out, "{\"$schema\":\"" PROFILES "datapackage.json\",\n \"name\":\"%s-%s\",\n ", panel->id, round->id);
    put_title_members(out, label_text(&panel->title), description);
    buf_put_text(out, ",\n");
    put_origin_member(out, package);
    buf_put_text(out, ",\n \"resources\":[\n");
    for (size_t i = 0; i < package->count; i++) {
        buf_put_text(out, i > 0 ? ",\n" : "");
        put_resource(out, package, &package->files[i]);
    }
    buf_put_text(out, "\n ]}\n");
}
