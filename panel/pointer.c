/* One reference token after the other. */
#include "panel/pointer.h"
#include <string.h>

void pointer_put_name(struct buf *pointer, const char *name)
{
    buf_put_char(pointer, '/');
    while (*name != '\0') {
        size_t plain = strcspn(name, "~/");
        buf_put(pointer, name, plain);
        name += plain;
        if (*name != '\0')
            buf_put_text(pointer, *name++ == '~' ? "~0" : "~1");
    }
}

void pointer_put_place(struct buf *pointer, size_t place)
{
    buf_printf(pointer, "/%zu", place);
}
