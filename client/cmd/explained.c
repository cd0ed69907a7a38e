/* Texts alone. What a verb does exactly stands in docs/CLI.md; here is what its user has to know. */
#include "client/cmd/cmd.h"

const struct cli_explained cmd_explained[] = {
    {"enrol", NULL,
     "Shows the recovery code of the new key, this once: write it down. Without CODE it is asked for; blanks and "
     "dashes in it are passed over. Where the panel has a purpose, a privacy text or terms, they are shown first, "
     "and it asks whether you agree; `--yes` says that you do.\n"
     "A folder that is enrolled already follows the collector to another URL, once the panel, the log's key and the "
     "log itself are seen to be the same.",
     "Toont de herstelcode van de nieuwe sleutel, eenmalig: schrijf die op. Zonder CODE wordt ernaar gevraagd; "
     "spaties en streepjes erin doen er niet toe. Heeft het panel een doel, een privacytekst of voorwaarden, dan "
     "worden die eerst getoond, met de vraag of u akkoord bent; `--yes` zegt van wel.\n"
     "Een map die al aangemeld is, volgt de verzamelaar naar een andere URL zodra panel, sleutel van het logboek en "
     "het logboek zelf dezelfde blijken."},
    {"recover", NULL,
     "Into a folder that has no key: brings back the key, the enrolment and all answers that the collector keeps, "
     "each with a receipt that holds; where one does not, nothing is taken. Broken off, the same again goes on.",
     "In een map zonder sleutel: haalt de sleutel, de aanmelding en alle antwoorden terug die de verzamelaar "
     "bewaart, elk met een ontvangstbewijs dat klopt; klopt er een niet, dan wordt niets overgenomen. Afgebroken "
     "gaat hetzelfde nog eens verder."},
    {"actions", NULL,
     "Lists what is open and until when, how far each action is and what you have answered or begun; below it what "
     "was done with answers about your actions, as far as it is new since it was last shown.",
     "Toont wat open is en tot wanneer, hoe ver elke actie is en wat u hebt beantwoord of waaraan u begon; daaronder "
     "wat er met antwoorden over uw acties is gedaan, voor zover dat nieuw is sinds het voor het laatst getoond is."},
    {"respond", NULL,
     "Without answers each question is asked in turn; at a terminal all answers are shown at the end, and nothing is "
     "signed or sent before you agree; cut off before that, the same command goes on where it was. With "
     "QUESTION=VALUE they are taken from the command line, several values of one question with commas between; "
     "`QUESTION=` takes an answer away, and `QUESTION=-` too: of several options it says none.\n"
     "Answering again replaces the earlier response: what is not answered anew is kept from it.\n"
     "  burgerpanel respond WA-1.04 importance=4 noticed=yes",
     "Zonder antwoorden wordt elke vraag om de beurt gesteld; op een terminal worden aan het eind alle antwoorden "
     "getoond, en er wordt niets ondertekend of verstuurd voordat u akkoord bent; afgebroken gaat hetzelfde commando "
     "verder waar het was. Met VRAAG=WAARDE komen ze van de opdrachtregel, meer waarden van een vraag met komma's "
     "ertussen; `VRAAG=` haalt een antwoord weg, en `VRAAG=-` ook: bij meer keuzes is het geen van deze.\n"
     "Opnieuw antwoorden vervangt de eerdere reactie: wat niet opnieuw beantwoord wordt, blijft staan.\n"
     "  burgerpanel respond WA-1.04 importance=4 noticed=yes"},
    {"answers show", NULL, "Your last response to each action, or to one, sent or still waiting.",
     "Uw laatste reactie op elke actie, of op een, verstuurd of nog wachtend."},
    {"sync", NULL,
     "Sends what was signed without a connection, and offers again what the collector turned away for a reason that "
     "may pass. `--again` also looks, by the receipts, which answers the collector's log does not hold any more, and "
     "offers those anew.",
     "Verstuurt wat zonder verbinding is ondertekend, en biedt opnieuw aan wat de verzamelaar weigerde om een reden "
     "die voorbij kan gaan. `--again` zoekt ook, met de ontvangstbewijzen, welke antwoorden niet (meer) in het "
     "logboek van de verzamelaar staan, en biedt die opnieuw aan."},
    {"status", NULL,
     "How many answers were sent, wait or were refused, and of each that waits or was refused why; which answers the "
     "panel office has erased, and what is new.",
     "Hoeveel antwoorden verstuurd zijn, wachten of geweigerd zijn, en waarom; welke antwoorden het panelbureau "
     "heeft gewist, en wat er nieuw is."},
    {"receipts list", NULL, "Entry, round, action, revision and time of signing; the first is the enrolment's.",
     "Regel, ronde, actie, herziening en tijdstip van ondertekenen; de eerste is die van de aanmelding."},
    {"receipts verify", NULL,
     "Checks each receipt against the log's key, and the collector's newest checkpoint against each one seen before. "
     "Exits 1 where a receipt does not hold, or where the collector shows two histories, a smaller log or another "
     "key; what proves it is then kept in evidence/.",
     "Controleert elk ontvangstbewijs met de sleutel van het logboek, en het nieuwste controlepunt van de "
     "verzamelaar tegen alle eerdere. Eindigt met 1 als er een niet klopt, of als de verzamelaar twee "
     "geschiedenissen, een kleiner logboek of een andere sleutel toont; wat dat bewijst, blijft dan bewaard in "
     "evidence/."},
    {"page verify", NULL,
     "Needs no folder: fetches the pages as a stranger would, and holds each file against what the collector's log "
     "names; with `--manifest` also against the sources. Exits 1 where anything differs, by name.",
     "Vraagt geen map: haalt de pagina's op zoals een vreemde dat zou doen, en vergelijkt elk bestand met wat het "
     "logboek van de verzamelaar noemt; met `--manifest` ook met de broncode. Eindigt met 1 als er iets verschilt, "
     "met de naam erbij."},
    {"erase", NULL,
     "Shows what goes and what stays, asks, signs and sends. The answer goes with all its revisions; with "
     "`--everything` all answers and the enrolment go, and then the key. Without a connection the request waits for "
     "`sync`; an `erase` of something else drops one that did not arrive.",
     "Toont wat verdwijnt en wat blijft, vraagt, ondertekent en verstuurt. Het antwoord gaat met al zijn "
     "herzieningen; met `--everything` gaan alle antwoorden en de aanmelding, en daarna de sleutel. Zonder "
     "verbinding wacht het verzoek op `sync`; wie iets anders wist, laat een verzoek vervallen dat niet aankwam."},
    {"export-my-data", NULL,
     "Prints as JSON what the collector keeps of you and what your folder holds. Exits 1 where an entry of which you "
     "have a receipt is not shown, or shown as something else.",
     "Toont als JSON wat de verzamelaar van u bewaart en wat in uw map staat. Eindigt met 1 als een regel waarvan u "
     "een ontvangstbewijs hebt niet wordt getoond, of als iets anders."},
    {"batch", NULL,
     "For paper, telephone and desk: enrols each member of the file with its invitation, once, signs with that "
     "member's own key and sends. It can be stopped and started again: nothing is lost or sent twice. A cell that is "
     "empty or blank is unanswered; several values of one question are joined by `|`, and `-` says none of them. With "
     "`--report` a file says of each row what became of it and why, for whoever corrects.",
     "Voor papier, telefoon en balie: meldt elk panellid uit het bestand eenmalig aan met de uitnodiging, "
     "ondertekent met de eigen sleutel van dat panellid en verstuurt. Het kan gestopt en opnieuw gestart worden: "
     "niets raakt kwijt of gaat dubbel. Een lege cel is onbeantwoord, ook met spaties erin; meer waarden van een vraag "
     "worden verbonden met `|`, en `-` is geen van deze. Met `--report` zegt een bestand van elke rij wat ervan werd "
     "en waarom, voor wie verbetert."},
    {"manual", NULL, "To read it without installing anything:\n  burgerpanel manual | man -l -",
     "Om het te lezen zonder iets te installeren:\n  burgerpanel manual | man -l -"},
    {"complete", NULL, "What the shells ask for when Tab is pressed: the scripts of packaging/completion/ call it.",
     "Wat de shells vragen als er op Tab wordt gedrukt: de scripts van packaging/completion/ roepen dit aan."},
    {"EXIT STATUS", "EINDE",
     "`0`\tdone; also where there is no connection and what was signed waits\n"
     "`1`\tit failed, or something is not as it should be; one line on standard error says what, and what to do\n"
     "`2`\twrong usage",
     "`0`\tgedaan; ook als er geen verbinding is en het ondertekende wacht\n"
     "`1`\thet is mislukt, of er klopt iets niet; een regel op de standaardfoutuitvoer zegt wat, en wat te doen\n"
     "`2`\tverkeerd gebruik"},
    {"ENVIRONMENT", "OMGEVING",
     "`LC_ALL`, `LC_MESSAGES`, `LANG`\tthe first that is set: Dutch where it begins with nl, else English\n"
     "`XDG_DATA_HOME`\twhere the member's folder is, without `--home`\n"
     "`BURGERPANEL_CA_FILE`\ta file (PEM) of authorities whose certificates are taken, in place of the machine's\n"
     "`TERM`\t`dumb` or nothing: the terminal is not asked to mark what is pasted",
     "`LC_ALL`, `LC_MESSAGES`, `LANG`\tde eerste die gezet is: Nederlands als die met nl begint, anders Engels\n"
     "`XDG_DATA_HOME`\twaar de map van het panellid is, zonder `--home`\n"
     "`BURGERPANEL_CA_FILE`\teen bestand (PEM) met instanties wier certificaten gelden, in plaats van die van de "
     "machine\n"
     "`TERM`\t`dumb` of niets: de terminal wordt niet gevraagd geplakte tekst te markeren"},
    {"FILES", "BESTANDEN",
     "`$XDG_DATA_HOME/burgerpanel`\tthe member's folder, by default ~/.local/share/burgerpanel\n"
     "`key`\tin it: the member's own key; who has it can answer in the member's name\n"
     "`spool/`, `sent/`, `refused/`\ta file a response: waiting, accepted with its receipt, refused with the reason\n"
     "`begun/`\tanswers given at a terminal and not signed yet\n"
     "`evidence/`\twhat a collector said that does not hold",
     "`$XDG_DATA_HOME/burgerpanel`\tde map van het panellid, standaard ~/.local/share/burgerpanel\n"
     "`key`\tdaarin: de eigen sleutel van het panellid; wie die heeft kan in diens naam antwoorden\n"
     "`spool/`, `sent/`, `refused/`\teen bestand per reactie: wachtend, aangenomen met ontvangstbewijs, geweigerd "
     "met de reden\n"
     "`begun/`\tantwoorden die op een terminal gegeven zijn en nog niet ondertekend\n"
     "`evidence/`\twat een verzamelaar zei dat niet klopt"},
    {"SEE ALSO", "ZIE OOK", "burgerpanel-collector(8), burgerpanel-collector.conf(5)",
     "burgerpanel-collector(8), burgerpanel-collector.conf(5)"},
    {0},
};
