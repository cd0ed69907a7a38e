/* Made by the verbs that administrators use, and put together as daemon/serve.c does it. */
#include "tests/fuzz/collector/world.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parallel.h"
#include "collector/api/api.h"
#include "collector/cmd/cmd.h"
#include "collector/http/loop.h"
#include "collector/log/log_keys.h"
#include "crypto/jws.h"
#include "panel/enrolment.h"
#include "panel/invitation.h"
#include "panel/response.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB ((size_t)1024 * 1024)
#define RESUME_MS 60000 /* in which a suspended exchange must have been resumed */
#define ANSWERS "{\"importance\":4,\"noticed\":\"no\"}"
#define JTI "AAAAAAAAAAAAAAAAAAAAAA"

static struct {
    char folder[256], dsn[300];
    struct secret_key *members[WORLD_ENROLLED + 1];
    char codes[WORLD_ENROLLED + 1][INVITATION_TEXT_SIZE];
    struct config config;
    struct service service;
    int claim; /* on the log's key */
    struct http_site sites[2];
    struct exchange_settings settings;
    struct connection_room room;
    struct http_loop loop; /* its inbox alone: nobody runs it */
    char scratch[CONNECTION_READ_MAX];
} world;

/* Files. */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    if (world.folder[0] != '\0')
        nftw(world.folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    world.folder[0] = '\0';
}

static void make_folder(void)
{
    char path[300];
    const char *where = getenv("TMPDIR");
    snprintf(world.folder, sizeof world.folder, "%s/world-XXXXXX", where ? where : "build");
    fuzz_require(mkdtemp(world.folder) != NULL);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%d", world.folder, i);
        fuzz_require(mkdir(path, 0700) == 0);
    }
}

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    ssize_t n;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    fuzz_require(in >= 0 && out >= 0);
    while ((n = read(in, bytes, sizeof bytes)) > 0)
        fuzz_require(write(out, bytes, (size_t)n) == n);
    fuzz_require(n == 0);
    close(in);
    close(out);
}

