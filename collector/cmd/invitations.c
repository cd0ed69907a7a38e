/* invitations create, list, withdraw. Codes are shown once; the store keeps their hashes. Knows numbers, never
 * names. */
#include "collector/acts/invitations.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/fetch.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/url.h"
#include "collector/cmd/act.h"
#include "collector/cmd/cmd.h"
#include "panel/invitation.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void hash_invitation(const uint8_t code[static INVITATION_BYTES], uint8_t hash[static SHA256_BYTES])
{
    crypto_sha256(code, INVITATION_BYTES, hash);
}

/* New invitations: their rows for the office, and their hashes for the store. */
struct new_invitations {
    struct buf csv;
    struct buf codes; /* the document that the event is to name */
    uint8_t (*hashes)[SHA256_BYTES];
    size_t count;
    int64_t first, replaces;
    const char *url; /* of the pages; NULL: no links */
};

/* A cell with the link that a letter brings its reader to; what stands behind # is never sent. */
static void put_link_cell(struct csv_writer *writer, const char *url, const char *code)
{
    char link[FETCH_URL_MAX + INVITATION_TEXT_SIZE + sizeof "/#uitnodiging="];
    snprintf(link, sizeof link, "%s/#uitnodiging=%s", url, code);
    csv_put_text(writer, link);
    mem_wipe(link, sizeof link);
}

static void make_code(struct csv_writer *writer, const struct new_invitations *made, int64_t number,
                      uint8_t hash[static SHA256_BYTES])
{
    uint8_t code[INVITATION_BYTES];
    char text[INVITATION_TEXT_SIZE];
    crypto_random(code, sizeof code);
    hash_invitation(code, hash);
    invitation_write(code, text);
    csv_put_integer(writer, number);
    csv_put_text(writer, text);
    if (made->url)
        put_link_cell(writer, made->url, text);
    csv_end_row(writer);
    mem_wipe(code, sizeof code);
    mem_wipe(text, sizeof text);
}

static int make_codes(struct new_invitations *made)
{
    struct csv_writer writer;
    csv_begin(&writer, &made->csv, &csv_rfc4180);
    csv_put_text(&writer, "member");
    csv_put_text(&writer, "code");
    if (made->url)
        csv_put_text(&writer, "link");
    csv_end_row(&writer);
    made->hashes = mem_calloc(made->count, sizeof *made->hashes);
    if (!made->hashes)
        return cmd_no_memory();
    for (size_t i = 0; i < made->count; i++)
        make_code(&writer, made, made->first + (int64_t)i, made->hashes[i]);
    return buf_check(&made->csv) == 0 ? CLI_DONE : cmd_no_memory();
}

/* To the file, or to standard output, as far as the disk behind it. Returns the exit code. */
static int hand_out(const struct buf *csv, const char *out)
{
    if (out && file_create(out, csv->data, csv->len) < 0)
        return cli_fail(T("%s can't be written: %s; no invitations were made",
                          "%s kan niet geschreven worden: %s; er zijn geen uitnodigingen gemaakt"),
                        out, error_of_errno(errno));
    if (out)
        return CLI_DONE;
    if (fwrite(csv->data, 1, csv->len, stdout) == csv->len && fflush(stdout) == 0 &&
        (fsync(STDOUT_FILENO) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP)) /* a pipe, a terminal */
        return CLI_DONE;
    return cli_fail(T("the codes can't be written: %s; no invitations were made",
                      "de codes kunnen niet geschreven worden: %s; er zijn geen uitnodigingen gemaakt"),
                    error_of_errno(errno));
}

/* What was handed out before its codes could be stored. */
static void take_codes_back(const char *out)
{
    if (!out)
        cli_say("%s", T("the codes above are not valid", "de codes hierboven zijn niet geldig"));
    else if (file_remove(out) < 0)
        cli_say(T("remove %s: its codes are not valid", "verwijder %s: de codes zijn niet geldig"), out);
}

/* What the acts work with. */
static struct act_invitations wanted_of(const struct new_invitations *made)
{
    return (struct act_invitations){.first = made->first,
                                    .replaces = made->replaces,
                                    .hashes = (const uint8_t(*)[SHA256_BYTES])made->hashes,
                                    .count = made->count};
}

