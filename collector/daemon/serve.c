/* Starting, waiting for a signal, stopping. */
#include "collector/daemon/serve.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/parallel.h"
#include "collector/api/api.h"
#include "collector/daemon/listening.h"
#include "collector/daemon/pages.h"
#include "collector/daemon/sandbox.h"
#include "collector/log/log_keys.h"
#include "panel/warnings.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define QUIESCE_SECONDS 20
#define BUSY_TRIES 15 /* for a lock that another process has */
#define BUSY_MS 100
#define BATCHES_WAITING 64
#define TABLE_THREADS 2 /* that make tables */
#define TABLES_WAITING 14 /* to be made; each holds a moment of the store meanwhile */
#define READ_PATIENCE 10 /* seconds with a store that is far away */
#define MIB ((size_t)1024 * 1024)
#define SECOND_US INT64_C(1000000)
#define OTHER_DESCRIPTORS 1500 /* beside those of `connections`: the reserve, tables, answers set aside, the store */

/* What a running collector consists of, in the order in which it is started. */
struct running {
    int claim; /* on the log's key; -1: none */
    struct service service;
    struct web *web; /* the pages; NULL: they are off */
    struct http_site sites[3]; /* what is served: the API, the pages, the end */
    struct http_site metrics_sites[2];
    bool counts_refusals; /* service.refusals has been made */
    struct http_server *metrics; /* NULL: none */
    struct http_server *server;
    sigset_t signals;
};

/* The index over the store's log of changes is memory that is backed by a file; where that is cut, there is nothing to
 * go on with. Whatever was answered is in the store, and the next start finds it. */
static void tell_cut_index(int signal)
{
    static const char line[] =
        "error store: -shm was cut off by another program, so the collector ends; start it again\n";
    (void)signal;
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
}

/* Signals go to this thread alone, which waits for them; the others inherit the mask. */
static void hold_signals(struct running *running)
{
    const struct sigaction once = {.sa_handler = tell_cut_index, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGBUS, &once, NULL); /* which comes again at once, and then ends the process */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file as large as may be is an error like any other */
    sigemptyset(&running->signals);
    sigaddset(&running->signals, SIGTERM);
    sigaddset(&running->signals, SIGINT);
    sigaddset(&running->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &running->signals, NULL);
}

/* Each connection takes a descriptor, and so do the store's files and the connections that are turned away. */
static void raise_descriptors(const struct config *config)
{
    uint64_t wanted = config_number(config, CONFIG_CONNECTIONS) + OTHER_DESCRIPTORS;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted)
        log_warning("this process may open %llu files, too few for `connections`: raise its limit (ulimit -n, "
                    "LimitNOFILE) to %llu",
                    (unsigned long long)limit.rlim_cur, (unsigned long long)wanted);
}

/* What another process has for a moment, such as a verb that carries out an act by itself, is waited for. true: try
 * once more. */
static bool is_worth_waiting(const struct error *error, unsigned *tries)
{
    if (error->kind != ERROR_BUSY || ++*tries > BUSY_TRIES)
        return false;
    clock_sleep_ms(BUSY_MS);
    return true;
}

static bool has_standby(const struct config *config)
{
    return config->values[CONFIG_READ_STORE][0] != '\0';
}

/* Whether the standby is one of this store, by the key of its log; one that can't be asked now may be later. */
static int check_standby(struct service *service, struct store *store, struct error *error)
{
    struct error why = {0};
    struct buf ours, theirs;
    bool is_same = true;
    struct store *standby = snapshots_take(service->walks, &why);
    if (!standby) {
        log_warning("store: read_store can't be read, and tables are refused until it can: %s", why.text);
        return 0;
    }
    buf_init(&ours, NOTE_MAX);
    buf_init(&theirs, NOTE_MAX);
    if (store_log_key_read(store, &ours) == STORE_OK && store_log_key_read(standby, &theirs) == STORE_OK)
        is_same = strcmp(buf_text(&ours), buf_text(&theirs)) == 0;
    buf_free(&ours);
    buf_free(&theirs);
    snapshots_give_back(service->walks, standby);
    return is_same ? 0
                   : error_set(error, ERROR_REFUSED, "%s",
                               T("read_store is of another log than the store; name a standby of this one",
                                 "read_store is van een ander logboek dan de opslag; noem een standby van deze"));
}

