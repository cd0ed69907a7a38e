#include "tests/torture/scene.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "collector/store/store.h"
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define VERB_SECONDS 120 /* more is a hang */
#define RETRIES 2000
#define RETRY_MS 10
#define CODES_FILE "codes.csv"

void scene_begin(void)
{
    faults_begin();
    kit_begin();
}

/* Verbs. */

static void read_beginning(int file, char out[static SCENE_SAID])
{
    ssize_t len = pread(file, out, SCENE_SAID - 1, 0);
    cr_assert_geq(len, 0);
    out[len] = '\0';
    close(file);
}

static int new_file(void)
{
    int file = file_nameless(kit_path("said"));
    cr_assert_geq(file, 0);
    return file;
}

/* In the fork: what a shell would have done, then the program. No assertion: each writes to its parent's socket. */
static _Noreturn void become_verb(const char *folder, unsigned long n, const char *const *words, int said, int printed)
{
    static char store[512];
    static char *argv[SCENE_WORDS + 4];
    int argc = 0;
    snprintf(store, sizeof store, "sqlite:%s/store.db", folder);
    argv[argc++] = (char *)(uintptr_t) "burgerpanel-collector";
    for (; *words && argc < SCENE_WORDS; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    argv[argc++] = (char *)(uintptr_t) "--store";
    argv[argc++] = store;
    if (dup2(printed, 1) < 0 || dup2(said, 2) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        _exit(98);
    alarm(n > 0 || strcmp(argv[1], "serve") != 0 ? VERB_SECONDS : 0);
    faults_set_here(n);
    int code = collector_main(argc, argv);
    faults_note_here();
    exit(code);
}

static pid_t fork_verb(const char *folder, unsigned long n, const char *const *words, int said, int printed)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        become_verb(folder, n, words, said, printed);
    cr_assert_gt(pid, 0);
    return pid;
}

struct scene_verb scene_start(const char *folder, unsigned long n, const char *const *words)
{
    struct scene_verb verb = {.n = n, .words = words, .said = new_file(), .printed = new_file()};
    verb.pid = fork_verb(folder, n, words, verb.said, verb.printed);
    return verb;
}

/* Without taking its end away from scene_finish. */
bool scene_has_ended(const struct scene_verb *verb)
{
    siginfo_t info = {.si_pid = 0};
    cr_assert_eq(waitid(P_PID, (id_t)verb->pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    return info.si_pid == verb->pid;
}

struct scene_end scene_finish(const struct scene_verb *verb)
{
    struct scene_end end;
    int status;
    cr_assert_eq(waitpid(verb->pid, &status, 0), verb->pid);
    read_beginning(verb->said, end.said);
    read_beginning(verb->printed, end.printed);
    cr_assert(WIFEXITED(status), "%s %s, allocation %lu: signal %d\n%s", verb->words[0],
              verb->words[1] ? verb->words[1] : "", verb->n, WTERMSIG(status), end.said);
    end.code = WEXITSTATUS(status);
    end.struck = faults_has_struck();
    return end;
}

struct scene_end scene_run(const char *folder, unsigned long n, const char *const *words)
{
    const struct scene_verb verb = scene_start(folder, n, words);
    return scene_finish(&verb);
}

struct scene_end scene_succeed(const char *folder, const char *const *words)
{
    struct scene_end end = scene_run(folder, 0, words);
    cr_assert_eq(end.code, 0, "%s %s: %d\n%s%s", words[0], words[1] ? words[1] : "", end.code, end.said, end.printed);
    return end;
}

void scene_assert_sound(const char *folder, const char *when)
{
    static const char *const words[] = {"audit", NULL};
    struct scene_end end = scene_run(folder, 0, words);
    cr_assert_eq(end.code, 0, "%s: %s%s", when, end.printed, end.said);
}

static void copy_file(const char *from, const char *to)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    cr_assert_eq(file_read(from, &bytes), 0, "%s: %s", from, strerror(errno));
    int file = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cr_assert(file >= 0 && file_append(file, bytes.data, bytes.len) == 0);
    close(file);
    buf_free(&bytes);
}

static void each_name(const char *folder, void (*each)(const char *from, const char *to), const char *other)
{
    char path[1024], target[1024];
    DIR *dir = opendir(folder);
    cr_assert_not_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_type != DT_REG)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(target, sizeof target, "%s/%s", other ? other : "", entry->d_name);
        each(path, target);
    }
    closedir(dir);
}

static void remove_one(const char *path, const char *unused)
{
    (void)unused;
    cr_assert_eq(unlink(path), 0);
}

void scene_copy(const char *from, const char *to)
{
    cr_assert_eq(file_make_folder(to), 0);
    each_name(to, remove_one, NULL);
    each_name(from, copy_file, to);
}

static bool is_passing(const char *name)
{
    const char *ending = strrchr(name, '/');
    return strcmp(ending, "/store.db.lock") == 0 || strcmp(ending, "/store.db-shm") == 0;
}

static bool differ;

