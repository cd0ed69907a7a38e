/* The log's key claimed: by one process of those that have it, and by nobody who has it not. */
#include "base/file.h"
#include "collector/log/key_claim.h"
#include "collector/log/log_key.h"
#include "collector/log/log_keys.h"
#include "crypto/crypto.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CROWD 300 /* names, of which the lines do not fit one reading */
#define PATIENCE_MS 30000

static struct secret_key *key, *copy;
static struct error error;

static void setup(void)
{
    uint8_t seed[KEY_BYTES];
    kit_begin();
    crypto_random(seed, sizeof seed);
    key = secret_key_from_seed(seed);
    copy = secret_key_from_seed(seed);
    cr_assert(key && copy);
}

static void teardown(void)
{
    secret_key_free(key);
    secret_key_free(copy);
    kit_end();
}

TestSuite(key_claim, .init = setup, .fini = teardown);

static int must_claim(const struct secret_key *whose)
{
    int claim = key_claim(whose, &error);
    cr_assert_geq(claim, 0, "%s", error.text);
    return claim;
}

static void must_be_claimed(const struct secret_key *whose)
{
    error = (struct error){0};
    cr_assert_eq(key_claim(whose, &error), -1);
    cr_assert_eq(error.kind, ERROR_BUSY, "%s", error.text);
}

/* As anyone may on this machine. */
static int bind_as_stranger(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path + 1, name, strlen(name));
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    cr_assert(file >= 0 && bind(file, (const struct sockaddr *)&address, size) == 0);
    return file;
}

/* What anyone can read of the claim that process `pid` has. */
static void read_claim_of(pid_t pid, char name[static 128])
{
    char line[1024], wanted[64];
    snprintf(wanted, sizeof wanted, "@burgerpanel-log-%ld-", (long)pid);
    FILE *names = fopen("/proc/self/net/unix", "re");
    cr_assert_not_null(names);
    const char *at = NULL;
    while (!at && fgets(line, sizeof line, names))
        at = strstr(line, wanted);
    fclose(names);
    cr_assert_not_null(at, "no claim is seen");
    line[strcspn(line, "\n")] = '\0';
    snprintf(name, 128, "%s", at + 1);
}

/* A process that has claimed the key and does nothing more. */
static pid_t start_claimer(void)
{
    int ready[2];
    cr_assert_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && key_claim(copy, &error) >= 0 && write(ready[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    cr_assert_gt(pid, 0);
    struct pollfd wait = {.fd = ready[0], .events = POLLIN};
    close(ready[1]);
    char byte;
    cr_assert(poll(&wait, 1, PATIENCE_MS) == 1 && read(ready[0], &byte, 1) == 1, "the other does not claim it");
    close(ready[0]);
    return pid;
}

Test(key_claim, is_had_by_one_at_a_time)
{
    int claim = must_claim(key);
    must_be_claimed(copy);
    must_be_claimed(key);
    close(claim);
    close(must_claim(copy));
}

Test(key_claim, leaves_other_keys_alone)
{
    struct secret_key *other = secret_key_new();
    int claim = must_claim(key);
    close(must_claim(other));
    close(claim);
    secret_key_free(other);
}

Test(key_claim, is_not_kept_by_who_reads_its_name_and_binds_it_afterwards)
{
    char name[128];
    pid_t pid = start_claimer();
    read_claim_of(pid, name);
    must_be_claimed(key);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    int stranger = bind_as_stranger(name);
    close(must_claim(key));
    close(stranger);
}

/* The stranger's own process, which lives, under a name that differs in what only the key makes. */
Test(key_claim, is_not_made_up_without_the_key)
{
    char name[128];
    int claim = must_claim(key);
    read_claim_of(getpid(), name);
    close(claim);
    size_t last = strlen(name) - 1;
    name[last] = name[last] == '0' ? '1' : '0';
    int other = bind_as_stranger(name);
    name[last] = '\0';
    int shorter = bind_as_stranger(name), none = bind_as_stranger("burgerpanel-log-");
    close(must_claim(key));
    close(other);
    close(shorter);
    close(none);
}

Test(key_claim, is_seen_among_however_many_names)
{
    int crowd[CROWD];
    char name[128];
    for (int i = 0; i < CROWD; i++) {
        snprintf(name, sizeof name, "burgerpanel-log-%d-%d-crowd-%088d", getpid(), i, i);
        name[sizeof((struct sockaddr_un *)NULL)->sun_path - 1] = '\0';
        crowd[i] = bind_as_stranger(name);
    }
    int claim = must_claim(key);
    must_be_claimed(copy);
    close(claim);
    close(must_claim(copy));
    for (int i = 0; i < CROWD; i++)
        close(crowd[i]);
}

/* As the settings name it. */

/* -2: as the error says. */
static int claim_named(const char *dsn, const char *path)
{
    int claim;
    const struct log_key_names names = {.dsn = dsn, .log_key = path, .operator_key = ""};
    error = (struct error){0};
    return log_keys_claim(&names, &claim, &error) < 0 ? -2 : claim;
}

Test(key_claim, is_of_the_key_and_not_of_its_file)
{
    char path[256], copied[256];
    snprintf(path, sizeof path, "%s", kit_path("key"));
    snprintf(copied, sizeof copied, "%s", kit_path("copy"));
    cr_assert_eq(log_key_create(path), 0);
    struct buf bytes = kit_file(path);
    cr_assert_eq(file_write(copied, bytes.data, bytes.len), 0);
    buf_free(&bytes);
    int claim = claim_named("sqlite:store.db", path);
    cr_assert_geq(claim, 0, "%s", error.text);
    cr_assert_eq(claim_named("sqlite:other.db", copied), -2);
    cr_assert(error.kind == ERROR_BUSY && strstr(error.text, "or a copy of it") != NULL, "%s", error.text);
    close(claim);
    claim = claim_named("sqlite:other.db", copied);
    cr_assert_geq(claim, 0, "%s", error.text);
    close(claim);
}

Test(key_claim, is_not_asked_where_several_may_serve_or_no_key_is_there_yet)
{
    char path[256];
    snprintf(path, sizeof path, "%s", kit_path("key"));
    cr_assert_eq(claim_named("sqlite:store.db", path), -1);
    cr_assert_eq(log_key_create(path), 0);
    cr_assert_eq(claim_named("postgresql://localhost/panel", path), -1);
}
