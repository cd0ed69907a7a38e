/* The marks: each with what it stands for, put in or taken out. What the operator says of itself comes as a whole
 * element, so that it can be told from a page's own text. */
#include "base/mem.h"
#include "panel/page.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MARK_SIZE (PAGE_PATH_SIZE + sizeof "@INTEGRITY @")
#define FIXED_MARKS 5
#define VALUE_MAX ((size_t)64 * 1024)

struct mark {
    char name[MARK_SIZE];
    struct buf value;
};

struct marks {
    struct mark *list;
    size_t count;
};

void page_source(const uint8_t hash[static SHA256_BYTES], char out[static PAGE_SOURCE_SIZE])
{
    int prefix = snprintf(out, PAGE_SOURCE_SIZE, "sha256-");
    base64url_encode(hash, SHA256_BYTES, out + prefix);
    for (char *c = out + prefix; *c != '\0'; c++)
        *c = (char)(*c == '-' ? '+' : *c == '_' ? '/' : *c);
    memcpy(out + prefix + BASE64URL_LENGTH(SHA256_BYTES), "=", 2);
}

static bool path_ends_in(const char *path, const char *ending)
{
    size_t len = strlen(path), tail = strlen(ending);
    return len > tail && strcmp(path + len - tail, ending) == 0;
}

/* The folder below js/ that a module lies in, in `out`; whether it lies in one. */
static bool find_folder(const char *path, char out[static PAGE_PATH_SIZE])
{
    static const char root[] = "js/";
    const char *name = path + strlen(root);
    const char *end = strncmp(path, root, strlen(root)) == 0 ? strchr(name, '/') : NULL;
    if (!end)
        return false;
    snprintf(out, PAGE_PATH_SIZE, "%.*s", (int)(end - name), name);
    return true;
}

static bool is_module_of(const char *path, const char *folder)
{
    char own[PAGE_PATH_SIZE];
    return path_ends_in(path, ".js") && strcmp(path, "sw.js") != 0 &&
           (!find_folder(path, own) || strcmp(own, folder) == 0);
}

void page_put_import_map(struct buf *out, const struct page_manifest *manifest, const char *folder)
{
    const char *before = "{\"integrity\":{";
    for (size_t i = 0; i < manifest->count; i++) {
        const struct page_file *file = &manifest->files[i];
        char url[PAGE_URL_SIZE], source[PAGE_SOURCE_SIZE];
        if (!is_module_of(file->path, folder))
            continue;
        page_url(file->path, url);
        page_source(file->hash, source);
        buf_printf(out, "%s\"%s\":\"%s\"", before, url, source);
        before = ",";
    }
    buf_put_text(out, before[0] == ',' ? "}}" : "{\"integrity\":{}}");
}

/* What the operator says of itself. */

static void put_escaped(struct buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        const char *entity = *c == '&'   ? "&amp;"
                             : *c == '<' ? "&lt;"
                             : *c == '>' ? "&gt;"
                             : *c == '"' ? "&quot;"
                                         : NULL;
        if (entity)
            buf_put_text(out, entity);
        else
            buf_put_char(out, *c);
    }
}

static bool is_given(const char *text)
{
    return text && text[0] != '\0';
}

static void put_link(struct buf *out, const char *class, const char *scheme, const char *target, const char *text)
{
    buf_printf(out, "<a class=\"%s\" href=\"%s", class, scheme);
    put_escaped(out, target);
    buf_put_text(out, "\">");
    put_escaped(out, text);
    buf_put_text(out, "</a>");
}

/* A telephone number as a link wants it, without what is there for the eye. */
static void put_phone(struct buf *out, const char *phone)
{
    char dialled[64];
    size_t len = 0;
    for (const char *c = phone; *c != '\0' && len < sizeof dialled - 1; c++)
        if (isdigit((unsigned char)*c) || (*c == '+' && len == 0))
            dialled[len++] = *c;
    dialled[len] = '\0';
    put_link(out, "phone", "tel:", dialled, phone);
}

static void put_contact(struct buf *out, const struct page_owner *owner)
{
    buf_put_text(out, "<address class=\"contact\">");
    if (is_given(owner->organisation)) {
        buf_put_text(out, "<span class=\"organisation\">");
        put_escaped(out, owner->organisation);
        buf_put_text(out, "</span>");
    }
    if (is_given(owner->phone))
        put_phone(out, owner->phone);
    if (is_given(owner->mail))
        put_link(out, "mail", "mailto:", owner->mail, owner->mail);
    buf_put_text(out, "</address>");
}

static void put_statement_link(struct buf *out, const char *class, const char *url)
{
    if (is_given(url))
        put_link(out, class, "", url, url);
    else
        buf_printf(out, "<span class=\"%s\"></span>", class);
}

/* Their table. */

static struct buf *add_mark(struct marks *marks, const char *name, const char *path)
{
    struct mark *mark = &marks->list[marks->count++];
    snprintf(mark->name, sizeof mark->name, "@%s%s%s@", name, path[0] == '\0' ? "" : " ", path);
    buf_init(&mark->value, VALUE_MAX);
    return &mark->value;
}

