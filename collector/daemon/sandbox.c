/* Settings in, rights out. */
#include "collector/daemon/sandbox.h"
#include "base/fetch.h"
#include "base/log.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include "collector/log/operator.h"
#include "collector/ops/calls.h"
#include "collector/ops/landlock.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PATHS_MAX 40

struct allowed {
    struct landlock_path list[PATHS_MAX];
    char names[PATHS_MAX][PATH_MAX];
    size_t count;
};

/* What there is no room for stays out of reach, and is told when it is wanted. */
static void allow_path(struct allowed *allowed, const char *path, bool writable)
{
    if (allowed->count == PATHS_MAX || strlen(path) >= PATH_MAX)
        return;
    char *name = allowed->names[allowed->count];
    memcpy(name, path, strlen(path) + 1);
    allowed->list[allowed->count++] = (struct landlock_path){name, writable};
}

static void allow_parent(struct allowed *allowed, const char *path, bool writable)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (len >= sizeof folder)
        return;
    memcpy(folder, path, len);
    folder[len] = '\0';
    allow_path(allowed, len > 0 ? folder : ".", writable);
}

/* The folder of a file, in which it is replaced and others stand beside it; where the name is a link, that of what it
 * leads to as well. */
static void allow_folder_of(struct allowed *allowed, const char *path, bool writable)
{
    char real[PATH_MAX];
    allow_parent(allowed, path, writable);
    if (realpath(path, real))
        allow_parent(allowed, real, writable);
}

/* The names are those that the log's room works out when it opens them; too long ones it refuses. */
static void allow_keys(struct allowed *allowed, const struct config *config)
{
    const char *dsn = config->values[CONFIG_STORE];
    char path[KEY_FILE_PATH_SIZE], checkpoint[PATH_MAX];
    if (operator_key_path(config->values[CONFIG_OPERATOR_KEY], dsn, path) == 0)
        allow_folder_of(allowed, path, true);
    if (log_key_path(config->values[CONFIG_LOG_KEY], dsn, path) < 0)
        return;
    allow_folder_of(allowed, path, true);
    if (last_checkpoint_path(path, checkpoint, NULL) == 0)
        allow_folder_of(allowed, checkpoint, true);
}

static void allow_reading(void *allowed, const char *path)
{
    allow_path(allowed, path, false);
}

/* Sanitizers read about the process, and about the programs in it; they and coverage write where the tests look. */
static void allow_instruments(struct allowed *allowed)
{
#ifdef BURGERPANEL_INSTRUMENTED
    static const char *const read[] = {"/proc", "/usr", "/lib", "/etc/ld.so.cache"};
    const char *reports = getenv("BURGERPANEL_REPORTS");
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        allow_path(allowed, read[i], false);
    allow_path(allowed, "/proc/self/exe", false);
    if (reports)
        allow_path(allowed, reports, true);
#else
    (void)allowed;
#endif
}

static void confine_files(const struct config *config)
{
    struct allowed allowed = {.count = 0};
    struct error error;
    const char *store = store_path(config->values[CONFIG_STORE]);
    if (store)
        allow_folder_of(&allowed, store, true);
    store_reached_by(config->values[CONFIG_STORE], allow_reading, &allowed);
    store_reached_by(config->values[CONFIG_READ_STORE], allow_reading, &allowed);
    allow_keys(&allowed, config);
    if (store_is_remote(config->values[CONFIG_STORE]) && fetch_authorities())
        allow_path(&allowed, fetch_authorities(), false); /* of who signed the certificates of peers */
    if (config->values[CONFIG_WEB_THEME][0] != '\0')
        allow_path(&allowed, config->values[CONFIG_WEB_THEME], false);
    for (int key = CONFIG_TLS_CERTIFICATE; key <= CONFIG_TLS_KEY; key++) /* read anew, and replaced, meanwhile */
        if (config->values[key][0] != '\0')
            allow_folder_of(&allowed, config->values[key], false);
    allow_path(&allowed, "/dev/urandom", false); /* SQLite's own randomness */
    allow_path(&allowed, "/dev/null", false); /* which SQLite puts in the place of a standard stream that is closed */
    allow_instruments(&allowed);
    switch (landlock_confine(allowed.list, allowed.count, &error)) {
    case LANDLOCK_DONE:
        return;
    case LANDLOCK_LACKING:
        log_warning("sandbox: this kernel has no Landlock; what the collector's user may open, the collector may open");
        return;
    case LANDLOCK_FAILED:
        log_warning("sandbox: files are not out of reach: %s", error.text);
        return;
    }
}

/* The store's pages and the keys are in it. */
static void hide_memory(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        log_warning("sandbox: memory can be read from outside: %s", error_of_errno(errno));
}

void sandbox_begin(const struct config *config)
{
    if (!config_is_on(config, CONFIG_SANDBOX)) {
        log_warning("sandbox: off; who gets hold of the collector gets all that its user may do");
        return;
    }
    umask(S_IRWXG | S_IRWXO);
    hide_memory();
    confine_files(config);
}

void sandbox_close(const struct config *config)
{
    struct error error;
    if (config_is_on(config, CONFIG_SANDBOX) &&
        calls_restrict(store_is_remote(config->values[CONFIG_STORE]), &error) < 0)
        log_warning("sandbox: %s", error.text);
}
