/* Composes a finding in a line and passes it on: findings_add is what the tree, the comparison and the verb share.
 * Knows nothing of what is compared. */
#include "collector/audit/findings.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>

#define FINDING_SIZE 512

PRINTF_LIKE(2, 0)
static void compose_finding(char text[static FINDING_SIZE], const char *format, va_list arguments)
{
    if (vsnprintf(text, FINDING_SIZE, format, arguments) < 0)
        text[0] = '\0';
    text_end_on_character(text, FINDING_SIZE);
    text_clean(text);
}

void findings_add(struct audit_findings *findings, const char *format, ...)
{
    char text[FINDING_SIZE];
    va_list arguments;
    va_start(arguments, format);
    compose_finding(text, format, arguments);
    va_end(arguments);
    findings->count++;
    findings->tell(findings->context, text);
}

void findings_note(struct audit_findings *findings, const char *format, ...)
{
    char text[FINDING_SIZE];
    va_list arguments;
    if (!findings->note)
        return;
    va_start(arguments, format);
    compose_finding(text, format, arguments);
    va_end(arguments);
    findings->note(findings->context, text);
}
