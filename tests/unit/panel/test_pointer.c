#include "panel/pointer.h"
#include <criterion/criterion.h>

Test(pointer, escapes_tilde_and_slash)
{
    struct buf pointer;
    buf_init(&pointer, 100);
    pointer_put_name(&pointer, "answers");
    pointer_put_name(&pointer, "a/b~c~1");
    pointer_put_name(&pointer, "");
    pointer_put_place(&pointer, 12);
    cr_assert_eq(buf_check(&pointer), 0);
    cr_assert_str_eq(buf_text(&pointer), "/answers/a~1b~0c~01//12");
    buf_free(&pointer);
}
