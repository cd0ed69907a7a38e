#include "tests/torture/faults.h"
#include "base/mem.h"
#include "collector/store/store.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define PATHS_MOST 100000 /* allocations that are noted */
#define PATH_DEPTH 64 /* calls of one at most */
#define PATH_ALIKE 2 /* allocations by the same calls that are tried, beside the last */

/* What both sides have. */
static struct page {
    atomic_ulong allocation; /* asked for */
    atomic_uint asked, taken; /* how often; the fork is up to date where they are the same */
    atomic_bool struck;
    atomic_uint verb; /* asked for, and not taken yet */
    atomic_int verb_of; /* the process that takes it */
    atomic_bool verb_struck;
    char verb_name[64];
    atomic_ulong path_count;
    uint64_t paths[PATHS_MOST]; /* of each allocation the hash of the calls by which it is reached */
} * page;

/* SQLite's memory, on the same count as ours: each of its allocations is tried with one of ours first. */

static struct sqlite3_mem_methods plain;

static bool may_allocate(void)
{
    void *probe = mem_alloc(1);
    mem_free(probe);
    return probe != NULL;
}

static void *allocate(int size)
{
    return may_allocate() ? plain.xMalloc(size) : NULL;
}

static void *resize(void *p, int size)
{
    return may_allocate() ? plain.xRealloc(p, size) : NULL;
}

void faults_begin(void)
{
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(page, MAP_FAILED);
    cr_assert_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain), SQLITE_OK);
    struct sqlite3_mem_methods counted = plain;
    counted.xMalloc = allocate;
    counted.xRealloc = resize;
    cr_assert_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &counted), SQLITE_OK);
}

/* Nobody cuts the power here, so that nothing needs to be on the disk; libraries call these too. */

int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

/* Allocations. */

extern const char __executable_start, etext; /* the linker's: where the program's own code begins and ends */

/* And not of a library. What fails anywhere within one call of SQLite is told by that call, and undone by SQLite, whose
 * own tests fail each. */
static bool is_ours(const void *call)
{
    return (uintptr_t)call >= (uintptr_t)&__executable_start && (uintptr_t)call < (uintptr_t)&etext;
}

static void note_path(void)
{
    static bool noting; /* one thread allocates; looking at the calls may allocate too */
    void *calls[PATH_DEPTH];
    unsigned long n = atomic_load(&page->path_count);
    if (noting || n >= PATHS_MOST)
        return;
    noting = true;
    int depth = backtrace(calls, PATH_DEPTH);
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, by calls */
    for (int i = 0; i < depth; i++)
        if (is_ours(calls[i]))
            hash = (hash ^ (uint64_t)(uintptr_t)calls[i]) * UINT64_C(1099511628211);
    page->paths[n] = hash;
    atomic_store(&page->path_count, n + 1);
    noting = false;
}

void faults_set_here(unsigned long n)
{
    atomic_store(&page->struck, false);
    if (n == FAULTS_RECORD) {
        atomic_store(&page->path_count, 0);
        mem_watch(note_path);
    }
    mem_fail_at(n);
}

void faults_note_here(void)
{
    atomic_store(&page->struck, mem_has_failed() != 0);
    mem_watch(NULL);
    mem_fail_at(0);
}

bool faults_has_struck(void)
{
    return atomic_load(&page->struck);
}

/* In the fork, on whichever thread; nothing but atomics. */
static void take_fault(int number)
{
    (void)number;
    atomic_store(&page->struck, mem_has_failed() != 0);
    mem_fail_at(atomic_load(&page->allocation));
    atomic_store(&page->taken, atomic_load(&page->asked));
}

void faults_listen(void)
{
    const struct sigaction action = {.sa_handler = take_fault, .sa_flags = SA_RESTART};
    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
}

static void wait_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
}

static void give_fault(pid_t pid, unsigned long n)
{
    atomic_store(&page->allocation, n);
    unsigned asked = atomic_fetch_add(&page->asked, 1) + 1;
    cr_assert_eq(kill(pid, SIGUSR1), 0);
    for (unsigned waited = 0; atomic_load(&page->taken) != asked; waited++) {
        cr_assert_lt(waited, PATIENCE_MS * 20U, "the serving process does not listen");
        wait_a_moment();
    }
}

void faults_set(pid_t pid, unsigned long n)
{
    give_fault(pid, n);
}

