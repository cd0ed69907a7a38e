/* Text becomes requests of man(7), and none that it did not mean. */
#include "base/roff.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct buf out;

static void begin(void)
{
    buf_init(&out, 100000);
}

static void end(void)
{
    buf_free(&out);
}

TestSuite(roff, .init = begin, .fini = end);

static void holds(const char *wanted)
{
    cr_assert_eq(buf_check(&out), 0);
    cr_assert_str_eq(buf_text(&out), wanted);
}

Test(roff, begins_a_page_with_its_name_and_what_it_is)
{
    roff_begin(&out, "prog-x", 8, "2026-01-02", "prog 1.0");
    roff_section(&out, "NAME");
    roff_name(&out, "prog-x", "Does x.");
    holds(".TH \"PROG\\-X\" 8 \"2026-01-02\" \"prog 1.0\"\n.nh\n.SH NAME\nprog\\-x \\-\nDoes x\n");
}

Test(roff, escapes_all_that_would_be_read_as_more_than_text)
{
    roff_section(&out, "A");
    roff_text(&out, ".so /etc/passwd\n'x \\fB .y \"z\" caf\xC3\xA9 \xFF");
    holds(".SH A\n\\&.so /etc/passwd\n.PP\n\\(aqx \\efB \\&.y \\(dqz\\(dq caf\\[u00E9] \xFF\n");
}

Test(roff, tells_paragraphs_examples_and_terms_apart)
{
    roff_section(&out, "A");
    roff_text(&out, "one `two three` four\nfive\n  prog x\n  prog -y\nsix\n`--out`\twhere to\n  last");
    holds(".SH A\none \\fBtwo three\\fR four\n.PP\nfive\n.PP\n.nf\n\\&  prog x\n\\&  prog \\-y\n.fi\n.PP\nsix\n"
          ".TP\n\\fB\\fB\\-\\-out\\fR\\fR\nwhere to\n.PP\n.nf\n\\&  last\n.fi\n");
}

Test(roff, gives_a_term_its_value)
{
    roff_item(&out, "--out", "FILE", "where to");
    roff_item(&out, "--all", NULL, "all of it");
    holds(".TP\n\\fB\\-\\-out\\fR \\fIFILE\\fR\nwhere to\n.TP\n\\fB\\-\\-all\\fR\nall of it\n");
}

Test(roff, keeps_lines_short_between_words)
{
    char text[2000] = "";
    size_t lines = 0;
    for (size_t len = 0; len < 1900; len = strlen(text))
        snprintf(text + len, sizeof text - len, "%s", len % 3 == 0 ? ".dots and " : "w\xC3\xA9rds and ");
    roff_text(&out, text);
    for (const char *line = buf_text(&out), *end; *line; line = end + 1, lines++) {
        end = strchr(line, '\n');
        cr_assert_leq(end - line, 80);
        cr_assert(line[0] != '.' || strncmp(line, ".PP\n", 4) == 0);
    }
    cr_assert_gt(lines, 20);
}

Test(roff, fails_as_its_buffer_does)
{
    buf_free(&out);
    buf_init(&out, 30);
    roff_text(&out, "  an example\n  that goes on\nand a paragraph");
    cr_assert_lt(buf_check(&out), 0);
}
