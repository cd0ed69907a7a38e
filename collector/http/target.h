/* What a request asks for (RFC 9112 §3.2): the request-target's path and arguments, decoded. Inside the HTTP room: a
 * part of reading a head. Any thread, each its own. */
#ifndef COLLECTOR_HTTP_TARGET_H
#define COLLECTOR_HTTP_TARGET_H

#include "base/compiler.h"
#include "collector/http/head_parts.h"

/* Takes the NUL-terminated target apart in place: origin-form ("/v1/panel?x=y"), absolute-form ("http://host/v1/panel",
 * of which the host is passed over) or "*" of OPTIONS. Sets head->path and head->arguments. -1: *fault. */
MUST_CHECK int target_parse(struct http_head *head, char *target, struct head_fault *fault);

/* Whether `len` characters may be a host with or without a port; none at all may. */
bool target_is_authority(const char *text, size_t len);

#endif
