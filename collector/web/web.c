/* Files into answers, and the answers to their paths. Made by the main thread; only read from then on. */
#include "collector/web/web.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/mem.h"
#include "collector/web/assets.h"
#include "collector/web/theme.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_SIZE 512
#define THEME "theme.css"

#define OF_PAGES "default-src 'none'; style-src 'self'; img-src 'self'; "
#define OF_ALL "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

struct web_file {
    char url[PAGE_URL_SIZE];
    struct buf filled; /* its bytes, where they are not as compiled in */
    char policy[POLICY_SIZE]; /* Content-Security-Policy; "": the common one */
    struct http_static *answer;
};

struct web {
    struct page_manifest manifest;
    struct buf theme; /* empty: as compiled in */
    struct web_file *files; /* in order of url */
    size_t count;
};

/* Making them. */

static bool path_ends(const char *path, const char *ending)
{
    size_t len = strlen(path), tail = strlen(ending);
    return len > tail && strcmp(path + len - tail, ending) == 0;
}

static const char *type_of(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},         {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},     {".svg", "image/svg+xml"},
        {".webmanifest", "application/manifest+json"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (path_ends(path, types[i].ending))
            return types[i].type;
    return "text/plain; charset=utf-8";
}

/* The bytes of an asset, or of what takes its place. */
static const char *bytes_of(const struct web *web, const struct web_asset *asset, size_t *len)
{
    bool themed = web->theme.len > 0 && strcmp(asset->path, THEME) == 0;
    *len = themed ? web->theme.len : (size_t)(asset->end - asset->bytes);
    return themed ? web->theme.data : asset->bytes;
}

static int make_manifest(struct web *web, struct error *error)
{
    size_t count, len;
    const struct web_asset *assets = web_assets(&count);
    for (size_t i = 0; i < count; i++) {
        uint8_t hash[SHA256_BYTES];
        const char *bytes = bytes_of(web, &assets[i], &len);
        crypto_sha256(bytes, len, hash);
        if (page_manifest_add(&web->manifest, assets[i].path, hash, error) < 0)
            return -1;
    }
    return page_manifest_seal(&web->manifest) == 0 ? 0 : error_no_memory(error);
}

/* The folder of a page's own modules, as its mark @IMPORTMAP FOLDER@ names it. Whether it has any. */
static bool find_modules(const char *bytes, size_t len, char out[static PAGE_PATH_SIZE])
{
    static const char mark[] = "@IMPORTMAP ";
    const char *at = memmem(bytes, len, mark, strlen(mark));
    const char *name = at ? at + strlen(mark) : NULL;
    const char *end = name ? memchr(name, '@', len - (size_t)(name - bytes)) : NULL;
    if (!end || end - name >= PAGE_PATH_SIZE)
        return false;
    snprintf(out, PAGE_PATH_SIZE, "%.*s", (int)(end - name), name);
    return true;
}

/* A page with modules (`folder`, NULL: none) runs those and no other script: what it may run is named by the import
 * map, and that by its hash here. Any other page runs none. A worker may fetch. */
static int set_policy(struct web *web, struct web_file *file, const char *path, const char *folder)
{
    const char *fonts = web->theme.len > 0 ? "font-src 'self'; " : "";
    struct buf map, policy;
    uint8_t hash[SHA256_BYTES];
    char source[PAGE_SOURCE_SIZE];
    buf_init(&map, PAGE_FILE_MAX);
    buf_init(&policy, POLICY_SIZE - 1);
    page_put_import_map(&map, &web->manifest, folder ? folder : "");
    crypto_sha256(buf_text(&map), map.len, hash);
    page_source(hash, source);
    if (folder)
        buf_printf(&policy,
                   OF_PAGES
                   "%sscript-src 'self' '%s'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " OF_ALL
                   "; require-trusted-types-for 'script'; trusted-types worker",
                   fonts, source);
    else if (path_ends(path, ".html"))
        buf_printf(&policy, OF_PAGES "%smanifest-src 'self'; " OF_ALL, fonts);
    else
        buf_put_text(&policy, "default-src 'none'; connect-src 'self'; frame-ancestors 'none'");
    int result = buf_check(&map) == 0 ? buf_check(&policy) : -1;
    if (result == 0)
        memcpy(file->policy, buf_text(&policy), policy.len + 1);
    buf_free(&map);
    buf_free(&policy);
    return result;
}

