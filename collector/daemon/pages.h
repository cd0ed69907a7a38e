/* The pages of a collector that is about to serve: made, and named in the log. Inside the daemon room. Main thread. */
#ifndef COLLECTOR_DAEMON_PAGES_H
#define COLLECTOR_DAEMON_PAGES_H

#include "collector/api/api.h"
#include "collector/ops/config.h"
#include "collector/web/web.h"

/* Makes the pages as the settings have them: 0, and *out, NULL where they are off; free with web_free. -1: *error says
 * why they can't be made. */
MUST_CHECK int pages_make(const struct config *config, struct web **out, struct error *error);

/* Where the newest page-released of the log names other pages, has these named there, and waits for that: before
 * anything is served. Where that can't be had now a line in the log says so, and the next start tries again. */
void pages_name(struct service *service, const struct web *web);

#endif
