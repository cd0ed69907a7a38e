/* The files under web/, compiled in byte for byte. Inside the web room. Any thread. */
#ifndef COLLECTOR_WEB_ASSETS_H
#define COLLECTOR_WEB_ASSETS_H

#include <stddef.h>

struct web_asset {
    const char *path; /* below web/ */
    const char *bytes, *end;
};

/* All of them, *count, in order of path; they last for ever. */
const struct web_asset *web_assets(size_t *count);

#endif
