/* What takes long to read is read once for all who ask meanwhile, who take no thread from others; nobody is given what
 * is older than the asking, and where it can't be read all are told at once. */
#include "base/counted.h"
#include "base/mem.h"
#include "collector/api/kept.h"
#include "collector/store/store.h"
#include "tests/unit/capture.h"
#include "tests/unit/collector/kit.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CROWD 40
#define THREADS 2
#define WAITING 14

TestSuite(kept, .init = kit_begin, .fini = kit_end, .timeout = 30);

struct value {
    struct counted counted;
    int number;
};

static atomic_int now; /* the number of what is current; of who begins to read with 0, reading fails */
static atomic_uint reads, asked;
static sem_t reading, may_end;

static void free_value(void *value)
{
    mem_free(value);
}

static struct value *new_value(int number)
{
    struct value *value = mem_calloc(1, sizeof *value);
    cr_assert_not_null(value);
    value->number = number;
    counted_init(&value->counted, free_value);
    return value;
}

/* What it finds is of its beginning, however long it takes. */
static void *load_value(struct store *store, struct error *error)
{
    (void)store;
    int number = atomic_load(&now);
    atomic_fetch_add(&reads, 1);
    sem_post(&reading);
    sem_wait(&may_end);
    if (number != 0)
        return new_value(number);
    error_set(error, ERROR_DAMAGED, "a file is cut off");
    return NULL;
}

static int is_value_current(const void *value, struct store *store, bool *current)
{
    (void)store;
    *current = ((const struct value *)value)->number == atomic_load(&now);
    return 0;
}

static struct api_troubles troubles = API_TROUBLES("numbers");
static const struct kept_kind kind = {&troubles, load_value, is_value_current};

static void answer_number(struct http_exchange *x, struct service *service, void *value)
{
    (void)service;
    http_answer(x, 200 + (unsigned)((struct value *)value)->number, "text/plain", NULL);
    counted_release(value);
}

static void get_number(struct http_exchange *x, void *context)
{
    struct service *service = context;
    kept_give(x, service, service->newest, &kind, answer_number);
    atomic_fetch_add(&asked, 1);
}

static const struct http_route routes[] = {
    {"GET", "/number", NULL, 0, get_number, NULL, NULL},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};

static struct service service;
static const struct http_site sites[] = {{routes, &service}, {NULL, NULL}};
static struct http_server *server;

static void open_service(unsigned threads, size_t waiting)
{
    const struct http_options options = {.address = "127.0.0.1",
                                         .threads = 1,
                                         .connections = 2 * CROWD,
                                         .memory_max = 1 << 20,
                                         .wait_max_us = 1000000,
                                         .head_seconds = 60,
                                         .body_seconds = 60};
    static char dsn[300];
    struct error error;
    snprintf(dsn, sizeof dsn, "sqlite:%s", kit_path("kept.db"));
    store_close(kit_store_open(dsn));
    sem_init(&reading, 0, 0);
    sem_init(&may_end, 0, 0);
    service.reader = reader_open(dsn, &error);
    service.snapshots = snapshots_new(dsn, STORE_EXISTING, THREADS + WAITING);
    service.table_workers = workers_start(threads, waiting);
    service.newest = api_kept_new();
    cr_assert(service.reader && service.snapshots && service.table_workers && service.newest);
    server = http_start(&options, sites, &error);
    cr_assert_not_null(server);
}

static void close_service(void)
{
    workers_stop(service.table_workers);
    http_stop(server);
    workers_free(service.table_workers);
    api_kept_free(service.newest);
    snapshots_free(service.snapshots);
    reader_close(service.reader);
}

/* So many more; when it returns each has been handled: answered, or waits. */
static void ask(int *clients, unsigned count)
{
    static const char request[] = "GET /number HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(http_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned due = atomic_load(&asked) + count;
    for (unsigned i = 0; i < count; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        cr_assert(clients[i] >= 0 && connect(clients[i], (const struct sockaddr *)&address, sizeof address) == 0);
        cr_assert_eq(send(clients[i], request, sizeof request - 1, MSG_NOSIGNAL), (ssize_t)sizeof request - 1);
    }
    while (atomic_load(&asked) < due)
        sched_yield();
}

static void let_readings_end(unsigned count)
{
    while (count-- > 0)
        sem_post(&may_end);
}

/* Each has this status. */
static void hear(const int *clients, unsigned count, unsigned status)
{
    for (unsigned i = 0; i < count; i++) {
        char answer[1024] = "";
        unsigned told = 0;
        cr_assert_gt(recv(clients[i], answer, sizeof answer - 1, 0), 0);
        cr_expect_eq(sscanf(answer, "HTTP/1.1 %u ", &told), 1);
        cr_expect_eq(told, status, "client %u of %u: %u", i + 1, count, told);
        close(clients[i]);
    }
}

