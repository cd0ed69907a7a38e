/* burgerpanel-collector: the table of its verbs. */
#include "base/complete.h"
#include "collector/cmd/cmd.h"
#include "collector/daemon/serve.h"
#include "crypto/crypto.h"

static const struct cli_verb verbs[] = {
    {"panel import", "FILE.json", "check and store the panel definition", "controleer en bewaar de paneldefinitie",
     cmd_panel_import},
    {"panel show", "", "print the panel definition", "toon de paneldefinitie", cmd_panel_show},
    {"actions import", "FILE.csv", "check and store the action list", "controleer en bewaar de actielijst",
     cmd_actions_import},
    {"actions list", "", "print the action list", "toon de actielijst", cmd_actions_list},
    {"invitations create", "N", "make N invitation codes; shown this once", "maak N uitnodigingen; eenmalig getoond",
     cmd_invitations_create},
    {"invitations list", "", "count invitations: unused, used, withdrawn",
     "tel uitnodigingen: ongebruikt, gebruikt, ingetrokken", cmd_invitations_list},
    {"invitations withdraw", "CODE|NUMBER", "withdraw an unused invitation", "trek een ongebruikte uitnodiging in",
     cmd_invitations_withdraw},
    {"invitations check", "CODE", "say what became of an invitation, and where the log tells",
     "zeg wat er van een uitnodiging geworden is, en waar het logboek dat noemt", cmd_invitations_check},
    {"members list", "", "list members: number, kid, enrolled, revoked",
     "toon panelleden: nummer, kid, ingeschreven, ingetrokken", cmd_members_list},
    {"members revoke", "KID|NUMBER", "refuse a member's later responses", "weiger latere reacties van een panellid",
     cmd_members_revoke},
    {"members restore", "KID|NUMBER", "take a revoked member's responses again",
     "neem reacties van een ingetrokken panellid weer aan", cmd_members_restore},
    {"operator change", "", "sign events with a new operator key from now on",
     "teken gebeurtenissen voortaan met een nieuwe beheerderssleutel", cmd_operator_change},
    {"tokens create", "NAME", "make an access token; shown this once", "maak een toegangstoken; eenmalig getoond",
     cmd_tokens_create},
    {"tokens list", "", "list access tokens", "toon toegangstokens", cmd_tokens_list},
    {"tokens log", "", "list who read exact tables, comments and entries",
     "toon wie exacte tabellen, toelichtingen en regels las", cmd_tokens_log},
    {"tokens revoke", "NAME", "revoke an access token", "trek een toegangstoken in", cmd_tokens_revoke},
    {"operator show", "", "print the key that signs what administrators do",
     "toon de sleutel die ondertekent wat beheerders doen", cmd_operator_show},
    {"log events", "", "list what administrators did, as the log has it",
     "toon wat beheerders deden, zoals het in het logboek staat", cmd_log_events},
    {"follow-ups publish", "ACTION", "publish what was done with answers", "publiceer wat met antwoorden is gedaan",
     cmd_follow_ups_publish},
    {"follow-ups list", "", "list what was published", "toon wat gepubliceerd is", cmd_follow_ups_list},
    {"erase", "ENTRY...", "erase responses, all revisions, or members: shows first what would go",
     "wis reacties, alle herzieningen, of panelleden: toont eerst wat er zou gaan", cmd_erase},
    {"retention run", "", "erase what has been kept for as long as the panel says",
     "wis wat zo lang bewaard is als het panel zegt", cmd_retention_run},
    {"serve", "", "run the collector", "start de verzamelaar", serve_run},
    {"backup", "FILE", "write the store with its last checkpoint to one new file, also beside a running collector",
     "schrijf de opslag met haar laatste controlepunt naar één nieuw bestand, ook naast een draaiende verzamelaar",
     cmd_backup},
    {"restore", "FILE", "put a backup in the place of the store, unless something signed would be lost by it",
     "zet een reservekopie op de plaats van de opslag, tenzij daarmee iets ondertekends verloren gaat", cmd_restore},
    {"web manifest", "", "print the files of the pages, each with its hash",
     "toon de bestanden van de pagina's, elk met zijn hash", cmd_web_manifest},
    {"release create", "ROUND", "freeze a round's tables as its next release, and put it into the log",
     "zet de tabellen van een ronde vast als haar volgende uitgave, en in het logboek", cmd_release_create},
    {"release list", "", "list releases", "toon uitgaven", cmd_release_list},
    {"release verify", "DIR", "check a folder with a release by the log's key alone",
     "controleer een map met een uitgave met alleen de sleutel van het logboek", cmd_release_verify},
    {"comments export", "DIR", "write the text answers of a round, for the programme team alone",
     "schrijf de tekstantwoorden van een ronde, alleen voor het programmateam", cmd_comments_export},
    {"trends export", "DIR", "write what the newest releases of all rounds tell, round by round",
     "schrijf wat de nieuwste uitgaven van alle rondes vertellen, ronde na ronde", cmd_trends_export},
    {"export", "", "write the tables of a round", "schrijf de tabellen van een ronde", cmd_export},
    {"audit", "", "work everything out anew from the log and compare",
     "reken alles opnieuw uit het logboek en vergelijk", cmd_audit},
    {"manual", "[settings]", "print the manual page, or that of the settings",
     "toon de handleiding (manpagina), of die van de instellingen", cmd_manual},
    {"complete", "[-- WORD...]", "for shells: what may follow these words",
     "voor shells: wat er na deze woorden kan komen", complete_run},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        .name = "burgerpanel-collector",
        .version = BURGERPANEL_VERSION,
        .english = "Collects signed panel responses, counts them and writes tables.",
        .dutch = "Verzamelt ondertekende panelreacties, telt ze en schrijft tabellen.",
        .verbs = verbs,
        .count = sizeof verbs / sizeof *verbs,
        .common = config_common,
        .explained = cmd_explained,
        .section = 8,
    };
    if (crypto_start() < 0)
        return CLI_FAILED;
    return cli_run(&program, argc, argv);
}
