/* What an audit finds: one line each, told as it is found, and counted. Knows nothing of logs. The thread that owns the
 * audit. */
#ifndef COLLECTOR_AUDIT_FINDINGS_H
#define COLLECTOR_AUDIT_FINDINGS_H

#include "base/compiler.h"
#include <stddef.h>

struct audit_findings {
    void (*tell)(void *context, const char *finding); /* one line of clean text in the language of lang.h */
    void *context;
    size_t count;
};

/* Tells one more finding, as by printf; what is too long is cut. */
void findings_add(struct audit_findings *findings, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
