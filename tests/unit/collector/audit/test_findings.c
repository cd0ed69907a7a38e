#include "collector/audit/findings.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char heard[1024];

static void hear(void *context, const char *finding)
{
    unsigned *calls = context;
    ++*calls;
    snprintf(heard, sizeof heard, "%s", finding);
}

Test(findings, are_told_one_by_one_and_counted)
{
    unsigned calls = 0;
    struct audit_findings findings = {.tell = hear, .context = &calls};
    findings_add(&findings, "entry %d: %s", 4, "it is missing");
    cr_assert_str_eq(heard, "entry 4: it is missing");
    findings_add(&findings, "tile");
    cr_assert_str_eq(heard, "tile");
    cr_assert(calls == 2 && findings.count == 2);
}

/* What an entry holds may come from anyone, and a finding goes to a terminal. */
Test(findings, are_one_clean_line_whatever_they_quote)
{
    unsigned calls = 0;
    char long_text[2000];
    struct audit_findings findings = {.tell = hear, .context = &calls};
    findings_add(&findings, "a\nb\x1b[31m\xc2\x9b%s", "\t");
    cr_assert_str_eq(heard, "a?b?[31m??");
    memset(long_text, 'x', sizeof long_text);
    memcpy(long_text + 510, "\xe2\x82\xac", 4); /* a euro sign across the limit */
    findings_add(&findings, "%s", long_text);
    cr_assert_eq(strlen(heard), 510);
}
