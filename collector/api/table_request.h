/* What is asked of a table, and of what describes it: which, exact or of which release, in which profile. Inside the
 * API room. HTTP threads. */
#ifndef COLLECTOR_API_TABLE_REQUEST_H
#define COLLECTOR_API_TABLE_REQUEST_H

#include "base/csv.h"
#include "collector/api/api.h"
#include "collector/tables/columns.h"
#include "panel/wanted.h"

#define TABLE_QUERY_MAX (WANTED_SIZE + (size_t)200) /* of a request's arguments as text */

struct table_request {
    enum table table;
    const struct csv_format *profile; /* NULL: none was named */
    bool exact; /* as the log is now; otherwise, but for comments, of a release */
    int64_t release; /* its number; 0: the newest */
    struct wanted_actions actions;
    char token[ACCESS_NAME_SIZE]; /* whose it is */
};

/* Reads the arguments, and looks who asks: what is released is anyone's; for exact tables and comments a token must
 * have the role and the right. false: it has not, or the arguments are wrong; the answer has been set. */
MUST_CHECK bool table_request_read(struct http_exchange *x, struct service *service, enum table table,
                                   struct table_request *out);

/* Whether it is of a release. */
bool table_request_is_released(const struct table_request *request);

/* Puts the arguments, led by '?'; nothing when there are none. The same request, asked again, has this query. */
void table_request_put_query(struct buf *out, const struct table_request *request);

#endif