static sem_t done;

static void note_done(struct work *work)
{
    (void)work;
    sem_post(&done);
}

Test(kept, is_read_once_for_a_crowd_that_leaves_the_other_threads_and_places_free)
{
    int clients[CROWD];
    struct work others[WAITING];
    sem_init(&done, 0, 0);
    atomic_store(&now, 1);
    open_service(THREADS, WAITING);
    ask(clients, CROWD);
    sem_wait(&reading);
    for (size_t i = 0; i < WAITING; i++) {
        others[i].run = note_done;
        cr_assert_eq(workers_push(service.table_workers, &others[i]), 0, "no place for the %zuth other", i + 1);
    }
    for (size_t i = 0; i < WAITING; i++)
        sem_wait(&done);
    let_readings_end(CROWD);
    hear(clients, CROWD, 201);
    cr_expect_eq(atomic_load(&reads), 1);
    ask(clients, 1);
    hear(clients, 1, 201);
    cr_expect_eq(atomic_load(&reads), 1, "it is kept");
    close_service();
}

/* After a failover the database may lack what was read of it, and have another event in its place. */
Test(kept, is_read_anew_once_the_store_has_been_opened_again)
{
    int client;
    atomic_store(&now, 1);
    open_service(THREADS, WAITING);
    service.follow_ups = latest_new();
    service.action_history = api_kept_new();
    for (unsigned readings = 1; readings <= 2; readings++) {
        let_readings_end(1);
        ask(&client, 1);
        hear(&client, 1, 201);
        cr_expect_eq(atomic_load(&reads), readings);
        api_forget_read(&service);
    }
    latest_free(service.follow_ups);
    api_kept_free(service.action_history);
    close_service();
}

Test(kept, that_can_not_be_read_is_told_to_all_who_wait_and_in_one_line)
{
    int clients[CROWD];
    open_service(THREADS, WAITING);
    capture_begin(2);
    ask(clients, CROWD);
    let_readings_end(CROWD);
    hear(clients, CROWD, 503);
    cr_expect_eq(atomic_load(&reads), 1);
    const char *told = capture_end(2), *line = strstr(told, "numbers: a file is cut off\n");
    cr_expect(line && strchr(line, '\n')[1] == '\0', "%s", told);
    atomic_store(&now, 1);
    ask(clients, 1);
    hear(clients, 1, 201);
    close_service();
}

Test(kept, is_never_older_than_the_asking)
{
    int first, later[CROWD];
    atomic_store(&now, 1);
    open_service(THREADS, WAITING);
    ask(&first, 1);
    sem_wait(&reading);
    atomic_store(&now, 2);
    ask(later, CROWD);
    let_readings_end(1);
    hear(&first, 1, 201);
    let_readings_end(CROWD);
    hear(later, CROWD, 202);
    cr_expect_eq(atomic_load(&reads), 2);
    close_service();
}

static sem_t busy, may_go_on;

static void hold_thread(struct work *work)
{
    (void)work;
    sem_post(&busy);
    sem_wait(&may_go_on);
}

Test(kept, is_read_however_much_else_waits)
{
    int clients[CROWD];
    struct work running = {.run = hold_thread}, waiting = {.run = note_done};
    sem_init(&busy, 0, 0);
    sem_init(&may_go_on, 0, 0);
    sem_init(&done, 0, 0);
    atomic_store(&now, 1);
    open_service(1, 1);
    cr_assert_eq(workers_push(service.table_workers, &running), 0);
    sem_wait(&busy);
    cr_assert_eq(workers_push(service.table_workers, &waiting), 0);
    ask(clients, CROWD);
    let_readings_end(1);
    sem_post(&may_go_on);
    hear(clients, CROWD, 201);
    cr_expect_eq(atomic_load(&reads), 1);
    close_service();
}

Test(kept, keeps_nobody_waiting_while_the_collector_stops_which_is_no_error)
{
    int clients[CROWD];
    atomic_store(&now, 1);
    open_service(1, 1);
    workers_stop(service.table_workers);
    capture_begin(2);
    ask(clients, CROWD);
    hear(clients, CROWD, 503);
    cr_expect_str_eq(capture_end(2), "");
    cr_expect_eq(atomic_load(&reads), 0);
    close_service();
}

Test(kept, says_when_there_is_no_memory)
{
    for (unsigned nth = 1; nth <= 2; nth++) {
        mem_fail_at(nth);
        cr_expect_null(api_kept_new());
    }
    mem_fail_at(0);
    api_kept_free(NULL);
}
