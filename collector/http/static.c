/* Made at the start, by the main thread; only read from then on. */
#include "collector/http/static.h"
#include "base/buf.h"
#include "base/mem.h"
#include "collector/http/gzip.h"
#include "collector/http/tag.h"

#define COMPRESSED_BESIDE ((size_t)16 * 1024) /* what gzip may put beside: it reserves in blocks */

struct http_static {
    const char *type, *bytes;
    size_t len;
    struct buf compressed;
    char tag[TAG_SIZE], compressed_tag[TAG_SIZE];
};

struct http_static *http_static_new(const char *type, const char *bytes, size_t len)
{
    struct http_static *resource = mem_calloc(1, sizeof *resource);
    struct gzip *gzip = resource ? gzip_new() : NULL;
    if (!gzip) {
        mem_free(resource);
        return NULL;
    }
    *resource = (struct http_static){.type = type, .bytes = bytes, .len = len};
    buf_init(&resource->compressed, len + COMPRESSED_BESIDE);
    gzip_put(gzip, bytes, len, true, &resource->compressed);
    gzip_free(gzip);
    tag_of_bytes(bytes, len, false, resource->tag);
    tag_of_bytes(bytes, len, true, resource->compressed_tag);
    if (buf_check(&resource->compressed) == 0)
        return resource;
    http_static_free(resource);
    return NULL;
}

void http_static_free(struct http_static *resource)
{
    if (!resource)
        return;
    buf_free(&resource->compressed);
    mem_free(resource);
}

const char *http_static_type(const struct http_static *resource)
{
    return resource->type;
}

const char *http_static_bytes(const struct http_static *resource, bool gzip, size_t *len)
{
    *len = gzip ? resource->compressed.len : resource->len;
    return gzip ? resource->compressed.data : resource->bytes;
}

const char *http_static_tag(const struct http_static *resource, bool gzip)
{
    return gzip ? resource->compressed_tag : resource->tag;
}
