/* status: who this is, and how many responses are sent, waiting, refused. Asks nobody: it reads the folder alone. */
#include "base/json.h"
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/home/spool.h"
#include "client/terminal/failures.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include "panel/problem.h"

#define OUTPUT_MAX ((size_t)16 * 1024 * 1024)

struct counts {
    size_t sent, spooled, refused;
};

/* On its way to being printed: what was refused, one after the other. */
struct refusals {
    const char *home;
    struct buf *out;
    bool as_json;
    bool any;
};

static int put_refusal(void *context, const struct response_id *id)
{
    struct refusals *r = context;
    struct buf answer;
    buf_init(&answer, SPOOL_RECORD_MAX);
    if (spool_read_answer(r->home, id, SPOOL_REFUSED, &answer) < 0) {
        buf_free(&answer);
        return -1;
    }
    struct json *document = json_parse(buf_text(&answer), answer.len, NULL);
    const char *type = json_text(json_member(document, "type"));
    enum problem problem = type ? problem_find(type) : PROBLEM_NONE;
    if (r->as_json) {
        buf_printf(r->out, "%s{\"round\":\"%s\",\"action\":\"%s\",\"revision\":%lld,\"problem\":\"%s\"}",
                   r->any ? "," : "", id->round, id->action, (long long)id->revision, problem_name(problem));
    } else {
        buf_printf(r->out, "  %s %s (%lld): ", id->round, id->action, (long long)id->revision);
        messages_put_problem(r->out, problem, problem_status(problem));
        buf_put_char(r->out, '\n');
    }
    r->any = true;
    json_free(document);
    buf_free(&answer);
    return 0;
}

static void put_text_member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "\"%s\":", name);
    if (text && *text)
        json_put_text(out, text);
    else
        buf_put_text(out, "null");
    buf_put_char(out, ',');
}

static void put_status_as_json(struct buf *out, const struct profile *p, const struct counts *c)
{
    buf_put_char(out, '{');
    put_text_member(out, "home", p->home);
    put_text_member(out, "kid", p->kid);
    put_text_member(out, "panel", p->panel);
    put_text_member(out, "url", p->url);
    if (profile_is_enrolled(p))
        buf_printf(out, "\"index\":%lld,", (long long)p->index);
    buf_printf(out, "\"sent\":%zu,\"spooled\":%zu,\"refused\":%zu,\"refusals\":[", c->sent, c->spooled, c->refused);
}

static void put_status_as_text(struct buf *out, const struct profile *p, const struct counts *c)
{
    const char *none = T("(not enrolled)", "(niet aangemeld)");
    buf_printf(out,
               T("folder     %s\nmember     %s\npanel      %s\ncollector  %s\n",
                 "map          %s\nlid          %s\npanel        %s\nverzamelaar  %s\n"),
               p->home, *p->kid ? p->kid : none, p->panel ? p->panel : none, p->url ? p->url : none);
    buf_printf(
        out,
        T("sent       %zu\nwaiting    %zu\nrefused    %zu\n", "verstuurd    %zu\nwacht        %zu\ngeweigerd    %zu\n"),
        c->sent, c->spooled, c->refused);
}

static int print_status(const struct profile *profile, bool as_json)
{
    struct counts counts;
    struct buf out;
    int exit_code = CLI_FAILED;
    buf_init(&out, OUTPUT_MAX);
    struct refusals refusals = {.home = profile->home, .out = &out, .as_json = as_json};
    if (spool_count(profile->home, SPOOL_SENT, &counts.sent) < 0 ||
        spool_count(profile->home, SPOOL_WAITING, &counts.spooled) < 0 ||
        spool_count(profile->home, SPOOL_REFUSED, &counts.refused) < 0) {
        failure_tell_errno(profile->home);
    } else {
        (as_json ? put_status_as_json : put_status_as_text)(&out, profile, &counts);
        if (spool_each(profile->home, SPOOL_REFUSED, put_refusal, &refusals) != 0)
            failure_tell_errno(profile->home);
        else
            exit_code = CLI_DONE;
        buf_put_text(&out, as_json ? "]}\n" : "");
    }
    if (exit_code == CLI_DONE && output_print(&out) < 0)
        exit_code = CLI_FAILED;
    buf_free(&out);
    return exit_code;
}

int cmd_status(const struct cli_verb *verb, int argc, char **argv)
{
    const char *home = NULL;
    bool as_json = false;
    const struct cli_option options[] = {CMD_OPTION_HOME(&home), CMD_OPTION_JSON(&as_json), {0}};
    struct profile profile;
    int first;
    int exit_code = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (exit_code >= 0)
        return exit_code;
    if (cmd_open_home(&profile, home, false) < 0)
        return CLI_FAILED;
    exit_code = print_status(&profile, as_json);
    profile_close(&profile);
    return exit_code;
}