/* Pages and the worker have marks that are filled in; all else is served as it is. -1: no memory. */
static int make_web_file(struct web *web, const struct web_asset *asset, const struct page_owner *owner)
{
    struct web_file *file = &web->files[web->count++];
    size_t len;
    const char *bytes = bytes_of(web, asset, &len);
    page_url(asset->path, file->url);
    buf_init(&file->filled, PAGE_FILE_MAX);
    if (path_ends(asset->path, ".html") || strcmp(asset->path, "sw.js") == 0) {
        char folder[PAGE_PATH_SIZE];
        bool has_scripts = find_modules(bytes, len, folder);
        page_fill(&file->filled, bytes, len, &web->manifest, owner);
        if (buf_check(&file->filled) < 0 || set_policy(web, file, asset->path, has_scripts ? folder : NULL) < 0)
            return -1;
        bytes = buf_text(&file->filled);
        len = file->filled.len;
    }
    file->answer = http_static_new(type_of(asset->path), bytes, len);
    return file->answer ? 0 : -1;
}

static int make_manifest_file(struct web *web)
{
    struct web_file *file = &web->files[web->count++];
    page_url("manifest", file->url);
    buf_init(&file->filled, 0);
    file->answer = http_static_new(type_of("manifest"), buf_text(&web->manifest.text), web->manifest.text.len);
    return file->answer ? 0 : -1;
}

static int compare_urls(const void *a, const void *b)
{
    return strcmp(((const struct web_file *)a)->url, ((const struct web_file *)b)->url);
}

static int make_files(struct web *web, const struct page_owner *owner)
{
    size_t count;
    const struct web_asset *assets = web_assets(&count);
    web->files = mem_calloc(count + 1, sizeof *web->files);
    if (!web->files)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (make_web_file(web, &assets[i], owner) < 0)
            return -1;
    if (make_manifest_file(web) < 0)
        return -1;
    qsort(web->files, web->count, sizeof *web->files, compare_urls);
    return 0;
}

static int take_theme(struct web *web, const char *path, struct error *error)
{
    if (path[0] == '\0')
        return 0;
    if (file_read(path, &web->theme) < 0)
        return error_from_errno(error, T("the theme %s can't be read", "het thema %s kan niet gelezen worden"), path);
    if (theme_check(buf_text(&web->theme), web->theme.len, error) < 0)
        return error_prefix(error, T("the theme %s", "het thema %s"), path);
    return 0;
}

struct web *web_new(const struct page_owner *owner, const char *theme, struct error *error)
{
    struct web *web = mem_calloc(1, sizeof *web);
    if (!web) {
        error_no_memory(error);
        return NULL;
    }
    page_manifest_init(&web->manifest);
    buf_init(&web->theme, WEB_THEME_MAX);
    if (take_theme(web, theme, error) == 0 && make_manifest(web, error) == 0) {
        if (make_files(web, owner) == 0)
            return web;
        error_no_memory(error);
    }
    web_free(web);
    return NULL;
}

void web_free(struct web *web)
{
    if (!web)
        return;
    for (size_t i = 0; i < web->count; i++) {
        http_static_free(web->files[i].answer);
        buf_free(&web->files[i].filled);
    }
    mem_free(web->files);
    buf_free(&web->theme);
    page_manifest_free(&web->manifest);
    mem_free(web);
}

const struct page_manifest *web_manifest(const struct web *web)
{
    return &web->manifest;
}

/* Serving them. */

static int compare_url(const void *url, const void *file)
{
    return strcmp(url, ((const struct web_file *)file)->url);
}

static void get_file(struct http_exchange *x, void *context)
{
    const struct web *web = context;
    const struct web_file *file = bsearch(http_path(x), web->files, web->count, sizeof *web->files, compare_url);
    if (!file) {
        http_answer_problem(x, PROBLEM_NOT_FOUND, problem_detail(PROBLEM_NOT_FOUND), NULL);
        return;
    }
    if (file->policy[0] != '\0')
        http_answer_header(x, "Content-Security-Policy", file->policy);
    http_answer_static(x, file->answer);
}

static const struct http_header of_pages[] = {
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), "
     "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), "
     "microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-create=(self), "
     "publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"},
    {NULL, NULL},
};

const struct http_route web_routes[] = {
    {"GET", "/", NULL, 0, get_file, NULL, of_pages},
    {"GET", "/dashboard", NULL, 0, get_file, NULL, of_pages},
    {"GET", "/uitleg", NULL, 0, get_file, NULL, of_pages},
    {"GET", "/privacy", NULL, 0, get_file, NULL, of_pages},
    {"GET", "/toegankelijkheid", NULL, 0, get_file, NULL, of_pages},
    {"GET", "/sw.js", NULL, 0, get_file, NULL, of_pages},
    {"GET", "/web/*", NULL, 0, get_file, NULL, of_pages},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
