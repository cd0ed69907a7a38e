/* A checkpoint is verified before it becomes a pin, also when it comes from our own file. See pin.h. */
#include "client/home/pin.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/slice.h"
#include "client/home/path.h"
#include <errno.h>
#include <string.h>

#define NAME "log.json"
#define FILE_MAX (NOTE_MAX * 2 + (size_t)4096) /* each newline of the note takes two characters in JSON */

/* With a copy of the checkpoint; NULL when there is no memory. */
static struct pin *build_pin(const struct note_key *key, const struct merkle_head *head, const struct slice *checkpoint)
{
    struct pin *pin = mem_calloc(1, sizeof *pin);
    char *text = mem_copy_text(checkpoint->text, checkpoint->len);
    if (!pin || !text) {
        mem_free(pin);
        mem_free(text);
        return NULL;
    }
    *pin = (struct pin){.key = *key, .head = *head, .checkpoint = text, .checkpoint_len = checkpoint->len};
    return pin;
}

struct pin *pin_copy(const struct pin *pin)
{
    return build_pin(&pin->key, &pin->head, &(struct slice){pin->checkpoint, pin->checkpoint_len});
}

static struct pin *verify_and_build(const struct note_key *key, const struct buf *checkpoint, struct error *error)
{
    struct merkle_head head;
    struct slice text = slice_of(checkpoint);
    if (checkpoint_open(text.text, text.len, key, &head, error) < 0)
        return NULL;
    struct pin *pin = build_pin(key, &head, &text);
    if (!pin)
        error_no_memory(error);
    return pin;
}

struct pin *pin_new(const struct buf *key, const struct buf *checkpoint, struct error *error)
{
    struct note_key parsed;
    const char *text = buf_text(key);
    size_t len = key->len;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (note_key_parse(text, len, &parsed, error) < 0)
        return NULL;
    return verify_and_build(&parsed, checkpoint, error);
}

struct pin *pin_advance(const struct pin *pin, const struct buf *checkpoint, struct error *error)
{
    return verify_and_build(&pin->key, checkpoint, error);
}

void pin_free(struct pin *pin)
{
    if (!pin)
        return;
    mem_free(pin->checkpoint);
    mem_free(pin);
}

bool pin_has_key(const struct pin *pin, const struct note_key *key)
{
    return strcmp(pin->key.name, key->name) == 0 && memcmp(pin->key.public_key, key->public_key, KEY_BYTES) == 0;
}

/* The file. */

int pin_write(const struct pin *pin, const char *home)
{
    char path[PATH_MAX];
    struct buf text, key;
    int result = -1;
    buf_init(&text, FILE_MAX);
    buf_init(&key, NOTE_NAME_SIZE + 64);
    note_key_put(&key, &pin->key);
    buf_put_text(&text, "{\"key\":");
    json_put_string(&text, buf_text(&key), key.len);
    buf_put_text(&text, ",\"checkpoint\":");
    json_put_string(&text, pin->checkpoint, pin->checkpoint_len);
    buf_put_text(&text, "}\n");
    if (buf_check(&key) < 0 || buf_check(&text) < 0)
        errno = ENOMEM;
    else if (path_in_home(path, home, NAME) == 0)
        result = file_write(path, buf_text(&text), text.len);
    buf_free(&key);
    buf_free(&text);
    return result;
}

static void put_text_member(struct buf *out, const struct json *document, const char *name)
{
    const char *text = json_text(json_member(document, name));
    buf_put_text(out, text ? text : "");
}

/* NULL with errno, EILSEQ when it is none. */
static struct pin *parse_pin(const struct buf *text)
{
    struct buf key, checkpoint;
    struct error error = {.kind = ERROR_MEMORY};
    struct pin *pin = NULL;
    struct json_fault fault;
    struct json *document = json_parse(buf_text(text), text->len, &fault);
    buf_init(&key, NOTE_MAX);
    buf_init(&checkpoint, NOTE_MAX);
    put_text_member(&key, document, "key");
    put_text_member(&checkpoint, document, "checkpoint");
    if (!document && !fault.no_memory)
        error.kind = ERROR_DAMAGED;
    if (document && buf_check(&key) == 0 && buf_check(&checkpoint) == 0)
        pin = pin_new(&key, &checkpoint, &error);
    json_free(document);
    buf_free(&key);
    buf_free(&checkpoint);
    errno = error.kind == ERROR_MEMORY ? ENOMEM : EILSEQ;
    return pin;
}

int pin_read(const char *home, struct pin **out)
{
    char path[PATH_MAX];
    struct buf text;
    int result = -1;
    buf_init(&text, FILE_MAX);
    if (path_in_home(path, home, NAME) == 0 && file_read(path, &text) == 0) {
        struct pin *pin = parse_pin(&text);
        if (pin)
            *out = pin;
        result = pin ? 0 : -1;
    } else if (errno == ENOENT) {
        *out = NULL;
        result = 0;
    }
    buf_free(&text);
    return result;
}