bool faults_end(pid_t pid)
{
    give_fault(pid, 0);
    return atomic_load(&page->struck);
}

/* The store's verbs. Each handle is wrapped; that of the process whose transaction begins next takes what was asked
 * for, on its own thread. */

static _Thread_local struct store *watched;

struct store *__real_store_open(const char *dsn, enum store_mode mode, struct error *error);
struct store *__wrap_store_open(const char *dsn, enum store_mode mode, struct error *error);
enum store_result __real_store_begin(struct store *store);
enum store_result __wrap_store_begin(struct store *store);
enum store_result __real_store_commit(struct store *store);
enum store_result __wrap_store_commit(struct store *store);
void __real_store_rollback(struct store *store);
void __wrap_store_rollback(struct store *store);
void __real_store_close(struct store *store);
void __wrap_store_close(struct store *store);

struct store *__wrap_store_open(const char *dsn, enum store_mode mode, struct error *error)
{
    struct store *inner = __real_store_open(dsn, mode, error), *store = inner ? store_faulty_new(inner) : NULL;
    if (inner && !store) {
        __real_store_close(inner);
        (void)error_no_memory(error);
    }
    return store;
}

static void note_verb(struct store *store)
{
    const char *name = store == watched ? store_faulty_verb(store) : NULL;
    if (!name)
        return;
    snprintf(page->verb_name, sizeof page->verb_name, "%s", name);
    atomic_store(&page->verb_struck, true);
}

enum store_result __wrap_store_begin(struct store *store)
{
    bool is_mine = page && atomic_load(&page->verb_of) == getpid();
    unsigned n = is_mine ? atomic_exchange(&page->verb, 0) : 0;
    note_verb(store);
    if (n > 0) {
        watched = store;
        store_faulty_fail_at(store, n);
    }
    return __real_store_begin(store);
}

enum store_result __wrap_store_commit(struct store *store)
{
    enum store_result result = __real_store_commit(store);
    note_verb(store);
    return result;
}

void __wrap_store_rollback(struct store *store)
{
    note_verb(store);
    __real_store_rollback(store);
}

void __wrap_store_close(struct store *store)
{
    if (store)
        note_verb(store);
    if (store == watched)
        watched = NULL;
    __real_store_close(store);
}

void faults_set_verb(pid_t pid, unsigned n)
{
    atomic_store(&page->verb_struck, false);
    atomic_store(&page->verb_of, pid);
    atomic_store(&page->verb, n);
}

const char *faults_struck_verb(void)
{
    return atomic_load(&page->verb_struck) ? page->verb_name : NULL;
}

/* The run. */

void figures_add(unsigned long faults, unsigned long acknowledged)
{
    const char *path = getenv("BURGERPANEL_FIGURES");
    char line[128];
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0)
        return;
    int len = snprintf(line, sizeof line, "{\"faults\":%lu,\"acknowledged\":%lu,\"lost\":0,\"doubled\":0}\n", faults,
                       acknowledged);
    cr_assert_eq(write(file, line, (size_t)len), len);
    close(file);
}

static unsigned number_of(const char *variable)
{
    const char *text = getenv(variable);
    unsigned number = text ? (unsigned)strtoul(text, NULL, 10) : 1;
    return number > 0 ? number : 1;
}

unsigned faults_first(void)
{
    return number_of("BURGERPANEL_FIRST");
}

unsigned faults_every(void)
{
    return number_of("BURGERPANEL_EVERY");
}

/* Whether it is among the first or the last of those that the same calls reach. */
static bool is_new(unsigned long at, unsigned long count)
{
    unsigned before = 0, behind = 0;
    for (unsigned long i = 0; i < at; i++)
        before += page->paths[i] == page->paths[at];
    for (unsigned long i = at + 1; i < count; i++)
        behind += page->paths[i] == page->paths[at];
    return before < PATH_ALIKE || behind == 0;
}

unsigned long faults_after(unsigned long n)
{
    unsigned long count = atomic_load(&page->path_count);
    if (getenv("BURGERPANEL_EVERY"))
        return n + faults_every();
    while (n < count && !is_new(n, count)) /* the n-th stands at n - 1 */
        n++;
    return n + 1;
}

unsigned long faults_noted(void)
{
    return atomic_load(&page->path_count);
}