static struct log_key_names key_names(const struct config *config)
{
    return (struct log_key_names){.dsn = config->values[CONFIG_STORE],
                                  .log_key = config->values[CONFIG_LOG_KEY],
                                  .operator_key = config->values[CONFIG_OPERATOR_KEY]};
}

/* -1: a line has been written. */
static int claim_key(struct running *running, const struct config *config)
{
    const struct log_key_names names = key_names(config);
    struct error error;
    unsigned tries = 0;
    int result;
    do
        result = log_keys_claim(&names, &running->claim, &error);
    while (result < 0 && is_worth_waiting(&error, &tries));
    if (result < 0)
        cli_fail("%s", error.text);
    return result;
}

/* Opens the store for reading, and with what it says of itself the keys of its log. */
static int open_keys(struct running *running, const struct config *config, struct error *error)
{
    struct service *service = &running->service;
    struct log_keys keys = {NULL, NULL};
    const struct log_key_names names = key_names(config);
    unsigned tries = 0;
    if (running->claim < 0 && log_keys_claim(&names, &running->claim, error) < 0)
        return -1; /* where nothing is bounded, after all that may be said before */
    service->reader = reader_open(config->values[CONFIG_STORE], error);
    service->access_log = service->reader ? reader_open(config->values[CONFIG_STORE], error) : NULL;
    if (!service->access_log)
        return -1;
    struct store *store = reader_take(service->reader);
    if (!store)
        return -1; /* it has been opened a moment ago */
    enum store_result found;
    do
        found = log_keys_open(&keys, store, &names, running->claim, error);
    while (found == STORE_FAILED && is_worth_waiting(error, &tries));
    if (found == STORE_OK && has_standby(config) && check_standby(service, store, error) < 0)
        found = STORE_FAILED;
    reader_give_back(service->reader);
    if (found == STORE_NONE)
        catalogue_no_panel(error);
    service->shared.signer = keys.signer;
    service->shared.operator_key = keys.operator_key;
    return found == STORE_OK ? 0 : -1;
}

/* The other collectors, and the first checkpoint from the one at `join`, if that is not NULL. */
static int open_peers(struct ledger_shared *shared, const struct config *config, const char *join, struct error *error)
{
    bool in_plain = config_is_on(config, CONFIG_BEHIND_PROXY);
    if (peers_open(config->values[CONFIG_PEERS], in_plain, &shared->peers, error) < 0)
        return -1;
    return join ? peers_join(join, in_plain, shared->signer, error) : 0;
}

/* Who reads while the writer has the store open; both have to close before it is opened anew. */
static bool let_readers_go(void *context)
{
    struct service *service = context;
    reader_let_go(service->reader);
    reader_let_go(service->access_log);
    return snapshots_let_go(service->snapshots);
}

static void resume_readers(void *context)
{
    struct service *service = context;
    api_forget_read(service);
    reader_resume(service->reader);
    reader_resume(service->access_log);
    snapshots_resume(service->snapshots);
}

static bool is_store_away(void *context)
{
    const struct service *service = context;
    return !commit_is_healthy(service->queue);
}

/* Once there is a writer to tell whether the store is there. An HTTP thread waits for reading, and others for it, so
 * that is for less than what a slow standby may need for a commit; a note of who read what is a commit. */
static void bound_readers(struct service *service, const struct config *config)
{
    unsigned patience = (unsigned)config_number(config, CONFIG_COMMIT_TIMEOUT);
    reader_bound(service->reader, patience < READ_PATIENCE ? patience : READ_PATIENCE, is_store_away, service);
    reader_bound(service->access_log, patience, is_store_away, service);
}

