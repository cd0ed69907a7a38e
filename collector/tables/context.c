/* The questionnaire is given as it was imported, so that nothing of it is lost on the way. Knows no figure, and neither
 * of the documents that hold what it puts. */
#include "collector/tables/context.h"
#include "base/clock.h"
#include "base/json.h"
#include <inttypes.h>
#include <string.h>

void context_set_participation(struct table_context *context, const struct invitation_counts *counts)
{
    context->invited = counts->unused + counts->used;
    context->enrolled = counts->used;
}

static const struct questionnaire *questionnaire_of_round(const struct table_context *context)
{
    const struct panel *panel = context->catalogue->panel;
    return round_questionnaire(panel, &panel->rounds[context->round]);
}

struct column_source context_columns(const struct table_context *context, enum table table)
{
    return (struct column_source){
        .table = table, .questionnaire = questionnaire_of_round(context), .released = context->release != NULL};
}

/* Whether its figures are exact: those of comments and trends never are. */
static bool is_exact(const struct table_context *context, enum table table)
{
    return !context->release && table <= TABLE_OPTIONS;
}

struct column_text context_title(const struct table_context *context, enum table table)
{
    return is_exact(context, table) ? table_exact_title(table) : table_title(table);
}

struct column_text context_description(const struct table_context *context, enum table table)
{
    return is_exact(context, table) ? table_exact_description(table) : table_description(table);
}

static void put_dated_round(struct buf *out, const struct round *round)
{
    char opens[CLOCK_TEXT_SIZE], closes[CLOCK_TEXT_SIZE];
    clock_format(round->opens_at, opens);
    clock_format(round->closes_at, closes);
    buf_put_text(out, "\"round\":{\"id\":");
    json_put_text(out, round->id);
    buf_printf(out, ",\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"titles\":", opens, closes);
    labels_put_json(out, &round->title);
    buf_put_char(out, '}');
}

static void put_table_release(struct buf *out, const struct table_release *release)
{
    if (release)
        buf_printf(out, "\"release\":{\"number\":%" PRId64 ",\"final\":%s,\"size\":%" PRId64 "},\n  ", release->number,
                   release->is_final ? "true" : "false", release->size);
}

static void put_disclosure_rules(struct buf *out, const struct table_context *context)
{
    const struct panel *panel = context->catalogue->panel;
    if (context->release)
        buf_printf(out,
                   "\"disclosure\":{\"exact\":false,\"rule\":2,\"minRespondents\":%" PRId64 ",\"roundTo\":%" PRId64
                   ",\"minChanged\":%" PRId64 "}",
                   panel->min_respondents, panel->round_to, panel->min_changed);
    else
        buf_put_text(out, "\"disclosure\":{\"exact\":true}");
}

/* The questionnaire of that id in the definition as imported. */
static const struct json *find_questionnaire(const struct json *definition, const char *id)
{
    const struct json *found = json_first(json_member(definition, "questionnaires"));
    while (found && strcmp(json_text(json_member(found, "id")), id) != 0)
        found = json_next(found);
    return found;
}

static void put_questionnaire(struct buf *out, const struct table_context *context)
{
    const struct buf *text = &context->catalogue->definition;
    struct json *definition = json_parse(buf_text(text), text->len, NULL);
    const struct json *found = find_questionnaire(definition, questionnaire_of_round(context)->id);
    buf_put_text(out, "\"questionnaire\":");
    if (found)
        json_put_value(out, found);
    else
        out->failed = true; /* it was read before, so memory lacks */
    json_free(definition);
}

/* The members of what was said when the release was made. */
static void put_note(struct buf *out, const struct json *note)
{
    size_t count = 0;
    for (const struct json *member = json_first(note); member; member = json_next(member)) {
        buf_put_text(out, count++ > 0 ? ",\n  " : "");
        json_put_text(out, json_name(member));
        buf_put_char(out, ':');
        json_put_value(out, member);
    }
}

void context_put(struct buf *out, const struct table_context *context)
{
    if (context->note) {
        put_note(out, context->note);
        return;
    }
    const struct panel *panel = context->catalogue->panel;
    buf_put_text(out, "\"panel\":");
    json_put_text(out, panel->id);
    buf_put_text(out, ",\n  ");
    put_dated_round(out, &panel->rounds[context->round]);
    buf_put_text(out, ",\n  ");
    put_table_release(out, context->release);
    buf_printf(out, "\"participation\":{\"invited\":%" PRId64 ",\"enrolled\":%" PRId64 "},\n  ", context->invited,
               context->enrolled);
    put_disclosure_rules(out, context);
    buf_put_text(out, ",\n  ");
    put_questionnaire(out, context);
}
