/* Faults one by one. Texts that others wrote come back in `what`, so it is bounded and clean. */
#include "panel/faults.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHAT_SIZE 512

void faults_init(struct faults *faults)
{
    *faults = (struct faults){0};
}

void faults_free(struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        mem_free(faults->list[i].where);
        mem_free(faults->list[i].what);
    }
    mem_free(faults->list);
    faults_init(faults);
}

PRINTF_LIKE(2, 0) static void compose_what(char what[static WHAT_SIZE], const char *format, va_list arguments)
{
    if (vsnprintf(what, WHAT_SIZE, format, arguments) < 0)
        what[0] = '\0';
    text_end_on_character(what, WHAT_SIZE);
    text_clean(what);
}

static int keep_fault(struct faults *faults, const char *where, const char *what)
{
    if (!faults->list) {
        faults->list = mem_calloc(FAULTS_MAX, sizeof *faults->list);
        if (!faults->list)
            return -1;
    }
    struct fault fault = {.where = mem_copy_text(where, strlen(where)), .what = mem_copy_text(what, strlen(what))};
    if (!fault.where || !fault.what) {
        mem_free(fault.where);
        mem_free(fault.what);
        return -1;
    }
    faults->list[faults->count++] = fault;
    return 0;
}

void faults_add(struct faults *faults, const char *where, const char *format, ...)
{
    faults->total++;
    if (faults->count == FAULTS_MAX)
        return;
    char what[WHAT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    compose_what(what, format, arguments);
    va_end(arguments);
    if (keep_fault(faults, where, what) < 0)
        faults->no_memory = true;
}

bool faults_any(const struct faults *faults)
{
    return faults->total > 0 || faults->no_memory;
}
