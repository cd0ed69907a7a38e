/* What a theme may hold (docs/WEB.md): values for the style sheet's names, and fonts of the same site. Inside the web
 * room. Pure. */
#ifndef COLLECTOR_WEB_THEME_H
#define COLLECTOR_WEB_THEME_H

#include "base/error.h"
#include <stddef.h>

/* Whether `len` bytes of CSS, which a NUL follows, set custom properties alone (`--name: value`, in any rule, inside
 * @media or not) and bring fonts only by @font-face, from this site: each url() begins with one slash. -1: `error` says
 * in which line what else stands there. */
MUST_CHECK int theme_check(const char *css, size_t len, struct error *error);

#endif
