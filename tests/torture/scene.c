#include "tests/torture/scene.h"
#include "base/file.h"
#include "base/number.h"
#include "collector/store/store.h"
#include "panel/enrolment.h"
#include "panel/own_data.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
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

/* In the fork: what a shell would have done, then the program. No assertion here: each writes to its parent's socket. */
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
    if (dup2(printed, 1) < 0 || dup2(said, 2) < 0)
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

struct scene_end scene_run(const char *folder, unsigned long n, const char *const *words)
{
    struct scene_end end;
    int status, said = new_file(), printed = new_file();
    pid_t pid = fork_verb(folder, n, words, said, printed);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    read_beginning(said, end.said);
    read_beginning(printed, end.printed);
    cr_assert(WIFEXITED(status), "%s %s, allocation %lu: signal %d\n%s", words[0], words[1] ? words[1] : "", n,
              WTERMSIG(status), end.said);
    end.code = WEXITSTATUS(status);
    end.struck = faults_has_struck();
    return end;
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
    cr_assert_eq(file_make_folder(to, 0700), 0);
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

static struct store *open_existing(const char *folder)
{
    char dsn[512];
    snprintf(dsn, sizeof dsn, "sqlite:%s/store.db", folder);
    return file_exists(dsn + strlen("sqlite:")) ? kit_store_open(dsn) : NULL;
}

int64_t scene_entries(const char *folder)
{
    struct store *store = open_existing(folder);
    int64_t count = store ? kit_entries(store) : 0;
    store_close(store);
    return count;
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
    cr_assert_eq(file_make_folder(scene->folder, 0700), 0);
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

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000000L}, NULL);
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
        pause_briefly();
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

/* Asking. */

static int connect_to(const struct scene *scene)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(scene->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = VERB_SECONDS};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    return fd;
}

static void receive_all(int fd, struct buf *out)
{
    char bytes[16384];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        buf_put(out, bytes, (size_t)n);
    cr_assert(n == 0 || errno != EAGAIN, "no answer, and no end");
    cr_assert_eq(buf_check(out), 0);
}

/* The status of an answer that is whole: as long as it says, or with its last chunk; 0: it is not. */
static int whole_status(const struct buf *text)
{
    const char *answer = buf_text(text), *end = strstr(answer, "\r\n\r\n"), *field;
    int status = 0;
    unsigned long long length;
    if (!end || sscanf(answer, "HTTP/1.1 %d", &status) != 1)
        return 0;
    size_t body = text->len - (size_t)(end + 4 - answer);
    if ((field = strstr(answer, "\r\nContent-Length: ")) && sscanf(field, "\r\nContent-Length: %llu", &length) == 1)
        return body == length ? status : 0;
    return body >= 5 && memcmp(text->data + text->len - 5, "0\r\n\r\n", 5) == 0 ? status : 0;
}

struct scene_answer scene_ask(const struct scene *scene, const char *method, const char *path, const char *type,
                              const struct buf *body)
{
    struct scene_answer answer;
    struct buf request;
    int fd = connect_to(scene);
    buf_init(&request, SIZE_MAX);
    buf_init(&answer.text, SIZE_MAX);
    buf_printf(&request, "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", method, path);
    if (body)
        buf_printf(&request, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, body->len);
    buf_put_text(&request, "\r\n");
    if (body)
        buf_put(&request, body->data, body->len);
    cr_assert_eq(buf_check(&request), 0);
    (void)send(fd, request.data, request.len, MSG_NOSIGNAL); /* one that is turned away may be so before its end */
    receive_all(fd, &answer.text);
    close(fd);
    buf_free(&request);
    answer.status = whole_status(&answer.text);
    return answer;
}

static void keep_entry(struct scene *scene, int64_t index, const struct buf *jws)
{
    for (size_t i = 0; i < scene->kept_count; i++)
        if (scene->kept[i].index == index) {
            cr_assert_str_eq(buf_text(&scene->kept[i].jws), buf_text(jws), "two are acknowledged at %lld",
                             (long long)index);
            return;
        }
    struct scene_entry *more = realloc(scene->kept, (scene->kept_count + 1) * sizeof *more);
    cr_assert_not_null(more);
    scene->kept = more;
    struct scene_entry *entry = &more[scene->kept_count++];
    entry->index = index;
    buf_init(&entry->jws, SIZE_MAX);
    buf_put(&entry->jws, jws->data, jws->len);
    cr_assert_eq(buf_check(&entry->jws), 0);
}

