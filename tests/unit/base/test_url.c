/* Which URLs stay on this machine. */
#include "base/url.h"
#include <criterion/criterion.h>

Test(url, is_exposed_when_it_is_plain_http_to_elsewhere)
{
    static const char *const exposed[] = {
        "http://example.nl",    "http://localhost.example.nl", "http://127.example.nl", "http://127.0.0.1.example.nl",
        "http://10.0.0.1:8080", "http://[::2]:8080/a",         "ftp://localhost",       "",
        "HTTP://EXAMPLE.NL"};
    for (size_t i = 0; i < sizeof exposed / sizeof *exposed; i++)
        cr_expect(url_is_exposed(exposed[i]), "%s", exposed[i]);
}

Test(url, is_not_exposed_when_it_is_https_or_this_machine)
{
    static const char *const safe[] = {"https://example.nl",      "http://127.0.0.1:8080", "http://127.9.9.9",
                                       "http://localhost:8080/a", "http://localhost",      "http://[::1]:8080",
                                       "http://[::1]/a",          "HTTPS://Example.NL",    "HTTP://LocalHost:8080"};
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        cr_expect_not(url_is_exposed(safe[i]), "%s", safe[i]);
}
