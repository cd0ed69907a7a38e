/* The face of the web room: the pages that browsers get, out of the collector's own binary (docs/WEB.md).
 *
 * assets takes the files under web/ in as they lie in git. At the start web works out the hash of each, the manifest
 * that names them all and from it the release's name, fills in the few marks that follow from those and from what the
 * operator says of itself, and makes of each file an answer with its compressed form and ETag (http/static). theme says
 * what may take theme.css's place. What is served then changes no more. A page gets its data from /v1 as any client
 * does: nothing here knows a resource, a store or a panel. */
#ifndef COLLECTOR_WEB_WEB_H
#define COLLECTOR_WEB_WEB_H

#include "collector/http/http.h"
#include "panel/page.h"

#define WEB_THEME_MAX ((size_t)256 * 1024) /* bytes */

struct web;

/* Main thread. `theme` is the file that takes theme.css's place; "": none does. Neither is needed any more afterwards.
 * NULL: `error` says why: the theme can't be read, or holds what it must not. */
MUST_CHECK struct web *web_new(const struct page_owner *owner, const char *theme, struct error *error);
void web_free(struct web *web); /* NULL is fine */

/* What is served: every file by path and hash, and the release's name. Any thread. */
const struct page_manifest *web_manifest(const struct web *web);

/* The pages' paths; their context is a struct web. */
extern const struct http_route web_routes[];

#endif