/* Puts the wish that they may be used. */
static int ask_for_invitations(struct store *store, const struct new_invitations *made, int64_t *id)
{
    struct act_wish wish;
    struct error error = {0};
    const struct act_invitations wanted = wanted_of(made);
    if (store_begin_invitations(store) != STORE_OK)
        return cmd_store_failed(store);
    int result = CLI_DONE;
    if (act_prepare_invitations(&wish, store, &wanted, &made->codes, &error) < 0) {
        result = cli_fail("%s", error.text);
    } else {
        result = cmd_act_ask(store, &wish, id) == 0 ? CLI_DONE : cmd_store_failed(store);
        act_wish_wipe(&wish);
    }
    if (result == CLI_DONE && store_commit(store) != STORE_OK)
        result = cmd_store_failed(store);
    if (result != CLI_DONE)
        store_rollback(store);
    return result;
}

/* Makes the codes and hands them out, then puts their hashes there and asks that they may be used. *given: they have
 * been handed out. */
static int make_and_ask(struct store *store, struct new_invitations *made, const char *out, int64_t *id, bool *given)
{
    struct error error = {0};
    int result = make_codes(made);
    if (result == CLI_DONE)
        result = hand_out(&made->csv, out);
    *given = result == CLI_DONE;
    buf_wipe(&made->csv);
    const struct act_invitations wanted = wanted_of(made);
    if (result == CLI_DONE && act_stage_invitations(store, &wanted, &made->codes, &error) < 0)
        result = cli_fail("%s", error.text);
    return result == CLI_DONE ? ask_for_invitations(store, made, id) : result;
}

/* Their numbers, so that no other verb gets the same. */
static int get_numbers(struct store *store, struct new_invitations *made)
{
    struct error error = {0};
    int64_t now = clock_now();
    if (act_tidy_invitations(store, now, &error) < 0 ||
        act_set_aside(store, made->count, now, &made->first, &error) < 0)
        return cli_fail("%s", error.text);
    return CLI_DONE;
}

static void tell_invitations(const struct new_invitations *made, const char *out)
{
    cli_say(T("%zu %s written to %s", "%zu %s geschreven naar %s"), made->count,
            made->count == 1 ? T("invitation", "uitnodiging") : T("invitations", "uitnodigingen"), out);
}

/* What was put there of them. Where the store can't be reached they stay, can't be used, and go with a later one. */
static void give_up(struct store *store, const struct new_invitations *made)
{
    struct error error = {0};
    const struct act_invitations wanted = wanted_of(made);
    if (act_give_up_invitations(store, &wanted, &made->codes, &error) < 0)
        cli_say("%s", error.text);
}

/* The codes are at hand, on the disk, before they count, and taken back when they can't be made to: no code is ever
 * lost or left over. So nothing stays in the queue either: what nobody has carried out in time is withdrawn. */
static int hand_out_invitations(const struct config *config, struct store *store, struct new_invitations *made,
                                const char *out)
{
    struct act_told told;
    int64_t id = 0;
    bool given = false;
    int result = get_numbers(store, made);
    if (result != CLI_DONE)
        return result;
    result = make_and_ask(store, made, out, &id, &given);
    if (result == CLI_DONE) {
        enum act_end end = cmd_act_wait(config, store, id, true, &told);
        if (end == ACT_END_DONE && out)
            tell_invitations(made, out);
        result = cmd_act_tell(end, &told);
    }
    if (result != CLI_DONE)
        give_up(store, made);
    if (result != CLI_DONE && given)
        take_codes_back(out);
    return result;
}

static int open_and_create(struct config *config, struct new_invitations *made, const char *out)
{
    int result;
    struct store *store = cmd_open(STORE_EXISTING, config, &result);
    if (!store)
        return result;
    buf_init(&made->csv, SIZE_MAX);
    buf_init(&made->codes, ACT_DOCUMENT_MAX);
    result = hand_out_invitations(config, store, made, out);
    buf_wipe(&made->csv);
    buf_free(&made->codes);
    mem_free(made->hashes);
    store_close(store);
    return result;
}

static int read_replaces(const char *text, struct new_invitations *made)
{
    if (!text || number_read(text, 0, (int64_t)made->count, &made->replaces) == 0)
        return CLI_DONE;
    return cli_misuse("%s", T("--replaces must be a number from 0 to N", "--replaces moet een getal van 0 tot en met N "
                                                                         "zijn"));
}

/* The address of the pages as links begin with it. Returns the exit code. */
static int read_pages_url(const char *typed, struct buf *url)
{
    if (!typed)
        return CLI_DONE;
    if (fetch_normalise_url(typed, url) < 0)
        return cli_misuse("%s", T("--url must be as https://panel.example.nl", "--url moet zijn zoals "
                                                                               "https://panel.example.nl"));
    if (url_is_exposed(buf_text(url)))
        cli_say("%s", T("mind: these links are http, so what members send can be read on the way",
                        "let op: deze links zijn http, dus wat leden versturen is onderweg te lezen"));
    return CLI_DONE;
}