/* What was made, 0/, into the place where it is used, 1/. */
static void copy_store(void)
{
    char pattern[300], to[600];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/1/*", world.folder);
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            fuzz_require(unlink(found.gl_pathv[i]) == 0);
        globfree(&found);
    }
    snprintf(pattern, sizeof pattern, "%s/0/*", world.folder);
    fuzz_require(glob(pattern, 0, NULL, &found) == 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        snprintf(to, sizeof to, "%s/1/%s", world.folder, strrchr(found.gl_pathv[i], '/') + 1);
        copy_file(found.gl_pathv[i], to);
    }
    globfree(&found);
}

static void use_store(int place)
{
    snprintf(world.dsn, sizeof world.dsn, "sqlite:%s/%d/store", world.folder, place);
    *config_flag(CONFIG_STORE) = world.dsn;
    *config_flag(CONFIG_LOG_LEVEL) = "error";
    *config_flag(CONFIG_DISK_RESERVE) = "0";
}

/* The collector. */

static void start_parts(void)
{
    struct service *service = &world.service;
    service->shared.roster = roster_new();
    service->shared.catalogues = latest_new();
    service->shared.proofs = latest_new();
    service->config = &world.config;
    service->snapshots = snapshots_new(world.dsn, STORE_EXISTING, 4);
    service->walks = service->snapshots;
    service->workers = workers_start(1, 4);
    service->table_workers = workers_start(1, 4);
    service->openapi = api_openapi_new();
    service->prepared = latest_new();
    service->replays = replays_new(64, 30, 600);
    service->follow_ups = latest_new();
    service->action_history = api_kept_new();
    service->newest = api_kept_new();
    service->shared.responses = quota_new(120, 60, 64);
    service->shared.revisions = quota_new(20, 86400, 64);
    fuzz_require(refusal_log_init(&service->refusals) == 0);
}

static void open_keys(void)
{
    struct service *service = &world.service;
    struct log_keys keys = {NULL, NULL};
    const struct log_key_names names = {.dsn = world.dsn, .log_key = "", .operator_key = ""};
    struct error error = {0};
    service->reader = reader_open(world.dsn, &error);
    service->access_log = reader_open(world.dsn, &error);
    fuzz_require(service->reader && service->access_log);
    struct store *store = reader_take(service->reader);
    fuzz_require(store && log_keys_claim(&names, &world.claim, &error) == 0 &&
                 log_keys_open(&keys, store, &names, world.claim, &error) == STORE_OK);
    reader_give_back(service->reader);
    service->shared.signer = keys.signer;
    service->shared.operator_key = keys.operator_key;
}

static void start_room(void)
{
    world.sites[0] = (struct http_site){api_routes, &world.service};
    world.settings = (struct exchange_settings){
        .sites = world.sites, .account.max = 64 * MIB, .aside.max = 64 * MIB, .wait_max_us = INT64_MAX};
    pthread_mutex_init(&world.settings.lock, NULL);
    pthread_cond_init(&world.settings.settled, NULL);
    world.room = (struct connection_room){.settings = &world.settings, .scratch = world.scratch, .date = "now"};
    world.room.limits = (struct connection_limits){
        .head_us = INT64_MAX, .idle_us = INT64_MAX, .body_us = INT64_MAX, .answer_us = INT64_MAX};
    buf_init(&world.room.head, SIZE_MAX);
    world.loop.wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    fuzz_require(world.loop.wakeup >= 0);
}

static void start_collector(int place)
{
    struct error error = {0};
    use_store(place);
    world.service = (struct service){0};
    fuzz_require(config_read(&world.config) == CLI_DONE);
    start_parts();
    open_keys();
    const struct commit_options options = {.dsn = world.dsn, .capacity = 64};
    world.service.queue = commit_start(&options, &world.service.shared, &error);
    fuzz_require(world.service.queue != NULL);
    start_room();
}

static void free_latest(struct service *service)
{
    latest_free(service->shared.proofs);
    latest_free(service->follow_ups);
    api_kept_free(service->action_history);
    api_kept_free(service->newest);
    latest_free(service->shared.catalogues);
    latest_free(service->prepared);
}

static void stop_collector(void)
{
    struct service *service = &world.service;
    workers_stop(service->workers);
    workers_stop(service->table_workers);
    commit_stop(service->queue);
    workers_free(service->workers);
    workers_free(service->table_workers);
    commit_free(service->queue);
    signer_close(service->shared.signer);
    operator_close(service->shared.operator_key);
    free_latest(service);
    roster_free(service->shared.roster);
    quota_free(service->shared.responses);
    quota_free(service->shared.revisions);
    snapshots_free(service->snapshots);
    reader_close(service->reader);
    reader_close(service->access_log);
    http_static_free(service->openapi);
    replays_free(service->replays);
    refusal_log_destroy(&service->refusals);
    close(world.claim);
    buf_free(&world.room.head);
    pthread_cond_destroy(&world.settings.settled);
    pthread_mutex_destroy(&world.settings.lock);
    close(world.loop.wakeup);
}

/* What administrators and members have done before. */

static const struct cli_verb verbs[] = {
    {"panel import", "FILE", "", "", cmd_panel_import},
    {"actions import", "FILE", "", "", cmd_actions_import},
    {"release create", "ROUND", "", "", cmd_release_create},
    {"follow-ups publish", "ACTION", "", "", cmd_follow_ups_publish},
};

static void run_verb(const char *noun, const char *what, const char *operand)
{
    static const struct cli_program program = {.name = "world",
                                               .version = "0",
                                               .english = "",
                                               .dutch = "",
                                               .verbs = verbs,
                                               .count = 4,
                                               .common = config_common};
    char words[4][64] = {"world"};
    char *argv[] = {words[0], words[1], words[2], words[3], NULL};
    int spoken[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)}, silent = open("/dev/null", O_WRONLY | O_CLOEXEC);
    snprintf(words[1], sizeof words[1], "%s", noun);
    snprintf(words[2], sizeof words[2], "%s", what);
    snprintf(words[3], sizeof words[3], "%s", operand);
    fflush(NULL);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        fuzz_require(dup2(silent, fd) == fd);
    int result = cli_run(&program, 4, argv);
    fflush(NULL);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        fuzz_require(dup2(spoken[fd - STDOUT_FILENO], fd) == fd);
        close(spoken[fd - STDOUT_FILENO]);
    }
    close(silent);
    fuzz_require(result == CLI_DONE);
}

