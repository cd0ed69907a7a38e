/* The pages of a collector, looked at as a stranger: each file against the manifest, the manifest against the log. One
 * thread. */
#ifndef CLIENT_LOG_PAGES_H
#define CLIENT_LOG_PAGES_H

#include "base/error.h"
#include "client/home/pin.h"
#include "client/net/http.h"
#include "panel/page.h"

enum pages_result {
    PAGES_LOOKED, /* at all of it; `wrong` says how many files are not as named, `named_at` where it is named */
    PAGES_AWAY, /* not reached: `answer` */
    PAGES_REFUSED, /* *error says what is not as it must be */
};

struct pages_look {
    struct http *http;
    struct http_answer *answer; /* the last one had */
    void (*found)(void *context, const char *path, bool served); /* a file that is not as named, or not served at all */
    void *context;
    struct error *error;

    struct page_manifest manifest; /* as served; freed by pages_wipe */
    size_t wrong;
    int64_t named_at; /* the entry of the newest page-released, where it names this manifest; else -1 */
    struct pin *log; /* under whose key the receipt of that entry holds; freed by pages_wipe */
};

/* Looks at all of it. *look has all above `manifest`. */
MUST_CHECK enum pages_result pages_look(struct pages_look *look);
void pages_wipe(struct pages_look *look);

#endif