static void add_integrities(struct marks *marks, const struct page_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++) {
        char source[PAGE_SOURCE_SIZE];
        if (!path_ends_in(manifest->files[i].path, ".css"))
            continue;
        page_source(manifest->files[i].hash, source);
        buf_put_text(add_mark(marks, "INTEGRITY", manifest->files[i].path), source);
    }
}

/* A folder's files follow each other. */
static void add_import_maps(struct marks *marks, const struct page_manifest *manifest)
{
    char last[PAGE_PATH_SIZE] = "", folder[PAGE_PATH_SIZE];
    for (size_t i = 0; i < manifest->count; i++) {
        if (!find_folder(manifest->files[i].path, folder) || strcmp(folder, last) == 0)
            continue;
        page_put_import_map(add_mark(marks, "IMPORTMAP", folder), manifest, folder);
        memcpy(last, folder, sizeof last);
    }
}

static void free_marks(struct marks *marks)
{
    for (size_t i = 0; i < marks->count; i++)
        buf_free(&marks->list[i].value);
    mem_free(marks->list);
}

/* -1: no memory; then there is nothing to free. */
static int make_marks(struct marks *marks, const struct page_manifest *manifest, const struct page_owner *owner)
{
    *marks = (struct marks){.list = mem_calloc(manifest->count + FIXED_MARKS, sizeof *marks->list)};
    if (!marks->list)
        return -1;
    buf_put_text(add_mark(marks, "RELEASE", ""), manifest->release);
    buf_put(add_mark(marks, "MANIFEST", ""), buf_text(&manifest->text), manifest->text.len);
    put_contact(add_mark(marks, "CONTACT", ""), owner);
    put_statement_link(add_mark(marks, "PRIVACY", ""), "privacy-statement", owner->privacy_url);
    put_statement_link(add_mark(marks, "ACCESSIBILITY", ""), "accessibility-statement", owner->accessibility_url);
    add_integrities(marks, manifest);
    add_import_maps(marks, manifest);
    int result = 0;
    for (size_t i = 0; i < marks->count; i++)
        if (buf_check(&marks->list[i].value) < 0)
            result = -1;
    if (result < 0)
        free_marks(marks);
    return result;
}

/* Putting them in and taking them out. */

/* The mark at whose name, or with `by_value` at whose value, `text` stands; NULL: none. *len is how long that is. */
static const struct mark *find_mark(const struct marks *marks, bool by_value, const char *text, size_t left,
                                    size_t *len)
{
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->list[i];
        const char *sought = by_value ? buf_text(&mark->value) : mark->name;
        *len = by_value ? mark->value.len : strlen(mark->name);
        if (*len > 0 && *len <= left && sought[0] == text[0] && memcmp(sought, text, *len) == 0)
            return mark;
    }
    return NULL;
}

static void put_exchanged(struct buf *out, const char *text, size_t len, const struct marks *marks, bool by_value)
{
    for (size_t at = 0, step; at < len; at += step) {
        const struct mark *mark = find_mark(marks, by_value, text + at, len - at, &step);
        if (mark) {
            buf_put_text(out, by_value ? mark->name : buf_text(&mark->value));
        } else {
            buf_put_char(out, text[at]);
            step = 1;
        }
    }
}

static void put_with_marks(struct buf *out, const char *text, size_t len, const struct page_manifest *manifest,
                           const struct page_owner *owner, bool by_value)
{
    struct marks marks;
    if (make_marks(&marks, manifest, owner) < 0) {
        out->failed = true;
        return;
    }
    put_exchanged(out, text, len, &marks, by_value);
    free_marks(&marks);
}

void page_fill(struct buf *out, const char *text, size_t len, const struct page_manifest *manifest,
               const struct page_owner *owner)
{
    put_with_marks(out, text, len, manifest, owner, false);
}

void page_unfill(struct buf *out, const char *text, size_t len, const struct page_manifest *manifest,
                 const struct page_owner *owner)
{
    put_with_marks(out, text, len, manifest, owner, true);
}

/* What the bytes give when marks are taken out, and those filled in once more. */
static int is_filled_in(const struct page_file *file, const char *bytes, size_t len,
                        const struct page_manifest *manifest, const struct page_owner *owner)
{
    struct buf source, again;
    uint8_t hash[SHA256_BYTES];
    buf_init(&source, PAGE_FILE_MAX);
    buf_init(&again, PAGE_FILE_MAX);
    page_unfill(&source, bytes, len, manifest, owner);
    page_fill(&again, buf_text(&source), source.len, manifest, owner);
    int result = buf_check(&source) < 0 || buf_check(&again) < 0 ? -1 : 0;
    if (result == 0) {
        crypto_sha256(buf_text(&source), source.len, hash);
        result =
            memcmp(hash, file->hash, sizeof hash) == 0 && again.len == len && memcmp(buf_text(&again), bytes, len) == 0;
    }
    buf_free(&source);
    buf_free(&again);
    return result;
}

int page_is_as_named(const struct page_file *file, const char *bytes, size_t len, const struct page_manifest *manifest,
                     const struct page_owner *owner)
{
    uint8_t hash[SHA256_BYTES];
    if (path_ends_in(file->path, ".html") || strcmp(file->path, "sw.js") == 0)
        return is_filled_in(file, bytes, len, manifest, owner);
    crypto_sha256(bytes, len, hash);
    return memcmp(hash, file->hash, sizeof hash) == 0;
}
