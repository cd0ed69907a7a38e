/* The manifest: files in order, read strictly, so that one set of files has one text and one name. */
#include "panel/page.h"
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include <stdio.h>
#include <string.h>

#define HASH_LENGTH BASE64URL_LENGTH(SHA256_BYTES)

void page_manifest_init(struct page_manifest *manifest)
{
    *manifest = (struct page_manifest){.files = NULL};
    buf_init(&manifest->text, PAGE_MANIFEST_MAX);
}

void page_manifest_free(struct page_manifest *manifest)
{
    mem_free(manifest->files);
    buf_free(&manifest->text);
    page_manifest_init(manifest);
}

/* Names as people choose them for files of a web page; nothing that a URL or a page would write otherwise. */
static bool path_is_plain(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    size_t len = strlen(path);
    return len > 0 && len < PAGE_PATH_SIZE && strspn(path, plain) == len && path[0] != '/' && !strstr(path, "..") &&
           !strstr(path, "//");
}

int page_manifest_add(struct page_manifest *manifest, const char *path, const uint8_t hash[static SHA256_BYTES],
                      struct error *error)
{
    const struct page_file *last = manifest->count > 0 ? &manifest->files[manifest->count - 1] : NULL;
    if (!path_is_plain(path) || (last && strcmp(last->path, path) >= 0) || manifest->count >= PAGE_FILES_MAX)
        return error_set(error, ERROR_REFUSED,
                         T("'%.60s' has no place in a list of pages: a plain path, in order, is due",
                           "'%.60s' hoort niet in een lijst van pagina's: er moet een gewoon pad staan, op volgorde"),
                         path);
    struct page_file *files = list_grow(manifest->files, manifest->count, &manifest->capacity, sizeof *files);
    if (!files)
        return error_no_memory(error);
    manifest->files = files;
    struct page_file *file = &files[manifest->count++];
    snprintf(file->path, sizeof file->path, "%s", path);
    memcpy(file->hash, hash, SHA256_BYTES);
    return 0;
}

int page_manifest_seal(struct page_manifest *manifest)
{
    uint8_t hash[SHA256_BYTES];
    buf_reset(&manifest->text);
    for (size_t i = 0; i < manifest->count; i++) {
        base64url_put(&manifest->text, manifest->files[i].hash, SHA256_BYTES);
        buf_printf(&manifest->text, " %s\n", manifest->files[i].path);
    }
    if (buf_check(&manifest->text) < 0)
        return -1;
    crypto_sha256(buf_text(&manifest->text), manifest->text.len, hash);
    base64url_encode(hash, sizeof hash, manifest->release);
    return 0;
}

/* Adds the file that a line of `len` characters names. */
static int read_manifest_line(struct page_manifest *manifest, const char *line, size_t len, struct error *error)
{
    uint8_t hash[SHA256_BYTES];
    char path[PAGE_PATH_SIZE] = "";
    if (len <= HASH_LENGTH + 1 || len - HASH_LENGTH - 1 >= sizeof path || line[HASH_LENGTH] != ' ' ||
        base64url_decode_exactly(line, HASH_LENGTH, hash, sizeof hash) < 0)
        return error_set(error, ERROR_REFUSED, "%s",
                         T("a line is no hash and path of a file", "een regel is geen hash en pad van een bestand"));
    memcpy(path, line + HASH_LENGTH + 1, len - HASH_LENGTH - 1);
    return page_manifest_add(manifest, path, hash, error);
}

int page_manifest_read(struct page_manifest *manifest, const char *text, size_t len, struct error *error)
{
    size_t number = 1;
    page_manifest_init(manifest);
    for (size_t at = 0; at < len; number++) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t line = end ? (size_t)(end - text) - at : len - at;
        if (read_manifest_line(manifest, text + at, line, error) < 0) {
            page_manifest_free(manifest);
            return error_prefix(error, T("line %zu", "regel %zu"), number);
        }
        at += line + 1;
    }
    bool sealed = page_manifest_seal(manifest) == 0;
    if (sealed && manifest->text.len == len && memcmp(buf_text(&manifest->text), text, len) == 0)
        return 0;
    page_manifest_free(manifest);
    if (!sealed)
        return error_no_memory(error);
    return error_set(error, ERROR_REFUSED, "%s", T("its last line has no end", "de laatste regel heeft geen einde"));
}

void page_url(const char *path, char out[static PAGE_URL_SIZE])
{
    size_t len = strlen(path);
    bool is_page = len > 5 && strcmp(path + len - 5, ".html") == 0 && !strchr(path, '/');
    if (strcmp(path, "index.html") == 0)
        snprintf(out, PAGE_URL_SIZE, "/");
    else if (is_page)
        snprintf(out, PAGE_URL_SIZE, "/%.*s", (int)(len - 5), path);
    else
        snprintf(out, PAGE_URL_SIZE, "%s%s", strcmp(path, "sw.js") == 0 ? "/" : "/web/", path);
}