static struct commit_queue *start_writer(struct service *service, const struct config *config, struct error *error)
{
    const struct commit_options options = {
        .dsn = config->values[CONFIG_STORE],
        .capacity = config_number(config, CONFIG_QUEUE),
        .wait_max_us = (int64_t)config_number(config, CONFIG_WAIT_MAX) * SECOND_US,
        .patience = (unsigned)config_number(config, CONFIG_COMMIT_TIMEOUT),
        .reserve = config_number(config, CONFIG_DISK_RESERVE) * MIB,
        .readers = {.let_go = let_readers_go, .resume = resume_readers, .context = service}};
    struct commit_queue *queue;
    unsigned tries = 0;
    do
        queue = commit_start(&options, &service->shared, error);
    while (!queue && is_worth_waiting(error, &tries));
    return queue;
}

#define MINUTE 60
#define DAY INT64_C(86400)
#define MEMBERS_REMEMBERED 65536 /* of those who send within a minute */
#define ACCESS_REMEMBERED 16384 /* requests of members for their own data, 32 bytes each */
#define ACCESS_EACH 30 /* of one member */
#define ACCESS_SECONDS 600 /* for as long as their iat lets them in: twice OWN_DATA_SKEW */
#define ADDRESSES_REMEMBERED 65536 /* of those who are refused, 16 bytes each */
#define REFUSED_SECONDS 600 /* over which that is bounded */
#define REVISIONS_REMEMBERED 262144 /* actions answered anew within a day */

/* What one member may send; 0 in the settings is any number. -1: no memory. */
static int make_quotas(struct ledger_shared *shared, const struct config *config)
{
    unsigned responses = (unsigned)config_number(config, CONFIG_MEMBER_RESPONSES);
    unsigned revisions = (unsigned)config_number(config, CONFIG_MEMBER_REVISIONS);
    if (responses > 0 && (shared->responses = quota_new(responses, MINUTE, MEMBERS_REMEMBERED)) == NULL)
        return -1;
    if (revisions > 0 && (shared->revisions = quota_new(revisions, DAY, REVISIONS_REMEMBERED)) == NULL)
        return -1;
    return 0;
}

/* What may be refused from one address; 0 in the settings is any number. -1: no memory. */
static int make_limiter(struct limiter **out, const struct config *config, enum config_key key)
{
    unsigned most = (unsigned)config_number(config, key);
    if (most > 0)
        *out = limiter_new(most, REFUSED_SECONDS, ADDRESSES_REMEMBERED);
    return most == 0 || *out ? 0 : -1;
}

static int make_pages(struct running *running, const struct config *config, struct error *error)
{
    if (pages_make(config, &running->web, error) < 0)
        return -1;
    running->service.release = running->web ? web_manifest(running->web)->release : NULL;
    return 0;
}

/* What is kept of the log for who reads it (api/kept.h). -1: no memory. */
static int make_kept(struct service *service)
{
    service->follow_ups = latest_new();
    service->action_history = api_kept_new();
    service->newest = api_kept_new();
    return service->follow_ups && service->action_history && service->newest ? 0 : -1;
}

