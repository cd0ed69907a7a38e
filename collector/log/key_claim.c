/* A claim is the name of a socket in the abstract namespace (unix(7)), which is nowhere in the file system and gone
 * with its process; anyone can read there which names there are. It tells the process that made it, by number and
 * moment of start, and ends with what only the key makes of these: so a name can't be made up, and one that was read
 * and bound by another, after its process, tells of a process that is no more. */
#include "collector/log/key_claim.h"
#include "base/lang.h"
#include "crypto/crypto.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PREFIX "burgerpanel-log-"
#define NAMES "/proc/self/net/unix" /* a line each, the name last and behind an @ */
#define NAME_SIZE sizeof((struct sockaddr_un *)NULL)->sun_path
#define LINE_SIZE 4096 /* more than one has */
#define START_FIELD 22 /* of /proc/PID/stat: clock ticks since the machine's start (proc(5)) */

/* Who claims. */
struct claimer {
    long pid;
    unsigned long long start;
    unsigned long long number; /* drawn, so that no two claims of one process are the same */
};

static void put_claim_name(const struct secret_key *key, const struct claimer *claimer, char name[static NAME_SIZE])
{
    uint8_t mac[SECRET_KEY_MAC_BYTES];
    int len = snprintf(name, NAME_SIZE, PREFIX "%ld-%llu-%016llx-", claimer->pid, claimer->start, claimer->number);
    secret_key_mac(key, name, (size_t)len, mac);
    for (size_t i = 0; i < sizeof mac; i++)
        len += snprintf(name + len, NAME_SIZE - (size_t)len, "%02x", mac[i]);
}

/* -1: errno. */
static ssize_t read_uninterrupted(int file, char *out, size_t size)
{
    ssize_t len;
    while ((len = read(file, out, size)) < 0 && errno == EINTR)
        ;
    return len;
}

/* When a process was started. -1: errno; there is none of that number, or none that can be seen. */
static int read_start(long pid, unsigned long long *out)
{
    char path[48], text[LINE_SIZE];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    ssize_t len = read_uninterrupted(file, text, sizeof text - 1);
    close(file);
    if (len < 0)
        return -1;
    text[len] = '\0';
    const char *at = strrchr(text, ')'); /* the end of the second field, which may hold anything */
    for (int field = 2; at && field < START_FIELD; field++)
        at = strchr(at + 1, ' ');
    char *end = NULL;
    unsigned long long start = at ? strtoull(at, &end, 10) : 0;
    errno = ENODATA;
    if (!at || *end != ' ')
        return -1;
    *out = start;
    return 0;
}

/* Whether it is no process that is gone. One that /proc does not show, of our own user, is believed: nobody else can
 * have its number come up. */
static bool is_alive(const struct claimer *claimer)
{
    unsigned long long start;
    return read_start(claimer->pid, &start) == 0 ? start == claimer->start : kill((pid_t)claimer->pid, 0) == 0;
}

/* The numbers that a name has behind its prefix, whoever wrote them. */
static bool read_claimer(const char *text, struct claimer *out)
{
    char *end;
    out->pid = strtol(text, &end, 10);
    out->start = *end == '-' ? strtoull(end + 1, &end, 10) : 0;
    out->number = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
    return *end == '-' && out->pid > 0 && out->pid <= INT_MAX;
}

/* Whether a line of NAMES is the claim of another on this key, who is alive. */
static bool is_others_claim(const struct secret_key *key, const char *line, const char *own)
{
    char expected[NAME_SIZE];
    struct claimer claimer;
    const char *name = strstr(line, "@" PREFIX);
    if (!name || strcmp(++name, own) == 0 || !read_claimer(name + strlen(PREFIX), &claimer) || !is_alive(&claimer))
        return false;
    put_claim_name(key, &claimer, expected);
    return strlen(name) == strlen(expected) && crypto_equal(name, expected, strlen(expected));
}

/* Looks at the whole lines in the first `len` bytes of `text`. Returns how many bytes they are. */
static size_t look_at_lines(const struct secret_key *key, char *text, size_t len, const char *own, bool *found)
{
    char *line = text, *end;
    while (!*found && (end = memchr(line, '\n', len - (size_t)(line - text)))) {
        *end = '\0';
        *found = is_others_claim(key, line, own);
        line = end + 1;
    }
    return (size_t)(line - text);
}

/* However many names there are, it takes no memory: anyone may make some. 1: another has claimed the key; -1: errno. */
static int find_other(const struct secret_key *key, const char *own)
{
    char text[2 * LINE_SIZE];
    size_t kept = 0;
    ssize_t len;
    bool found = false;
    int file = open(NAMES, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    while ((len = read_uninterrupted(file, text + kept, sizeof text - kept)) > 0 && !found) {
        size_t all = kept + (size_t)len, done = look_at_lines(key, text, all, own, &found);
        kept = all - done < sizeof text ? all - done : 0; /* what has no end in all this is no line of ours */
        memmove(text, text + done, kept);
    }
    close(file);
    return len < 0 ? -1 : found;
}

static int bind_name(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path + 1, name, len);
    int claim = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (claim >= 0 && bind(claim, (const struct sockaddr *)&address,
                           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len)) == 0)
        return claim;
    if (claim >= 0)
        close(claim);
    return -1;
}

/* -1: errno. */
static int draw_claimer(struct claimer *out)
{
    out->pid = (long)getpid();
    crypto_random(&out->number, sizeof out->number);
    return read_start(out->pid, &out->start);
}

/* First the name, then the look: of two at the same moment one at least sees the other. */
int key_claim(const struct secret_key *key, struct error *error)
{
    char name[NAME_SIZE];
    struct claimer claimer;
    int claim = -1, other = -1;
    if (draw_claimer(&claimer) == 0) {
        put_claim_name(key, &claimer, name);
        claim = bind_name(name);
        other = claim < 0 ? -1 : find_other(key, name);
    }
    if (other == 0)
        return claim;
    if (other < 0)
        error_from_errno(error, T("the log's key can't be claimed, which needs /proc",
                                  "de sleutel van het logboek kan niet geclaimd worden; daarvoor is /proc nodig"));
    else
        error_set(error, ERROR_BUSY, "%s",
                  T("another collector on this machine signs with this log's key, or a copy of it; stop that one first",
                    "een andere verzamelaar op deze machine tekent met de sleutel van dit logboek, of een kopie ervan; "
                    "stop die eerst"));
    if (claim >= 0)
        close(claim);
    return -1;
}
