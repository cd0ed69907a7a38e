/* Texts by language, days in words, one question. */
#include "client/cmd/terms.h"
#include "base/cli.h"
#include "base/lang.h"
#include "client/terminal/input.h"
#include "client/terminal/messages.h"
#include "client/terminal/output.h"
#include <stdio.h>
#include <strings.h>

#define ANSWER_MAX ((size_t)64)

static const char *day_word(int64_t days)
{
    return days == 1 ? T("day", "dag") : T("days", "dagen");
}

static void put_retention(struct buf *out, const struct retention *kept)
{
    if (kept->responses_days > 0)
        buf_printf(out,
                   T("- your answers: until %lld %s after the round has closed\n",
                     "- uw antwoorden: tot %lld %s na het sluiten van de ronde\n"),
                   (long long)kept->responses_days, day_word(kept->responses_days));
    if (kept->members_days > 0)
        buf_printf(out,
                   T("- your enrolment: until %lld %s after your last answer\n",
                     "- uw aanmelding: tot %lld %s na uw laatste antwoord\n"),
                   (long long)kept->members_days, day_word(kept->members_days));
    if (kept->invitations_days > 0)
        buf_printf(out,
                   T("- which invitation was yours: until %lld %s after its use\n",
                     "- welke uitnodiging van u was: tot %lld %s na gebruik\n"),
                   (long long)kept->invitations_days, day_word(kept->invitations_days));
}

bool terms_show(const struct panel *panel)
{
    const char *language = messages_language();
    struct buf text;
    buf_init(&text, SIZE_MAX);
    if (panel->purpose.count > 0)
        buf_printf(&text, "%s\n%s\n", T("What it is for", "Waarvoor het is"), labels_text(&panel->purpose, language));
    if (panel->privacy.count > 0)
        buf_printf(&text, "%s\n%s\n", T("What becomes of your answers", "Wat er met uw antwoorden gebeurt"),
                   labels_text(&panel->privacy, language));
    put_retention(&text, &panel->retention);
    bool says = text.len > 0;
    output_say_lines(&text);
    buf_free(&text);
    return says;
}

/* "yes", "ja", or the first letter of either. */
static bool is_yes(const char *answer)
{
    static const char *const words[] = {"y", "yes", "j", "ja"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(answer, words[i]) == 0)
            return true;
    return false;
}

int terms_ask(const char *question)
{
    struct input input;
    struct buf answer;
    input_open(&input);
    buf_init(&answer, ANSWER_MAX);
    fputs(question, stderr);
    if (!input.is_terminal)
        fputc('\n', stderr);
    int result = input_read_line(&input, &answer) == INPUT_LINE && is_yes(buf_text(&answer)) ? 0 : -1;
    input_close(&input);
    buf_free(&answer);
    return result;
}
