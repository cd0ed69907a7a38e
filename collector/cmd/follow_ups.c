/* follow-ups publish, list: what was done with answers, in the log for anyone. A text is followed or replaced, never
 * changed. */
#include "collector/state/follow_ups.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/number.h"
#include "base/utf8.h"
#include "collector/acts/follow_up.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include <string.h>

#define TEXT_MAX ((size_t)1024 * 1024) /* bytes that are read of a file */
#define REQUEST_MAX ((size_t)16 * 1024 * 1024)

/* What was typed. */
struct publication {
    const char *action, *status, *round, *replaces;
    const char *dutch, *english; /* files; english NULL: none */
};

/* The request. */

static bool is_utf8_text(const struct buf *text)
{
    for (size_t at = 0; at < text->len;) {
        size_t step = utf8_step(text->data + at, text->len - at);
        if (step == 0 || text->data[at] == '\0')
            return false;
        at += step;
    }
    return true;
}

/* Puts what a file of text says: without a byte order mark, with line ends as LF, without blanks at its end. */
static void put_plain_text(struct buf *out, const struct buf *file)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *text = buf_text(file);
    size_t from = strncmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0, to = file->len;
    while (to > from && strchr(" \t\r\n", text[to - 1]))
        to--;
    for (size_t i = from; i < to; i++)
        if (text[i] != '\r' || text[i + 1] != '\n')
            buf_put_char(out, text[i] == '\r' ? '\n' : text[i]);
}

/* Puts `"LANGUAGE":"TEXT"`. Returns the exit code. */
static int put_text_of_file(struct buf *out, const char *language, const char *path)
{
    struct buf file, plain;
    buf_init(&file, TEXT_MAX);
    buf_init(&plain, TEXT_MAX);
    int result = cmd_read_file(path, &file);
    if (result == CLI_DONE && !is_utf8_text(&file))
        result = cli_fail(T("%s is no text in UTF-8; save it as plain text, UTF-8",
                            "%s is geen tekst in UTF-8; sla het op als platte tekst, UTF-8"),
                          path);
    if (result == CLI_DONE) {
        put_plain_text(&plain, &file);
        buf_printf(out, "\"%s\":", language);
        json_put_string(out, buf_text(&plain), plain.len);
        result = buf_check(&plain) == 0 && buf_check(out) == 0 ? CLI_DONE : cmd_no_memory();
    }
    buf_free(&file);
    buf_free(&plain);
    return result;
}

/* The same JSON that is sent to the API, so that both are read by one reader. */
static int put_request(struct buf *out, const struct publication *p)
{
    buf_put_text(out, "{\"round\":");
    if (p->round)
        json_put_text(out, p->round);
    else
        buf_put_text(out, "null");
    buf_put_text(out, ",\"status\":");
    json_put_text(out, p->status);
    buf_printf(out, ",\"replaces\":%s,\"text\":{", p->replaces ? p->replaces : "null");
    int result = put_text_of_file(out, "nl", p->dutch);
    if (result == CLI_DONE && p->english) {
        buf_put_char(out, ',');
        result = put_text_of_file(out, "en", p->english);
    }
    buf_put_text(out, "}}");
    return result == CLI_DONE && buf_check(out) < 0 ? cmd_no_memory() : result;
}

/* Faults, by what was typed. */

static const char *typed_as(const struct publication *p, const char *where)
{
    if (strcmp(where, "/text/nl") == 0 || strcmp(where, "/text") == 0)
        return p->dutch;
    if (strcmp(where, "/text/en") == 0)
        return p->english ? p->english : where;
    if (strcmp(where, "/round") == 0)
        return "--round";
    return strcmp(where, "/replaces") == 0 ? "--replaces" : p->action;
}

static int tell_publication_faults(const struct publication *p, const struct faults *faults)
{
    if (faults->no_memory || faults->count == 0)
        return cmd_no_memory();
    for (size_t i = 0; i + 1 < faults->count; i++)
        cli_say("%s: %s", typed_as(p, faults->list[i].where), faults->list[i].what);
    const struct fault *last = &faults->list[faults->count - 1];
    return cli_fail("%s: %s", typed_as(p, last->where), last->what);
}

/* Publishing. */

/* Holds what is wanted against list, rounds and log. Returns the exit code. */
static int check_publication(struct store *store, const struct publication *p, const struct follow_up *wanted)
{
    struct error error;
    struct faults faults;
    struct catalogue *catalogue = catalogue_load(store, &error);
    struct follow_ups *follow_ups = catalogue ? follow_ups_load(store, &error) : NULL;
    int result = CLI_DONE;
    faults_init(&faults);
    if (!follow_ups)
        result = cli_fail("%s", error.text);
    else if (!follow_ups_allow(follow_ups, catalogue->panel, catalogue->actions, wanted, &faults))
        result = tell_publication_faults(p, &faults);
    faults_free(&faults);
    counted_release(follow_ups);
    catalogue_release(catalogue);
    return result;
}