static void invite(void)
{
    struct error error = {0};
    struct store *store = store_open(world.dsn, STORE_EXISTING, &error);
    struct store_token token = {
        .name = "analyst", .role = "analyst", .exact = true, .publish = true, .created_at = WORLD_NOW};
    fuzz_require(store != NULL);
    for (unsigned i = 0; i <= WORLD_ENROLLED; i++) {
        uint8_t seed[SHA256_BYTES], hash[SHA256_BYTES];
        crypto_sha256(&i, sizeof i, seed);
        world.members[i] = secret_key_from_seed(seed);
        fuzz_require(world.members[i] != NULL);
        crypto_sha256(seed, sizeof seed, seed);
        invitation_write(seed, world.codes[i]);
        crypto_sha256(seed, INVITATION_BYTES, hash);
        fuzz_require(store_invitation_add(store, (int64_t)i + 1, hash) == STORE_OK);
    }
    token_hash(WORLD_TOKEN, token.hash);
    fuzz_require(store_token_add(store, &token) == STORE_OK);
    store_close(store);
}

static void post(const char *path, const char *typ, const struct secret_key *key, const struct buf *payload)
{
    struct buf jws, request, answer;
    buf_init(&jws, JWS_MAX);
    buf_init(&request, JWS_MAX * 2);
    buf_init(&answer, MIB);
    jws_sign(&jws, key, typ, payload->data, payload->len);
    buf_printf(&request,
               "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/jose\r\nContent-Length: %zu\r\n\r\n%s", path,
               jws.len, buf_text(&jws));
    fuzz_require(buf_check(&jws) == 0 && buf_check(&request) == 0);
    world_talk(request.data, request.len, 0, &answer);
    fuzz_require(strncmp(buf_text(&answer), "HTTP/1.1 201 ", 13) == 0);
    buf_free(&jws);
    buf_free(&request);
    buf_free(&answer);
}

static void enrol_and_answer(size_t i)
{
    struct buf payload;
    uint8_t public_key[KEY_BYTES];
    const struct response_claims claims = {.aud = "wau",
                                           .round = "round-1",
                                           .action = "WA-1.02",
                                           .jti = JTI,
                                           .revision = 1,
                                           .iat = WORLD_NOW,
                                           .answers = ANSWERS,
                                           .answers_len = sizeof ANSWERS - 1};
    secret_key_public(world.members[i], public_key);
    buf_init(&payload, JWS_MAX);
    enrolment_put_claims(&payload, "wau", JTI, WORLD_NOW, world.codes[i], public_key);
    post("/v1/members", ENROLMENT_TYP, world.members[i], &payload);
    buf_reset(&payload);
    response_put_claims(&payload, &claims);
    post("/v1/responses", RESPONSE_TYP, world.members[i], &payload);
    buf_free(&payload);
}

static void make_past(void)
{
    use_store(0);
    run_verb("panel", "import", "fixtures/panel.json");
    run_verb("actions", "import", "fixtures/actions.csv");
    invite();
    start_collector(0);
    for (size_t i = 0; i < WORLD_ENROLLED; i++)
        enrol_and_answer(i);
    stop_collector();
    run_verb("release", "create", "round-1");
}

