/* Where the standard has one text, it is the English one; both stand in `titles` and `descriptions`. Knows no figure,
 * and writes no file. */
#include "collector/tables/datapackage.h"
#include "base/json.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
    [DATAPACKAGE_TABLES] = "tables",
    [DATAPACKAGE_COMMENTS] = "comments",
    [DATAPACKAGE_TRENDS] = "trends",
};

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

static void put_key_fields(struct buf *out, const struct datapackage *package, enum table table)
{
    const struct column_source columns = context_columns(&package->context, table);
    struct fields fields = {.out = out, .most = table_key(table)};
    buf_put_char(out, '[');
    if (columns_each(&columns, put_key_field, &fields) < 0)
        out->failed = true;
    buf_put_char(out, ']');
}

static void put_table_schema(struct buf *out, const struct datapackage *package, enum table table)
{
    const struct column_source columns = context_columns(&package->context, table);
    struct fields fields = {.out = out, .format = package->context.format};
    int parent = table_parent(table);
    buf_put_text(out, ",\n    \"schema\":{\"$schema\":\"" PROFILES "tableschema.json\",\"fields\":[");
    if (columns_each(&columns, put_schema_field, &fields) < 0)
        out->failed = true;
    buf_put_text(out, "],\n     \"missingValues\":[\"\"],\"primaryKey\":");
    put_key_fields(out, package, table);
    if (parent >= 0) {
        buf_put_text(out, ",\"foreignKeys\":[{\"fields\":");
        put_key_fields(out, package, (enum table)parent);
        buf_printf(out, ",\"reference\":{\"resource\":\"%s\",\"fields\":", table_name((enum table)parent));
        put_key_fields(out, package, (enum table)parent);
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
    put_title_members(out, context_title(&package->context, file->table),
                      context_description(&package->context, file->table));
    buf_printf(
        out,
        ",\n    \"dialect\":{\"$schema\":\"" PROFILES
        "tabledialect.json\",\"header\":true,\"delimiter\":\"%c\",\"lineTerminator\":\"\\r\\n\",\"quoteChar\":\"\\\"\","
        "\"doubleQuote\":true}",
        package->context.format->separator);
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

static void put_origin_member(struct buf *out, const struct datapackage *package)
{
    buf_put_text(out, " \"burgerpanel\":{");
    context_put(out, &package->context);
    buf_printf(out, ",\n  \"profile\":\"%s\",\"holds\":\"%s\",\n  \"log\":{\"key\":", package->context.format->name,
               kinds[package->kind]);
    json_put_text(out, package->log_key);
    buf_printf(out, ",\"size\":%" PRIu64 ",\"root\":\"", package->head.size);
    put_hexadecimal(out, package->head.root.bytes);
    buf_put_text(out, "\"}}");
}

/* The panel's title; what is not for publication says so in it. */
static void put_package_texts(struct buf *out, const struct datapackage *package)
{
    static const struct column_text told = {
        "Answers of a panel of volunteers: no probability sample, so nothing here is an estimate for the population. "
        "See docs/CODEBOOK.md.",
        "Antwoorden van een panel van vrijwilligers: geen kanssteekproef, dus niets hier is een schatting voor de "
        "bevolking. Zie docs/CODEBOOK.md."};
    static const struct column_text exact = {
        "Exact figures, without disclosure control: not for publication. Answers of a panel of volunteers: no "
        "probability sample, so nothing here is an estimate for the population. See docs/CODEBOOK.md.",
        "Exacte cijfers, zonder onthullingscontrole: niet voor publicatie. Antwoorden van een panel van "
        "vrijwilligers: geen kanssteekproef, dus niets hier is een schatting voor de bevolking. Zie docs/CODEBOOK.md."};
    static const struct column_text comments = {
        "Text answers as they were given: for the programme team alone, not for publication. See docs/CODEBOOK.md.",
        "Tekstantwoorden zoals ze zijn gegeven: alleen voor het programmateam, niet voor publicatie. Zie "
        "docs/CODEBOOK.md."};
    const struct labels *title = &package->context.catalogue->panel->title;
    bool is_exact = package->kind == DATAPACKAGE_TABLES && !package->context.release;
    put_title_members(out, (struct column_text){labels_text(title, "en"), labels_text(title, "nl")},
                      package->kind == DATAPACKAGE_COMMENTS ? comments
                      : is_exact                            ? exact
                                                            : told);
}

/* wau-round-1-release-2, wau-round-1-exact, wau-round-1-comments, wau-trends */
static void put_package_name(struct buf *out, const struct datapackage *package)
{
    const struct table_context *context = &package->context;
    const struct panel *panel = context->catalogue->panel;
    const char *round = panel->rounds[context->round].id;
    switch (package->kind) {
    case DATAPACKAGE_TABLES:
        buf_printf(out, "%s-%s%s", panel->id, round, context->release ? "" : "-exact");
        if (context->release)
            buf_printf(out, "-release-%" PRId64, context->release->number);
        return;
    case DATAPACKAGE_COMMENTS:
        buf_printf(out, "%s-%s-comments", panel->id, round);
        return;
    case DATAPACKAGE_TRENDS:
        buf_printf(out, "%s-trends", panel->id);
        return;
    }
}

void datapackage_put(struct buf *out, const struct datapackage *package)
{
    buf_put_text(out, "{\"$schema\":\"" PROFILES "datapackage.json\",\n \"name\":\"");
    put_package_name(out, package);
    buf_put_text(out, "\",\n ");
    put_package_texts(out, package);
    buf_put_text(out, ",\n");
    put_origin_member(out, package);
    buf_put_text(out, ",\n \"resources\":[\n");
    for (size_t i = 0; i < package->count; i++) {
        buf_put_text(out, i > 0 ? ",\n" : "");
        put_resource(out, package, &package->files[i]);
    }
    buf_put_text(out, "\n ]}\n");
}

/* Reading. */

static bool member_is_text(const struct json *object, const char *name, const char *wanted)
{
    const char *text = json_text(json_member(object, name));
    return text && strcmp(text, wanted) == 0;
}

static bool member_is_bool(const struct json *object, const char *name, bool wanted)
{
    bool value;
    return json_bool(json_member(object, name), &value) == 0 && value == wanted;
}

bool datapackage_is_same_kind(const struct datapackage *package, const char *text, size_t len)
{
    const struct table_context *context = &package->context;
    const struct panel *panel = context->catalogue->panel;
    struct json *document = json_parse(text, len, NULL);
    const struct json *origin = json_member(document, "burgerpanel");
    bool same = member_is_text(origin, "panel", panel->id) && member_is_text(origin, "holds", kinds[package->kind]) &&
                member_is_text(origin, "profile", context->format->name);
    if (package->kind != DATAPACKAGE_TRENDS)
        same = same && member_is_text(json_member(origin, "round"), "id", panel->rounds[context->round].id);
    if (package->kind == DATAPACKAGE_TABLES)
        same = same && member_is_bool(json_member(origin, "disclosure"), "exact", !context->release);
    json_free(document);
    return same;
}