/* -1: a line has been written; so below. */
static int start_service(struct running *running, const struct config *config, const char *join)
{
    struct service *service = &running->service;
    struct error error;
    error_no_memory(&error);
    service->shared.roster = roster_new();
    service->shared.catalogues = latest_new();
    service->shared.proofs = latest_new();
    service->shared.log_time = &service->log_time;
    service->config = config;
    service->snapshots = snapshots_new(config->values[CONFIG_STORE], STORE_EXISTING, TABLE_THREADS + TABLES_WAITING);
    service->walks = has_standby(config) ? snapshots_new(config->values[CONFIG_READ_STORE], STORE_READING,
                                                         TABLE_THREADS + TABLES_WAITING)
                                         : service->snapshots;
    service->workers = workers_start(parallel_cores(), BATCHES_WAITING);
    service->table_workers = workers_start(TABLE_THREADS, TABLES_WAITING);
    service->openapi = api_openapi_new();
    service->prepared = latest_new();
    service->replays = replays_new(ACCESS_REMEMBERED, ACCESS_EACH, ACCESS_SECONDS);
    running->counts_refusals = refusal_log_init(&service->refusals) == 0;
    if (service->openapi && service->prepared && service->replays && running->counts_refusals &&
        service->shared.roster && service->shared.catalogues && service->shared.proofs && make_kept(service) == 0 &&
        service->snapshots && service->walks && service->workers && service->table_workers &&
        make_quotas(&service->shared, config) == 0 &&
        make_limiter(&service->enrolments, config, CONFIG_ADDRESS_ENROLMENTS) == 0 &&
        make_limiter(&service->tokens, config, CONFIG_ADDRESS_TOKENS) == 0 &&
        make_pages(running, config, &error) == 0 && open_keys(running, config, &error) == 0 &&
        open_peers(&service->shared, config, join, &error) == 0)
        service->queue = start_writer(service, config, &error);
    if (service->queue) {
        bound_readers(service, config);
        return 0;
    }
    cli_fail("%s", error.text);
    return -1;
}

static int start_http(struct running *running, const struct config *config)
{
    running->sites[0] = (struct http_site){api_routes, &running->service};
    running->sites[1] = (struct http_site){running->web ? web_routes : NULL, running->web};
    running->metrics_sites[0] = (struct http_site){api_metrics_routes, &running->service};
    if (config->values[CONFIG_METRICS_LISTEN][0] != '\0') {
        running->metrics = listening_start(config, CONFIG_METRICS_LISTEN, running->metrics_sites);
        if (!running->metrics)
            return -1;
    }
    running->server = listening_start(config, CONFIG_LISTEN, running->sites);
    return running->server ? 0 : -1;
}

/* New connections are refused first, then each stage runs dry in the order of the walk, so that nothing begun is left
 * unanswered. */
static void stop_all(struct running *running)
{
    struct service *service = &running->service;
    peers_stop(service->shared.peers);
    if (running->server)
        http_quiesce(running->server, QUIESCE_SECONDS);
    workers_stop(service->workers);
    workers_stop(service->table_workers);
    commit_stop(service->queue);
    if (running->server) {
        http_quiesce(running->server, 1);
        http_stop(running->server);
    }
    if (running->metrics)
        http_stop(running->metrics);
    workers_free(service->workers);
    workers_free(service->table_workers);
    commit_free(service->queue);
    peers_close(service->shared.peers);
    signer_close(service->shared.signer);
    operator_close(service->shared.operator_key);
    latest_free(service->shared.proofs);
    latest_free(service->follow_ups);
    api_kept_free(service->action_history);
    api_kept_free(service->newest);
    latest_free(service->shared.catalogues);
    roster_free(service->shared.roster);
    quota_free(service->shared.responses);
    quota_free(service->shared.revisions);
    if (service->walks != service->snapshots)
        snapshots_free(service->walks);
    snapshots_free(service->snapshots);
    reader_close(service->reader);
    reader_close(service->access_log);
    http_static_free(service->openapi);
    latest_free(service->prepared);
    web_free(running->web);
    replays_free(service->replays);
    limiter_free(service->enrolments);
    limiter_free(service->tokens);
    if (running->counts_refusals)
        refusal_log_destroy(&service->refusals);
    if (running->claim >= 0)
        close(running->claim);
}

/* What is served stands in the log first; but only what is going to be served. */
static int name_pages(struct running *running, const struct config *config)
{
    if (listening_check(config, CONFIG_LISTEN) < 0 || listening_check(config, CONFIG_METRICS_LISTEN) < 0)
        return -1;
    if (running->web)
        pages_name(&running->service, running->web);
    return 0;
}

