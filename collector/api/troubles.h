/* What a resource can't give, in the collector's log, as a state (base/trouble.h): that too many ask is one, which
 * whoever asks may bring about, and what fails another, so that neither hides the other. Inside the API room. Any
 * thread. */
#ifndef COLLECTOR_API_TROUBLES_H
#define COLLECTOR_API_TROUBLES_H

#include "base/trouble.h"

struct api_troubles {
    struct trouble crowd, failure;
};

#define API_TROUBLES(where)                                                                                            \
    {                                                                                                                  \
        TROUBLE(where, LOG_WARNING), TROUBLE(where, LOG_ERROR)                                                         \
    }

/* It could not be given, as `error` says: ERROR_BUSY where too many ask. */
void api_trouble_met(struct api_troubles *troubles, const struct error *error);

/* It has been given. */
void api_trouble_passed(struct api_troubles *troubles);

#endif
