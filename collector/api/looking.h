/* Before an answer that other collectors on the same store may know better: a look at what they have committed. So no
 * checkpoint is shown that is smaller than one that another has shown, and nobody is a stranger here who has just
 * enrolled there. Inside the API room. HTTP threads. */
#ifndef COLLECTOR_API_LOOKING_H
#define COLLECTOR_API_LOOKING_H

#include "collector/api/api.h"

/* Sets the answer, or puts the exchange aside. `seen`: what others had answered by the time of the request is known
 * here; false where the store is away, or the writer behind. */
typedef void api_look_fn(struct http_exchange *exchange, struct service *service, bool seen);

/* Whether others may be serving the store. */
bool api_has_others(const struct service *service);

/* Whether a refusal rests on what others may have changed since the writer last looked: who is a member, what was
 * imported. */
bool api_may_be_outdated(enum problem problem);

/* Has the writer look, and then calls `answer`, to which headers, arguments and path are there still. At once, and as
 * seen, where nobody else may serve the store. */
void api_look(struct http_exchange *exchange, struct service *service, api_look_fn *answer);

/* Entries that the newest checkpoint covers. */
uint64_t api_log_size(const struct service *service);

/* Whether the path's parameter names one of these, and *index then says which. */
bool api_covers_entry(const struct http_exchange *exchange, const struct service *service, uint64_t *index);

#endif
