/* As much of CSS Syntax Level 3 as it takes to see declarations, rules and addresses, in one pass; what it can't read
 * it refuses. */
#include "collector/web/theme.h"
#include "base/lang.h"
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 8

struct css {
    const char *at, *end;
    size_t line;
};

static int refuse_css(const struct css *css, const char *why, struct error *error)
{
    return error_set(error, ERROR_REFUSED, T("line %zu: %s", "regel %zu: %s"), css->line, why);
}

static void step_on(struct css *css, size_t len)
{
    for (; len > 0; len--)
        css->line += *css->at++ == '\n';
}

/* Past white space and comments. */
static void skip_css_blanks(struct css *css)
{
    while (css->at < css->end) {
        const char *close;
        if (strchr(" \t\r\n\f", *css->at) && *css->at != '\0')
            step_on(css, 1);
        else if (css->end - css->at >= 4 && memcmp(css->at, "/*", 2) == 0 &&
                 (close = memmem(css->at + 2, (size_t)(css->end - css->at) - 2, "*/", 2)) != NULL)
            step_on(css, (size_t)(close - css->at) + 2);
        else
            return;
    }
}

/* Past an unquoted address, from behind its parenthesis: a quote in it would be no quote. */
static int skip_url(struct css *css, struct error *error)
{
    skip_css_blanks(css);
    if (css->at < css->end && strchr("\"'", *css->at))
        return 0;
    size_t len = strcspn(css->at, "\"'()\\ \t\r\n\f;{}");
    step_on(css, len);
    return css->at < css->end && *css->at == ')'
               ? 0
               : refuse_css(css, T("url( has no end", "url( heeft geen einde"), error);
}

/* Past a string, from its quote to the closing one, which stays. */
static int skip_string(struct css *css, struct error *error)
{
    char quote = *css->at;
    do
        step_on(css, 1);
    while (css->at < css->end && *css->at != quote && !strchr("\\\n\r\f", *css->at));
    return css->at < css->end && *css->at == quote
               ? 0
               : refuse_css(css, T("a string has no end in its line", "een tekst heeft geen einde in zijn regel"),
                            error);
}

static bool is_behind_url(const char *from, const char *at)
{
    return at - from >= 3 && strncasecmp(at - 3, "url", 3) == 0;
}

/* Past what comes before the first of `stops` that stands in no string, parenthesis or comment; the stop stays. -1:
 * there is none, or something stands before it that has no place in a theme: what browsers might see an end in where
 * this sees none. */
static int skip_to(struct css *css, const char *stops, const char *never, struct error *error)
{
    int depth = 0;
    const char *from = css->at;
    for (skip_css_blanks(css); css->at < css->end; skip_css_blanks(css)) {
        char c = *css->at;
        if (depth == 0 && strchr(stops, c))
            return 0;
        depth += (c == '(') - (c == ')');
        if (strchr(never, c) || depth < 0)
            return refuse_css(css, T("a character has no place here", "een teken hoort hier niet"), error);
        if (strchr("\"'", c) && skip_string(css, error) < 0)
            return -1;
        bool of_url = c == '(' && is_behind_url(from, css->at);
        step_on(css, 1);
        if (of_url && skip_url(css, error) < 0)
            return -1;
    }
    return refuse_css(css, T("a rule or declaration has no end", "een regel of declaratie heeft geen einde"), error);
}

/* Whether all addresses between `from` and `to` are of this site. */
static bool urls_are_own(const char *from, const char *to)
{
    for (const char *at = from; to - at > 4; at++) {
        if (strncasecmp(at, "url(", 4) != 0)
            continue;
        const char *url = at + 4;
        while (url < to && strchr(" \t\r\n\f\"'", *url))
            url++;
        if (to - url < 2 || url[0] != '/' || strchr("/\\", url[1]))
            return false;
    }
    return true;
}

static bool has_call(const char *from, const char *to, const char *name)
{
    for (size_t len = strlen(name); (size_t)(to - from) >= len && to > from; from++)
        if (strncasecmp(from, name, len) == 0)
            return true;
    return false;
}

/* One declaration, up to the `;` or `}` behind it. */
static int check_declaration(struct css *css, bool of_font, struct error *error)
{
    const char *from = css->at;
    bool is_custom = css->end - from > 2 && memcmp(from, "--", 2) == 0;
    if (!of_font && !is_custom)
        return refuse_css(css,
                          T("a theme sets names that begin with -- and nothing else",
                            "een thema zet namen die met -- beginnen en niets anders"),
                          error);
    if (skip_to(css, ";}", "\\[]{", error) < 0)
        return -1;
    if (!urls_are_own(from, css->at) || has_call(from, css->at, "image-set(") || has_call(from, css->at, "src("))
        return refuse_css(css,
                          T("an address must be url() of this site, from its first slash",
                            "een adres moet url() van deze site zijn, vanaf de eerste schuine streep"),
                          error);
    return 0;
}

/* The declarations of a rule, and its closing brace. */
static int check_block(struct css *css, bool of_font, struct error *error)
{
    for (;;) {
        skip_css_blanks(css);
        if (css->at == css->end)
            return refuse_css(css, T("a rule has no end", "een regel heeft geen einde"), error);
        if (*css->at == '}') {
            step_on(css, 1);
            return 0;
        }
        if (*css->at == ';')
            step_on(css, 1);
        else if (check_declaration(css, of_font, error) < 0)
            return -1;
    }
}

static bool rule_begins_with(const struct css *css, const char *word)
{
    size_t len = strlen(word);
    return (size_t)(css->end - css->at) > len && strncasecmp(css->at, word, len) == 0;
}

/* A rule, from its first character; *depth counts the @media around it. */
static int check_css_rule(struct css *css, int *depth, struct error *error)
{
    bool of_media = rule_begins_with(css, "@media"), of_font = rule_begins_with(css, "@font-face");
    if (*css->at == '@' && !of_media && !of_font)
        return refuse_css(css,
                          T("of rules with @ a theme takes @media and @font-face",
                            "van regels met @ neemt een thema @media en @font-face"),
                          error);
    if (skip_to(css, "{;}", "\\", error) < 0)
        return -1;
    if (*css->at != '{')
        return refuse_css(css, T("a rule has no {", "een regel heeft geen {"), error);
    step_on(css, 1);
    if (!of_media)
        return check_block(css, of_font, error);
    if (++*depth > DEPTH_MAX)
        return refuse_css(css, T("too many @media in each other", "te veel @media in elkaar"), error);
    return 0;
}

int theme_check(const char *text, size_t len, struct error *error)
{
    struct css css = {.at = text, .end = text + len, .line = 1};
    int depth = 0;
    if (memchr(text, '\0', len))
        return refuse_css(&css, T("this is no text: there is a NUL in it", "dit is geen tekst: er zit een NUL in"),
                          error);
    for (skip_css_blanks(&css); css.at < css.end; skip_css_blanks(&css)) {
        bool closes = *css.at == '}' && depth > 0;
        if (closes) {
            step_on(&css, 1);
            depth--;
        } else if (check_css_rule(&css, &depth, error) < 0) {
            return -1;
        }
    }
    return depth == 0 ? 0 : refuse_css(&css, T("an @media has no end", "een @media heeft geen einde"), error);
}
