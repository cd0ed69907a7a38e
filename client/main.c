/* burgerpanel: the member's program. The table of its verbs; what each does is in its own cmd_*.c. */
#include "base/cli.h"
#include "base/complete.h"
#include "base/manual.h"
#include "client/cmd/cmd.h"
#include "crypto/crypto.h"

static const struct cli_verb verbs[] = {
    {"enrol", "URL [CODE]", "make a key and enrol it with an invitation",
     "maak een sleutel en meld die aan met een uitnodiging", cmd_enrol},
    {"recover", "URL [CODE]", "bring key, place and answers back with a recovery code",
     "haal sleutel, plaats en antwoorden terug met een herstelcode", cmd_recover},
    {"actions", "", "what is open, and what you have answered", "wat er open is en wat u hebt beantwoord", cmd_actions},
    {"respond", "ACTION [QUESTION=VALUE ...]", "answer, sign and send", "antwoord, onderteken en verstuur",
     cmd_respond},
    {"answers show", "[ACTION]", "show what you have answered", "toon wat u hebt geantwoord", cmd_answers_show},
    {"sync", "", "send what is still waiting", "verstuur wat nog wacht", cmd_sync},
    {"status", "", "who you are here, and how many were sent", "wie u hier bent en hoeveel er verstuurd is",
     cmd_status},
    {"receipts list", "", "the entries of the log that you hold a receipt of",
     "de regels van het logboek waarvan u een ontvangstbewijs hebt", cmd_receipts_list},
    {"receipts verify", "", "check every receipt, and that the log only grew",
     "controleer elk ontvangstbewijs, en of het logboek alleen groeide", cmd_receipts_verify},
    {"page verify", "URL", "check the pages that a collector serves against its log",
     "controleer de pagina's van een verzamelaar tegen het logboek", cmd_page_verify},
    {"erase", "[ACTION]", "have an answer erased, or with --everything all of them and the enrolment",
     "laat een antwoord wissen, of met --everything alles en de aanmelding", cmd_erase},
    {"export-my-data", "", "all that is kept of you, here and at the collector",
     "alles wat van u bewaard wordt, hier en bij de verzamelaar", cmd_export_my_data},
    {"batch", "URL", "enter answers on members' behalf, from CSV", "voer antwoorden in namens panelleden, uit CSV",
     cmd_batch},
    {"manual", "", "print the manual page", "toon de handleiding (manpagina)", manual_run},
    {"complete", "[-- WORD...]", "for shells: what may follow these words",
     "voor shells: wat er na deze woorden kan komen", complete_run},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        .name = "burgerpanel",
        .version = BURGERPANEL_VERSION,
        .english = "Gives your signed answers to a citizen panel.",
        .dutch = "Geeft uw ondertekende antwoorden aan een burgerpanel.",
        .verbs = verbs,
        .count = sizeof verbs / sizeof *verbs,
        .explained = cmd_explained,
        .section = 1,
    };
    if (crypto_start() < 0)
        return CLI_FAILED;
    return cli_run(&program, argc, argv);
}