/* Waits for the signal that ends it; SIGHUP has certificates read anew. */
static void wait_for_end(struct running *running)
{
    int caught;
    for (;;) {
        if (sigwait(&running->signals, &caught) != 0)
            continue;
        if (caught != SIGHUP)
            return;
        listening_reload(running->server);
        listening_reload(running->metrics);
    }
}

static int serve_until_signal(const struct config *config, const char *join)
{
    struct running running = {.claim = -1};
    int result = CLI_FAILED;
    raise_descriptors(config);
    hold_signals(&running);
    if (claim_key(&running, config) < 0)
        return CLI_FAILED;
    sandbox_begin(config);
    if (start_service(&running, config, join) == 0 && name_pages(&running, config) == 0 &&
        start_http(&running, config) == 0) {
        sandbox_close(config);
        size_t members = roster_count(running.service.shared.roster);
        log_info(members == 1 ? "serving with %zu member" : "serving with %zu members", members);
        wait_for_end(&running);
        log_info("stopping");
        result = CLI_DONE;
    }
    stop_all(&running);
    return result;
}

/* What the panel in force names and the action list lacks. */
static void tell_references(const struct service *service)
{
    struct faults warnings;
    struct catalogue *catalogue = catalogue_now(service->shared.catalogues);
    faults_init(&warnings);
    warnings_of_references(catalogue->panel, catalogue->actions, &warnings);
    for (size_t i = 0; i < warnings.count; i++)
        cli_say(T("warning: %s: %s", "waarschuwing: %s: %s"), warnings.list[i].where, warnings.list[i].what);
    faults_free(&warnings);
    catalogue_release(catalogue);
}

/* Does what serving does, short of listening, so that whatever it would refuse is refused. */
static int check_serving(const struct config *config, const char *join)
{
    struct running running = {.claim = -1};
    int result = CLI_FAILED;
    raise_descriptors(config);
    if (start_service(&running, config, join) == 0 && listening_check(config, CONFIG_LISTEN) == 0 &&
        listening_check(config, CONFIG_METRICS_LISTEN) == 0) {
        tell_references(&running.service);
        config_print(config);
        result = CLI_DONE;
    }
    stop_all(&running);
    return result;
}

int serve_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct config config;
    const char *join = NULL;
    bool only_check = false, behind_proxy = false;
    const struct cli_option options[] = {
        {"listen", "ADDRESS:PORT", config_flag(CONFIG_LISTEN), NULL,
         "where to listen (default 127.0.0.1:8080); port 0 takes a free one",
         "waar te luisteren (standaard 127.0.0.1:8080); poort 0 neemt een vrije"},
        {"behind-proxy", NULL, NULL, &behind_proxy, "a proxy ends TLS: listen in plain HTTP, also beyond this machine",
         "een proxy sluit TLS af: luister met gewone HTTP, ook buiten deze machine"},
        {"log-level", "error|warning|info", config_flag(CONFIG_LOG_LEVEL), NULL, "error, warning or info",
         "error, warning of info"},
        {"join", "URL", &join, NULL,
         "where no checkpoint of a store in PostgreSQL is here yet, begin at that of the collector there",
         "waar nog geen controlepunt van een opslag in PostgreSQL is, begin bij dat van de verzamelaar daar"},
        {"check", NULL, NULL, &only_check, "do all that comes before serving, print the settings and end",
         "doe alles wat aan bedienen voorafgaat, toon de instellingen en stop"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    int first, result = cli_parse(verb, options, argc, argv, 0, 0, &first);
    if (result != CLI_RUN)
        return result;
    if (behind_proxy)
        *config_flag(CONFIG_BEHIND_PROXY) = "on";
    result = config_read(&config);
    if (result != CLI_DONE)
        return result;
    if (join && !store_is_remote(config.values[CONFIG_STORE]))
        return cli_misuse(
            T("--join is for a store in PostgreSQL; one in a file has no other collector",
              "--join is voor een opslag in PostgreSQL; een in een bestand heeft geen andere verzamelaar"));
    return only_check ? check_serving(&config, join) : serve_until_signal(&config, join);
}