int cmd_invitations_create(const struct cli_verb *verb, int argc, char **argv)
{
    const char *out = NULL, *replaces = NULL, *typed = NULL;
    const struct cli_option options[] = {
        {"out", "FILE", &out, NULL, "write the codes to a new file, readable by you alone",
         "schrijf de codes naar een nieuw bestand, alleen voor u leesbaar"},
        {"replaces", "K", &replaces, NULL, "how many of them stand in for withdrawn or lost ones; the log shows it",
         "hoeveel ervan in de plaats komen van ingetrokken of verloren; het logboek toont dat"},
        {"url", "URL", &typed, NULL, "a link beside each code, to the pages at this address, for letters",
         "een link naast elke code, naar de pagina's op dit adres, voor brieven"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    struct new_invitations made = {.hashes = NULL};
    struct config config;
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    int64_t count;
    if (result != CLI_RUN)
        return result;
    if (number_read(argv[first], 1, ACT_INVITATIONS_MAX, &count) < 0)
        return cli_misuse(T("N must be a number from 1 to %d", "N moet een getal van 1 tot en met %d zijn"),
                          ACT_INVITATIONS_MAX);
    made.count = (size_t)count;
    if (read_replaces(replaces, &made) != CLI_DONE)
        return CLI_USAGE;
    struct buf url;
    buf_init(&url, FETCH_URL_MAX);
    result = read_pages_url(typed, &url);
    made.url = typed ? buf_text(&url) : NULL;
    if (result == CLI_DONE)
        result = open_and_create(&config, &made, out);
    buf_free(&url);
    return result;
}

static enum store_result put_state_counts(struct store *store, struct csv_writer *writer)
{
    struct invitation_counts now;
    enum store_result result = store_invitation_count(store, &now);
    if (result != STORE_OK)
        return result;
    const struct {
        const char *name;
        int64_t count;
    } rows[] = {{"unused", now.unused}, {"used", now.used}, {"withdrawn", now.withdrawn}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        csv_put_text(writer, rows[i].name);
        csv_put_integer(writer, rows[i].count);
        csv_end_row(writer);
    }
    return STORE_OK;
}

int cmd_invitations_list(const struct cli_verb *verb, int argc, char **argv)
{
    return cmd_list(verb, argc, argv, "state,count\r\n", put_state_counts);
}

/* An invitation by its number, and the hash of its code. */
struct invitation_search {
    int64_t number;
    bool found;
    uint8_t hash[SHA256_BYTES];
};

static int compare_number(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                          const struct store_invitation *invitation)
{
    (void)invitation;
    struct invitation_search *search = context;
    if (number != search->number)
        return 0;
    memcpy(search->hash, hash, SHA256_BYTES);
    search->found = true;
    return 0;
}

/* The hash of the invitation of that number or code. Within a transaction. Returns the exit code. */
static int find_invitation(struct store *store, const char *name, uint8_t hash[static SHA256_BYTES])
{
    uint8_t code[INVITATION_BYTES];
    struct error error;
    struct invitation_search search = {.found = false};
    if (number_read(name, 1, INT64_MAX, &search.number) == 0) {
        if (store_invitation_each(store, compare_number, &search) != STORE_OK)
            return cmd_store_failed(store);
        if (!search.found)
            return cli_fail(T("there is no invitation %s", "er is geen uitnodiging %s"), name);
        memcpy(hash, search.hash, SHA256_BYTES);
        return CLI_DONE;
    }
    if (invitation_read(name, code, &error) < 0)
        return cli_misuse(T("this is no invitation code: %s", "dit is geen uitnodigingscode: %s"), error.text);
    hash_invitation(code, hash);
    mem_wipe(code, sizeof code);
    return CLI_DONE;
}

static int ask_for_withdrawal(const struct config *config, struct store *store, const char *name)
{
    uint8_t hash[SHA256_BYTES];
    struct act_wish wish;
    struct error error = {0};
    if (store_begin_reading(store) != STORE_OK)
        return cmd_store_failed(store);
    int result = find_invitation(store, name, hash);
    if (result == CLI_DONE && act_prepare_withdrawal(&wish, store, hash, &error) < 0)
        result = cli_fail("%s", error.text);
    store_rollback(store);
    if (result != CLI_DONE)
        return result;
    return cmd_act(config, store, &wish, T("the invitation is withdrawn", "de uitnodiging is ingetrokken"));
}

int cmd_invitations_withdraw(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    int first, result = cli_parse(verb, NULL, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    struct store *store = cmd_open(STORE_EXISTING, &config, &result);
    if (!store)
        return result;
    result = ask_for_withdrawal(&config, store, argv[first]);
    store_close(store);
    return result;
}
