/* What an audit finds: one line each, told as it is found, and counted. What is no fault but should be known is a note
 * and not counted. Knows nothing of logs. The thread that owns the audit. */
#ifndef COLLECTOR_AUDIT_FINDINGS_H
#define COLLECTOR_AUDIT_FINDINGS_H

#include "base/compiler.h"
#include <stddef.h>

struct audit_findings {
    void (*tell)(void *context, const char *finding); /* one line of clean text in the language of lang.h */
    void (*note)(void *context, const char *note); /* the same; NULL: nobody listens */
    void *context;
    size_t count; /* of what differs */
};

/* Tells one more finding, as by printf; what is too long is cut. */
void findings_add(struct audit_findings *findings, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same for a note. */
void findings_note(struct audit_findings *findings, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
