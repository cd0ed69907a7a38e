/* A list that grows with the rows that have a fault, and no further: one finding for each. */
#include "client/batch/findings.h"
#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES ((size_t)1024) /* of a member or an action, which is none where it is longer */
#define WHAT_MAX ((size_t)48 * 1024) /* of one row; a question has a fault or two */

static void free_finding(struct batch_finding *finding)
{
    mem_free(finding->member);
    mem_free(finding->action);
    mem_free(finding->what);
}

static int append_what(struct batch_finding *finding, const char *what)
{
    struct buf text;
    if (finding->is_cut)
        return 0;
    finding->is_cut = strlen(finding->what) + strlen(what) > WHAT_MAX;
    buf_init(&text, WHAT_MAX + 16);
    buf_printf(&text, "%s; %s", finding->what, finding->is_cut ? "..." : what);
    char *both = buf_check(&text) == 0 ? mem_copy_text(buf_text(&text), text.len) : NULL;
    buf_free(&text);
    if (!both)
        return -1;
    mem_free(finding->what);
    finding->what = both;
    return 0;
}

int batch_findings_add(struct batch_findings *findings, size_t line, const char *what)
{
    if (findings->count > 0 && findings->list[findings->count - 1].line == line)
        return append_what(&findings->list[findings->count - 1], what);
    struct batch_finding *list =
        list_grow(findings->list, findings->count, &findings->capacity, sizeof *findings->list);
    if (!list)
        return -1;
    findings->list = list;
    struct batch_finding finding = {.line = line, .what = mem_copy_text(what, strlen(what))};
    if (!finding.what)
        return -1;
    findings->list[findings->count++] = finding;
    return 0;
}

static int set_name(char **name, const char *text)
{
    char *copy = text ? mem_copy_text(text, text_fitting(text, NAME_MAX_BYTES)) : NULL;
    if (text && !copy)
        return -1;
    mem_free(*name);
    *name = copy;
    return 0;
}

int batch_findings_name(struct batch_findings *findings, size_t line, const char *member, const char *action)
{
    struct batch_finding *last = findings->count > 0 ? &findings->list[findings->count - 1] : NULL;
    if (!last || last->line != line)
        return 0;
    return set_name(&last->member, member) < 0 || set_name(&last->action, action) < 0 ? -1 : 0;
}

static int compare_findings(const void *a, const void *b)
{
    const struct batch_finding *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

int batch_findings_sort(struct batch_findings *findings)
{
    size_t kept = 0;
    int result = 0;
    if (findings->count > 1)
        qsort(findings->list, findings->count, sizeof *findings->list, compare_findings);
    for (size_t i = 0; i < findings->count; i++) {
        struct batch_finding *finding = &findings->list[i];
        if (kept == 0 || findings->list[kept - 1].line != finding->line) {
            findings->list[kept++] = *finding;
            continue;
        }
        if (append_what(&findings->list[kept - 1], finding->what) < 0)
            result = -1;
        free_finding(finding);
    }
    findings->count = kept;
    return result;
}

void batch_findings_free(struct batch_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free_finding(&findings->list[i]);
    mem_free(findings->list);
    *findings = (struct batch_findings){0};
}