bool scene_note(struct scene *scene, const struct buf *jws, const struct scene_answer *answer)
{
    const char *at = strstr(buf_text(&answer->text), "\"index\":");
    if (answer->status == 200 || answer->status == 201) {
        cr_assert_not_null(at, "%s", buf_text(&answer->text));
        keep_entry(scene, strtoll(at + strlen("\"index\":"), NULL, 10), jws);
        return true;
    }
    cr_assert(answer->status == 0 || answer->status == 503, "%s", buf_text(&answer->text));
    return false;
}

int64_t scene_send(struct scene *scene, const char *path, struct buf jws)
{
    bool done = false;
    for (unsigned i = 0; i < RETRIES && !done; i++) {
        struct scene_answer answer = scene_ask(scene, "POST", path, "application/jose", &jws);
        done = scene_note(scene, &jws, &answer);
        buf_free(&answer.text);
        if (!done)
            pause_briefly();
    }
    cr_assert(done, "it is not taken any more");
    buf_free(&jws);
    return scene->kept[scene->kept_count - 1].index;
}

/* What members send. */

struct buf scene_enrolment(struct scene *scene, struct kit_member *member)
{
    struct buf payload;
    cr_assert_lt(scene->codes_used, scene->code_count, "more invitations are needed");
    kit_member_init(member, 1000 + (unsigned)scene->codes_used);
    buf_init(&payload, KIT_TEXT_MAX);
    enrolment_put_claims(&payload, "wau", KIT_JTI, KIT_NOW, scene->codes[scene->codes_used++], member->public_key);
    struct buf jws = kit_sign(member, ENROLMENT_TYP, buf_text(&payload));
    buf_free(&payload);
    return jws;
}

struct buf scene_response(const struct kit_member *member, const char *action, int64_t revision)
{
    struct response_claims claims = kit_claims(action, revision, KIT_ANSWERS);
    return kit_sign_response(member, &claims);
}

static struct own_data_request own_request(const struct kit_member *member, unsigned number, char jti[static 23])
{
    struct own_data_request request = {.aud = "wau", .jti = jti, .iat = KIT_NOW};
    snprintf(jti, 23, "%021uA", number);
    memcpy(request.public_key, member->public_key, KEY_BYTES);
    return request;
}

struct buf scene_erasure(const struct kit_member *member, const char *action, unsigned number)
{
    char jti[23];
    struct buf payload;
    struct own_data_request request = own_request(member, number, jti);
    request.round = "round-1";
    request.action = action;
    buf_init(&payload, KIT_TEXT_MAX);
    own_data_put_erasure(&payload, &request);
    struct buf jws = kit_sign(member, ERASURE_TYP, buf_text(&payload));
    buf_free(&payload);
    return jws;
}

struct buf scene_access(const struct kit_member *member, unsigned number)
{
    char jti[23];
    struct buf payload;
    struct own_data_request request = own_request(member, number, jti);
    buf_init(&payload, KIT_TEXT_MAX);
    own_data_put_access(&payload, &request);
    struct buf jws = kit_sign(member, ACCESS_TYP, buf_text(&payload));
    buf_free(&payload);
    return jws;
}

/* At the end. */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(buf_text(a), buf_text(b));
}

static struct buf read_entry(const struct scene *scene, struct store *store, int64_t index)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    enum store_result result = store_entry_read(store, index, &text);
    cr_assert(result == STORE_OK || (result == STORE_ERASED && scene->erases), "entry %lld: %s", (long long)index,
              store_error(store)->text);
    return text;
}

static void assert_none_twice(struct buf *texts, size_t count)
{
    qsort(texts, count, sizeof *texts, compare_texts);
    for (size_t i = 1; i < count; i++)
        cr_assert(texts[i].len == 0 || compare_texts(&texts[i - 1], &texts[i]) != 0, "an entry is doubled");
}

void scene_assert_kept(const struct scene *scene, const char *folder)
{
    struct store *store = open_existing(folder);
    cr_assert_not_null(store);
    size_t count = (size_t)kit_entries(store);
    struct buf *texts = calloc(count + 1, sizeof *texts);
    cr_assert_not_null(texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = read_entry(scene, store, (int64_t)i);
    for (size_t i = 0; i < scene->kept_count; i++) {
        const struct scene_entry *kept = &scene->kept[i];
        cr_assert_lt((size_t)kept->index, count, "entry %lld is lost", (long long)kept->index);
        const struct buf *found = &texts[kept->index];
        cr_assert(found->len == 0 || strcmp(buf_text(found), buf_text(&kept->jws)) == 0, "entry %lld is another",
                  (long long)kept->index);
    }
    store_close(store);
    assert_none_twice(texts, count);
    for (size_t i = 0; i < count; i++)
        buf_free(&texts[i]);
    free(texts);
    scene_assert_sound(folder, "in the end");
}
