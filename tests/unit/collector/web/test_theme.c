/* What a theme may hold, and what it may not, however it is written. */
#include "collector/web/theme.h"
#include <criterion/criterion.h>
#include <string.h>

static int check(const char *css)
{
    struct error error = {0};
    int result = theme_check(css, strlen(css), &error);
    cr_assert_eq(result < 0, error.text[0] != '\0', "%s", css);
    return result;
}

Test(theme, takes_custom_properties_and_fonts_of_this_site)
{
    const char *const good[] = {
        "",
        " /* nothing */ ",
        ":root { --a: 1 }",
        ":root{--a:1;--b:calc(1px + (2 * 3px));;}",
        ".theme, [data-theme=\"x;y\"] { --utrecht-link-color: rgb(1, 2, 3); /* ; } */ --c: \"a;b}\"; }",
        "@media (prefers-color-scheme: dark) { :root { --a: #000 } } :root { --b: 2 }",
        "@font-face { font-family: \"R\"; src: url(/fonts/r.woff2) format(\"woff2\"), url( '/b' ); font-weight: 400 }",
        ":root { --logo: url(/logo.svg) }",
        ":root { --empty: ; --a: /* color: */ 1 }",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert_eq(check(good[i]), 0, "%s", good[i]);
}

Test(theme, refuses_all_else_however_it_is_written)
{
    const char *const bad[] = {
        ":root { color: red }",
        "body { display: none }",
        ":root { --a: 1; color: red }",
        ":root { -webkit-x: 1 }",
        "@import url(/x.css);",
        "@import \"/x.css\";",
        "@namespace x;",
        "@font-face { src: url(https://example.org/f) }",
        "@font-face { src: url(//example.org/f) }",
        "@font-face { src: url('/\\\\example.org/f') }",
        "@font-face { src: url(\"//example.org/f\") }",
        "@font-face { src: url(data:x) }",
        "@font-face { src: URL(x.woff2) }",
        "@font-face { src: image-set(\"https://example.org/f\" 1x) }",
        ":root { --a: url(/x\"y); color: red; --b: \" }",
        ":root { --a: url(/x y); color: red }",
        ":root { --a: /* \" */ 1; color: red; --b: \"x\" }",
        ":root { --a: \"x\n; color: red; --b: \" }",
        ":root { --a: ( ]; --b: ) ) ; color: red; }",
        ":root { --a: ); color: red }",
        ":root { --a: [ } ] ; color: red }",
        ":root { --a: { ; color: red } }",
        ":root { --a: \\; color: red }",
        ":root { c\\6flor: red }",
        ":root { --a: 1",
        ":root { --a: \"",
        ":root { --a: (1 }",
        ":root { /* --a: 1 }",
        ":root --a: 1",
        "} :root { --a: 1 }",
        "@media print { :root { --a: 1 }",
        "@media print { body { color: red } }",
        "@media a{@media a{@media a{@media a{@media a{@media a{@media a{@media a{@media a{}}}}}}}}}",
        "@media; ",
        "x; y { --a: 1 }",
        "<!-- :root { color: red } -->",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_lt(check(bad[i]), 0, "%s", bad[i]);
    struct error error;
    cr_assert_lt(theme_check(":root { --a: \0; color: red }", 28, &error), 0);
}

/* A NUL that was taken for the end of a declaration, and never stepped over, had the check go on for ever. */
Test(theme, ends_at_a_nul_wherever_it_stands, .timeout = 20)
{
    static const char css[] = "@font-face { font-family: a; src: url(/a) } :root { --a: \"b\" }";
    struct error error;
    for (size_t i = 0; i < sizeof css - 1; i++) {
        char with[sizeof css];
        memcpy(with, css, sizeof css);
        with[i] = '\0';
        cr_assert_lt(theme_check(with, sizeof css - 1, &error), 0, "at %zu", i);
        cr_assert_str_eq(error.text, "line 1: this is no text: there is a NUL in it");
    }
}

Test(theme, says_in_which_line_it_is)
{
    struct error error;
    const char css[] = ":root {\n  --a: 1;\n  color: red;\n}\n";
    cr_assert_lt(theme_check(css, strlen(css), &error), 0);
    cr_assert_str_eq(error.text, "line 3: a theme sets names that begin with -- and nothing else");
}
