/* What a connection under test is asked for. GET /small; POST /echo, what came; POST /late, after a wait; GET
 * /kept?q= and /forgotten?q=, what is known of the head after one; GET /stream, "3;2;1;". The test's thread. */
#ifndef TESTS_UNIT_COLLECTOR_HTTP_ASKED_H
#define TESTS_UNIT_COLLECTOR_HTTP_ASKED_H

#include "collector/http/exchange.h"

extern const struct http_site asked_sites[];
extern int asked_left; /* of the last stream: what was not made of it */
extern int asked_released; /* streams that were released */

#endif
