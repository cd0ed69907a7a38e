/* The pages that a collector serves, as both sides see them (docs/WEB.md): the manifest that names every file with its
 * hash, and the marks that are filled in where a file is served. From the manifest all that a mark stands for follows,
 * but for what the operator says of itself, so that whoever fetches a page can take the marks' contents out again and
 * hold what remains against the manifest. Pure. */
#ifndef PANEL_PAGE_H
#define PANEL_PAGE_H

#include "base/buf.h"
#include "base/error.h"
#include "crypto/base64url.h"
#include "crypto/crypto.h"
#include <stdbool.h>

#define PAGE_PATH_SIZE 48 /* of a file's path below web/, with its NUL */
#define PAGE_URL_SIZE (PAGE_PATH_SIZE + sizeof "/web/")
#define PAGE_FILES_MAX 256
#define PAGE_FILE_MAX ((size_t)1024 * 1024) /* bytes of one file, its marks filled in */
#define PAGE_MANIFEST_MAX ((size_t)64 * 1024)
#define PAGE_RELEASE_SIZE (BASE64URL_LENGTH(SHA256_BYTES) + 1)
#define PAGE_SOURCE_SIZE sizeof "sha256-0123456789012345678901234567890123456789012=" /* as CSP and SRI name a hash */

struct page_file {
    char path[PAGE_PATH_SIZE]; /* "js/key.js" */
    uint8_t hash[SHA256_BYTES]; /* of its bytes, marks not filled in */
};

struct page_manifest {
    struct page_file *files; /* in order of path, byte by byte */
    size_t count, capacity;
    struct buf text; /* "<SHA-256 in base64url> <path>\n" for each; made by page_manifest_seal */
    char release[PAGE_RELEASE_SIZE]; /* the SHA-256 of `text`, base64url: the name of the whole */
};

/* What the operator says of itself; NULL or "": nothing. */
struct page_owner {
    const char *organisation, *phone, *mail, *privacy_url, *accessibility_url;
};

/* One without files. Free with page_manifest_free. */
void page_manifest_init(struct page_manifest *manifest);
void page_manifest_free(struct page_manifest *manifest);

/* Adds a file, which must come after those before it. -1, ERROR_REFUSED: its path is none, or out of order; or
 * ERROR_MEMORY. */
MUST_CHECK int page_manifest_add(struct page_manifest *manifest, const char *path,
                                 const uint8_t hash[static SHA256_BYTES], struct error *error);

/* Makes text and release of a manifest that has all its files. -1: no memory. */
MUST_CHECK int page_manifest_seal(struct page_manifest *manifest);

/* Reads a manifest's text into one that is new. -1: it is not to the letter what page_manifest_seal would write. */
MUST_CHECK int page_manifest_read(struct page_manifest *manifest, const char *text, size_t len, struct error *error);

/* Where a file is served: pages and the worker at the root, the first page at "/", all else below "/web/". */
void page_url(const char *path, char out[static PAGE_URL_SIZE]);

/* A hash as Content-Security-Policy and integrity name it. */
void page_source(const uint8_t hash[static SHA256_BYTES], char out[static PAGE_SOURCE_SIZE]);

/* Appends what @IMPORTMAP FOLDER@ stands for: an import map that names the hash of each module that a page may run
 * whose own are those below js/FOLDER/: these, and all that lie below no such folder. */
void page_put_import_map(struct buf *out, const struct page_manifest *manifest, const char *folder);

/* Appends `len` bytes of a file with its marks filled in; which there are, and what each stands for, is in WEB.md. */
void page_fill(struct buf *out, const char *text, size_t len, const struct page_manifest *manifest,
               const struct page_owner *owner);

/* The other way: appends what page_fill was given. Of what was not filled in by it something comes out that has another
 * hash, or that page_fill makes something else of. */
void page_unfill(struct buf *out, const char *text, size_t len, const struct page_manifest *manifest,
                 const struct page_owner *owner);

/* Whether `len` bytes, as they are served at its page_url, are the file that the manifest names: as they are, or of a
 * page or the worker with the marks taken out, and nothing but what they stand for in their place. 1, 0; -1: no memory.
 */
MUST_CHECK int page_is_as_named(const struct page_file *file, const char *bytes, size_t len,
                                const struct page_manifest *manifest, const struct page_owner *owner);

#endif
