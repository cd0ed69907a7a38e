/* Composes a finding in a line and passes it on: findings_add is what the tree, the comparison and the verb share.
 * Knows nothing of what is compared. */
#include "collector/audit/findings.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>

#define FINDING_SIZE 512

void findings_add(struct audit_findings *findings, const char *format, ...)
{
    char text[FINDING_SIZE];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    text_end_on_character(text, sizeof text);
    text_clean(text);
    findings->count++;
    findings->tell(findings->context, text);
}
