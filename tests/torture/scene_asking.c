/* The other side of scene.h: requests on connections of their own, what members send, and whether all of it is there in
 * the end. */
#include "base/clock.h"
#include "collector/store/store.h"
#include "panel/enrolment.h"
#include "panel/own_data.h"
#include "tests/torture/scene.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_SECONDS 120 /* more is a hang */
#define RETRIES 2000
#define RETRY_MS 10

/* Asking. */

static int connect_to(const struct scene *scene)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(scene->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
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
    if (scene->token[0] != '\0')
        buf_printf(&request, "Authorization: Bearer %s\r\n", scene->token);
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

/* Line by line, as scene_note. */
static bool note_lines(struct scene *scene, const struct buf *texts, size_t count, const struct scene_answer *answer)
{
    size_t taken = 0;
    const char *line = strstr(buf_text(&answer->text), "\r\n\r\n") + 4;
    for (size_t i = 0; i < count; i++, line = strchr(line, '\n') + 1) {
        const char *status = strstr(line, "\"status\":");
        struct scene_answer one;
        cr_assert(status != NULL && sscanf(status, "\"status\":%d", &one.status) == 1 && strchr(line, '\n') != NULL,
                  "line %zu of %s", i, buf_text(&answer->text));
        buf_init(&one.text, SIZE_MAX);
        buf_put(&one.text, line, (size_t)(strchr(line, '\n') - line));
        taken += scene_note(scene, &texts[i], &one);
        buf_free(&one.text);
    }
    return taken == count;
}

bool scene_send_lines(struct scene *scene, const struct buf *texts, size_t count)
{
    struct buf body;
    buf_init(&body, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        buf_printf(&body, i % 2 == 0 ? "\"%s\"\n" : "\"\\u0065%s\"\n", buf_text(&texts[i]) + i % 2); /* an e */
    cr_assert_eq(buf_check(&body), 0);
    struct scene_answer answer = scene_ask(scene, "POST", "/v1/response-batches", "application/x-ndjson", &body);
    cr_assert(answer.status == 200 || answer.status == 503 || answer.status == 0, "%s", buf_text(&answer.text));
    bool taken = answer.status == 200 && note_lines(scene, texts, count, &answer);
    buf_free(&answer.text);
    buf_free(&body);
    return taken;
}

int64_t scene_send(struct scene *scene, const char *path, struct buf jws)
{
    bool done = false;
    for (unsigned i = 0; i < RETRIES && !done; i++) {
        struct scene_answer answer = scene_ask(scene, "POST", path, "application/jose", &jws);
        done = scene_note(scene, &jws, &answer);
        buf_free(&answer.text);
        if (!done)
            clock_sleep_ms(RETRY_MS);
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

static int forget_text(void *context, int64_t index, const char *kind)
{
    struct buf *texts = context;
    (void)kind;
    buf_reset(&texts[index]);
    return 0;
}

void scene_assert_kept(const struct scene *scene, const char *folder)
{
    struct store *store = scene_store(folder);
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
    /* Of one second two events may be the same to the byte, such as two revocations with a restoration between. */
    cr_assert_eq(store_event_each(store, 0, (int64_t)count, forget_text, texts), STORE_OK);
    store_close(store);
    assert_none_twice(texts, count);
    for (size_t i = 0; i < count; i++)
        buf_free(&texts[i]);
    free(texts);
    scene_assert_sound(folder, "in the end");
}