static int publish_wanted(const struct publication *p, const struct follow_up *wanted)
{
    struct config config;
    struct act_wish wish;
    struct error error;
    int result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    result = check_publication(store, p, wanted);
    if (result == CLI_DONE)
        result = act_prepare_follow_up(&wish, wanted, &error) == 0
                     ? cmd_act(&config, store, &wish, T("it is published", "het is gepubliceerd"))
                     : cli_fail("%s", error.text);
    store_close(store);
    return result;
}

static int publish_request(const struct publication *p, const struct buf *request)
{
    struct follow_up wanted;
    struct faults faults;
    int result;
    faults_init(&faults);
    if (follow_up_read_request(buf_text(request), request->len, p->action, &wanted, &faults) == 0) {
        result = publish_wanted(p, &wanted);
        follow_up_free(&wanted);
    } else {
        result = tell_publication_faults(p, &faults);
    }
    faults_free(&faults);
    return result;
}

/* Returns the exit code. */
static int check_options(const struct publication *p)
{
    enum follow_up_status status;
    int64_t index;
    if (!p->dutch || !p->status || follow_up_status_find(p->status, &status) < 0)
        return cli_misuse(T("--text is needed, and --status considered, doing, done or notDone",
                            "--text is verplicht, en --status considered, doing, done of notDone"));
    if (p->replaces && number_read(p->replaces, 0, JSON_INTEGER_MAX, &index) < 0)
        return cli_misuse(
            T("--replaces must be the entry of an earlier follow-up, as `follow-ups list` has it",
              "--replaces moet de regel van een eerdere terugkoppeling zijn, zoals in `follow-ups list`"));
    return CLI_DONE;
}

int cmd_follow_ups_publish(const struct cli_verb *verb, int argc, char **argv)
{
    struct publication p = {0};
    const struct cli_option options[] = {
        {"status", "considered|doing|done|notDone", &p.status, NULL, "considered, doing, done or notDone (needed)",
         "considered (overwogen), doing (mee bezig), done (gedaan) of notDone (gebeurt niet) (verplicht)"},
        {"text", "FILE", &p.dutch, NULL, "what was done, in Dutch (needed)",
         "wat ermee gedaan is, in het Nederlands (verplicht)"},
        {"text-en", "FILE", &p.english, NULL, "the same in English", "hetzelfde in het Engels"},
        {"round", "ROUND", &p.round, NULL, "the round whose answers it is about",
         "de ronde waarvan het de antwoorden betreft"},
        {"replaces", "N", &p.replaces, NULL, "the entry of the one that it stands in for",
         "de regel van die waarvoor het in de plaats komt"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    struct buf request;
    if (result != CLI_RUN)
        return result;
    p.action = argv[first];
    result = check_options(&p);
    if (result != CLI_DONE)
        return result;
    buf_init(&request, REQUEST_MAX);
    result = put_request(&request, &p);
    if (result == CLI_DONE)
        result = publish_request(&p, &request);
    buf_free(&request);
    return result;
}

/* Listing. */

static void put_published_row(struct csv_writer *writer, const struct published *published)
{
    const struct follow_up *said = &published->said;
    csv_put_integer(writer, published->index);
    cmd_put_time(writer, published->published_at);
    csv_put_text(writer, said->action);
    csv_put_text(writer, said->round);
    csv_put_text(writer, follow_up_status_name(said->status));
    if (said->replaces >= 0)
        csv_put_integer(writer, said->replaces);
    else
        csv_put_empty(writer);
    csv_put_text(writer, labels_text(&said->text, "nl"));
    csv_end_row(writer);
}

int cmd_follow_ups_list(const struct cli_verb *verb, int argc, char **argv)
{
    int first, result = CLI_DONE;
    struct error error;
    struct store *store = cmd_begin(verb, argc, argv, 0, &first, &result);
    if (!store)
        return result;
    struct buf text;
    struct csv_writer writer;
    struct follow_ups *follow_ups = follow_ups_load(store, &error);
    buf_init(&text, SIZE_MAX);
    csv_begin(&writer, &text, &csv_rfc4180);
    buf_put_text(&text, "index,published,action,round,status,replaces,text\r\n");
    for (size_t i = 0; follow_ups && i < follow_ups->count; i++)
        put_published_row(&writer, &follow_ups->list[i]);
    result = follow_ups ? cmd_print(&text, CLI_TEXT) : cli_fail("%s", error.text);
    counted_release(follow_ups);
    buf_free(&text);
    store_close(store);
    return result;
}
