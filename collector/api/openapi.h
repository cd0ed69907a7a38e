/* The description of the HTTP API, OpenAPI 3.0, compiled in from openapi.json. Any thread. */
#ifndef COLLECTOR_API_OPENAPI_H
#define COLLECTOR_API_OPENAPI_H

#include <stddef.h>

/* The document, *len bytes; lasts for ever. */
const char *openapi_text(size_t *len);

#endif
