/* invitations create, list, withdraw. Codes are shown once; the store keeps their hashes. Knows numbers, never
 * names. */
#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/cmd/cmd.h"
#include "panel/invitation.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CREATE_MAX 1000000

static void hash_invitation(const uint8_t code[static INVITATION_BYTES], uint8_t hash[static SHA256_BYTES])
{
    crypto_sha256(code, INVITATION_BYTES, hash);
}

/* Stores one new code and puts its row. */
static enum store_result put_new_code(struct store *store, int64_t number, struct csv_writer *writer)
{
    uint8_t code[INVITATION_BYTES], hash[SHA256_BYTES];
    char text[INVITATION_TEXT_SIZE];
    crypto_random(code, sizeof code);
    hash_invitation(code, hash);
    invitation_write(code, text);
    csv_put_integer(writer, number);
    csv_put_text(writer, text);
    csv_end_row(writer);
    mem_wipe(code, sizeof code);
    mem_wipe(text, sizeof text);
    return store_invitation_add(store, number, hash);
}

static enum store_result put_new_codes(struct store *store, int64_t count, struct buf *csv)
{
    struct csv_writer writer;
    struct invitation_counts now;
    csv_begin(&writer, csv, &csv_rfc4180);
    csv_put_text(&writer, "member");
    csv_put_text(&writer, "code");
    csv_end_row(&writer);
    if (store_invitation_count(store, &now) != STORE_OK)
        return STORE_FAILED;
    for (int64_t i = 1; i <= count; i++)
        if (put_new_code(store, now.last + i, &writer) != STORE_OK)
            return STORE_FAILED;
    return STORE_OK;
}

/* To the file, or to standard output, as far as the disk behind it. Returns the exit code. */
static int hand_out(const struct buf *csv, const char *out)
{
    if (out && file_create(out, csv->data, csv->len, 0600) < 0)
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

/* The codes are at hand, on the disk, before they count, and taken back when they can't be stored: no code is ever lost
 * or left over. */
static int create_invitations(struct store *store, int64_t count, const char *out)
{
    struct buf csv;
    int result = CLI_DONE;
    buf_init(&csv, SIZE_MAX);
    if (store_begin_invitations(store) != STORE_OK || put_new_codes(store, count, &csv) != STORE_OK)
        result = cmd_store_failed(store);
    else if (buf_check(&csv) < 0)
        result = cmd_no_memory();
    else if ((result = hand_out(&csv, out)) == CLI_DONE && store_commit(store) != STORE_OK) {
        result = cmd_store_failed(store);
        take_codes_back(out);
    }
    if (result != CLI_DONE)
        store_rollback(store);
    else if (out)
        cli_say(T("%lld %s written to %s", "%lld %s geschreven naar %s"), (long long)count,
                count == 1 ? T("invitation", "uitnodiging") : T("invitations", "uitnodigingen"), out);
    buf_wipe(&csv);
    return result;
}

int cmd_invitations_create(const struct cli_verb *verb, int argc, char **argv)
{
    const char *out = NULL;
    const struct cli_option options[] = {
        {"out", "FILE", &out, NULL, "write the codes to a new file, readable by you alone",
         "schrijf de codes naar een nieuw bestand, alleen voor u leesbaar"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (result != CLI_RUN)
        return result;
    int64_t count;
    if (number_read(argv[first], 1, CREATE_MAX, &count) < 0)
        return cli_misuse(T("N must be a number from 1 to %d", "N moet een getal van 1 tot en met %d zijn"),
                          CREATE_MAX);
    struct store *store = cmd_open(STORE_EXISTING, NULL, &result);
    if (!store)
        return result;
    result = create_invitations(store, count, out);
    store_close(store);
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

static int withdraw_invitation(struct store *store, const char *name)
{
    uint8_t hash[SHA256_BYTES];
    struct store_invitation invitation = {INVITATION_UNUSED, 0};
    if (store_begin(store) != STORE_OK)
        return cmd_store_failed(store);
    int result = find_invitation(store, name, hash);
    if (result != CLI_DONE)
        return result;
    switch (store_invitation_find(store, hash, &invitation)) {
    case STORE_OK:
        break;
    case STORE_NONE:
    case STORE_ERASED:
        return cli_fail(T("there is no invitation with this code", "er is geen uitnodiging met deze code"));
    case STORE_FAILED:
        return cmd_store_failed(store);
    }
    if (invitation.state == INVITATION_USED)
        return cli_fail(T("this invitation has been used; `members revoke` refuses the member's later responses",
                          "deze uitnodiging is gebruikt; `members revoke` weigert latere reacties van het panellid"));
    invitation.state = INVITATION_WITHDRAWN;
    if (store_invitation_mark(store, hash, &invitation) != STORE_OK || store_commit(store) != STORE_OK)
        return cmd_store_failed(store);
    cli_say("%s", T("the invitation is withdrawn", "de uitnodiging is ingetrokken"));
    return CLI_DONE;
}

int cmd_invitations_withdraw(const struct cli_verb *verb, int argc, char **argv)
{
    int first, result = CLI_DONE;
    struct store *store = cmd_begin(verb, argc, argv, 1, &first, &result);
    if (!store)
        return result;
    result = withdraw_invitation(store, argv[first]);
    store_rollback(store);
    store_close(store);
    return result;
}