void world_start(void)
{
    fuzz_require(crypto_start() == 0);
    clock_set(WORLD_NOW);
    log_set_level(LOG_ERROR);
    make_folder();
    atexit(world_stop);
    make_past();
    copy_store();
    start_collector(1);
}

void world_stop(void)
{
    if (world.folder[0] == '\0')
        return;
    stop_collector();
    for (size_t i = 0; i <= WORLD_ENROLLED; i++)
        secret_key_free(world.members[i]);
    remove_folder();
}

void world_renew(void)
{
    stop_collector();
    copy_store();
    start_collector(1);
}

/* A connection. */

struct talk {
    struct connection *connection;
    int peer;
    struct buf *answers;
};

static void take_answers(const struct talk *talk)
{
    char bytes[16384];
    ssize_t n;
    while ((n = recv(talk->peer, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        buf_put(talk->answers, bytes, (size_t)n);
}

/* libFuzzer's clock interrupts calls. */
static void await_wakeup(void)
{
    uint64_t count;
    struct pollfd woken = {.fd = world.loop.wakeup, .events = POLLIN};
    int n;
    do
        n = poll(&woken, 1, RESUME_MS);
    while (n < 0 && errno == EINTR);
    fuzz_require(n == 1 && read(world.loop.wakeup, &count, sizeof count) > 0);
}

static enum connection_need wait_for_resume(const struct talk *talk)
{
    while (!atomic_load(&world.loop.inbox))
        await_wakeup();
    atomic_store(&world.loop.woken, false);
    fuzz_require(atomic_exchange(&world.loop.inbox, NULL) == talk->connection);
    return connection_resume(talk->connection);
}

/* Goes on until it waits for bytes, or has ended. */
static enum connection_need go_on(const struct talk *talk)
{
    struct connection *c = talk->connection;
    c->channel.readable = c->channel.writable = true;
    enum connection_need need = connection_proceed(c);
    for (;;) {
        take_answers(talk);
        c->channel.writable = true;
        if (need == CONNECTION_ENDED)
            return need;
        if (need == CONNECTION_WAITS && c->state == CONNECTION_HANDLED)
            need = wait_for_resume(talk);
        else if (need == CONNECTION_HAS_MORE || c->state == CONNECTION_SENDS)
            need = connection_proceed(c);
        else
            return need;
    }
}

void world_talk(const char *bytes, size_t len, size_t piece, struct buf *answers)
{
    int ends[2];
    fuzz_require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    struct talk talk = {connection_new(ends[0], NULL, &(struct address){{0}}), ends[1], answers};
    enum connection_need need = CONNECTION_WAITS;
    fuzz_require(talk.connection != NULL);
    world.room.now = clock_monotonic_us();
    connection_begin(talk.connection, &world.loop, &world.room);
    for (size_t at = 0, n; at < len && need != CONNECTION_ENDED; at += n) {
        n = piece > 0 && piece < len - at ? piece : len - at;
        ssize_t sent = send(talk.peer, bytes + at, n, MSG_NOSIGNAL);
        fuzz_require(sent > 0);
        n = (size_t)sent;
        need = go_on(&talk);
    }
    shutdown(talk.peer, SHUT_WR);
    talk.connection->channel.hung_up = true;
    while (need != CONNECTION_ENDED)
        need = go_on(&talk);
    connection_free(talk.connection);
    take_answers(&talk);
    close(talk.peer);
}

/* What is asked of it. */

uint64_t world_entries(void)
{
    struct proofs *proofs = proofs_now(world.service.shared.proofs);
    uint64_t size = proofs->head.size;
    proofs_release(proofs);
    return size;
}

const struct secret_key *world_member(size_t i)
{
    return world.members[i];
}

const struct note_key *world_log_key(void)
{
    return signer_public(world.service.shared.signer);
}

size_t world_charged(void)
{
    return atomic_load(&world.settings.account.used) + atomic_load(&world.settings.aside.used);
}

size_t world_under_way(void)
{
    return atomic_load(&world.settings.under_way);
}