static void compare_file(const char *path, const char *target)
{
    struct buf one, two;
    if (is_passing(path))
        return;
    buf_init(&one, SIZE_MAX);
    buf_init(&two, SIZE_MAX);
    cr_assert_eq(file_read(path, &one), 0);
    if (file_read(target, &two) < 0 ? one.len > 0
                                    : one.len != two.len || (one.len > 0 && memcmp(one.data, two.data, one.len) != 0))
        differ = true;
    buf_free(&one);
    buf_free(&two);
}

bool scene_same(const char *folder, const char *other)
{
    differ = false;
    each_name(folder, compare_file, other);
    each_name(other, compare_file, folder);
    return !differ;
}

struct store *scene_store(const char *folder)
{
    char dsn[512];
    snprintf(dsn, sizeof dsn, "sqlite:%s/store.db", folder);
    return file_exists(dsn + strlen("sqlite:")) ? kit_store_open(dsn) : NULL;
}

int64_t scene_entries(const char *folder)
{
    struct store *store = scene_store(folder);
    int64_t count = store ? kit_entries(store) : 0;
    store_close(store);
    return count;
}

void scene_make_token(struct scene *scene, const char *name, const char *role, const char *right)
{
    char text[SCENE_TOKEN];
    const struct scene_end end =
        scene_succeed(scene->folder, (const char *const[]){"tokens", "create", name, "--role", role, right, NULL});
    const char *at = strstr(end.printed, "bp_");
    cr_assert(at != NULL && sscanf(at, "%63[A-Za-z0-9_-]", text) == 1, "%s", end.printed);
    snprintf(scene->token, sizeof scene->token, "%s", text);
}

/* The collector. */

static void read_codes(struct scene *scene, size_t count)
{
    struct buf text = kit_file(kit_path(CODES_FILE));
    struct csv_reader *reader = csv_reader_new(text.data, text.len, ',');
    struct csv_row row;
    cr_assert_not_null(reader);
    scene->codes = calloc(count + 1, sizeof *scene->codes);
    cr_assert(scene->codes != NULL && csv_read(reader, &row, NULL) == CSV_ROW);
    while (csv_read(reader, &row, NULL) == CSV_ROW && scene->code_count < count)
        snprintf(scene->codes[scene->code_count++], sizeof *scene->codes, "%s", row.fields[1].text);
    cr_assert_eq(scene->code_count, count);
    csv_reader_free(reader);
    buf_free(&text);
}

void scene_open(struct scene *scene, const char *name, size_t codes)
{
    char number[24];
    *scene = (struct scene){0};
    snprintf(scene->folder, sizeof scene->folder, "%s", kit_path(name));
    snprintf(number, sizeof number, "%zu", codes);
    cr_assert_eq(file_make_folder(scene->folder), 0);
    (void)remove(kit_path(CODES_FILE)); /* an earlier scene's */
    (void)scene_succeed(scene->folder, (const char *const[]){"panel", "import", "fixtures/panel.json", NULL});
    (void)scene_succeed(scene->folder, (const char *const[]){"actions", "import", "fixtures/actions.csv", NULL});
    (void)scene_succeed(scene->folder,
                        (const char *const[]){"invitations", "create", number, "--out", kit_path(CODES_FILE), NULL});
    read_codes(scene, codes);
}

void scene_close(struct scene *scene)
{
    for (size_t i = 0; i < scene->kept_count; i++)
        buf_free(&scene->kept[i].jws);
    free(scene->kept);
    free(scene->codes);
    *scene = (struct scene){0};
}

/* What it prints when it listens. */
static uint16_t wait_for_port(pid_t pid, int printed, int said)
{
    char text[SCENE_SAID];
    unsigned port;
    int status;
    for (unsigned i = 0; i < RETRIES; i++) {
        ssize_t len = pread(printed, text, sizeof text - 1, 0);
        text[len > 0 ? len : 0] = '\0';
        if (sscanf(text, "listening on http://127.0.0.1:%u", &port) == 1 && strchr(text, '\n'))
            return (uint16_t)port;
        if (waitpid(pid, &status, WNOHANG) == pid)
            break;
        clock_sleep_ms(RETRY_MS);
    }
    read_beginning(said, text);
    cr_assert_fail("the collector does not listen: %s", text);
    return 0;
}

void scene_serve(struct scene *scene)
{
    static const char *const words[] = {"serve", "--listen", "127.0.0.1:0", NULL};
    int said = new_file(), printed = new_file();
    setenv("BURGERPANEL_MEMBER_RESPONSES", "0", 1);
    setenv("BURGERPANEL_MEMBER_REVISIONS", "0", 1);
    setenv("BURGERPANEL_WEB", "off", 1);
    faults_listen();
    scene->pid = fork_verb(scene->folder, 0, words, said, printed);
    scene->port = wait_for_port(scene->pid, printed, said);
    close(said);
    close(printed);
}

static int end_process(struct scene *scene, int number)
{
    int status;
    cr_assert_eq(kill(scene->pid, number), 0);
    cr_assert_eq(waitpid(scene->pid, &status, 0), scene->pid);
    scene->pid = 0;
    return status;
}

void scene_stop(struct scene *scene)
{
    int status = end_process(scene, SIGTERM);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "ended with status %#x", (unsigned)status);
}

void scene_kill(struct scene *scene)
{
    (void)end_process(scene, SIGKILL);
}
