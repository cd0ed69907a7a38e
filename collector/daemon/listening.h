/* Where the collector listens, by the settings: in TLS, or in plain where no wire is passed or a proxy ends TLS. Inside
 * the daemon's room. Main thread. */
#ifndef COLLECTOR_DAEMON_LISTENING_H
#define COLLECTOR_DAEMON_LISTENING_H

#include "collector/http/http.h"
#include "collector/ops/config.h"

/* Listens at CONFIG_LISTEN or CONFIG_METRICS_LISTEN, which is not empty, serves `sites`, and says so on standard
 * output. NULL: a line has been written. `config` outlives the server. */
MUST_CHECK struct http_server *listening_start(const struct config *config, enum config_key key,
                                               const struct http_site *sites);

/* Whether that would go well now, also where the setting is empty. -1: a line has been written. */
MUST_CHECK int listening_check(const struct config *config, enum config_key key);

/* Has the server, if there is one, read its certificate anew; the log tells how that went. */
void listening_reload(struct http_server *server);

#endif
