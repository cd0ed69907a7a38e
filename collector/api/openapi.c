/* The assembler takes the file in as it is; make knows that this depends on it. */
#include "collector/api/openapi.h"

__asm__(".section .rodata\n"
        "openapi_begin:\n"
        ".incbin \"collector/api/openapi.json\"\n"
        "openapi_end:\n"
        ".byte 0\n"
        ".previous\n");

extern const char openapi_begin[], openapi_end[];

const char *openapi_text(size_t *len)
{
    *len = (size_t)(openapi_end - openapi_begin);
    return openapi_begin;
}
