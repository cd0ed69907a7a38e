/* The face of the daemon: it puts the rooms together and lets them run. It starts them from the store up to HTTP, and
 * stops them the other way round, so that nothing begun is left unanswered. What a request means, it does not know.
 * Main thread. */
#ifndef COLLECTOR_DAEMON_SERVE_H
#define COLLECTOR_DAEMON_SERVE_H

#include "base/cli.h"

/* The verb `serve`: runs until SIGTERM or SIGINT. Returns the exit code. */
int serve_run(const struct cli_verb *verb, int argc, char **argv);

#endif
