/* What is said of a collector's URL, by both programs. Knows no HTTP library. Any thread. */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>

/* Whether what is sent to this http or https URL can be read on the way: plain http,
 * and not to this machine itself (localhost, 127.0.0.0/8, [::1]). */
bool url_is_exposed(const char *url);

#endif
