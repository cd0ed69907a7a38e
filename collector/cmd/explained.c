/* Texts alone. What a verb does exactly stands in docs/CLI.md; here is what its user has to know. */
#include "collector/cmd/cmd.h"

#define EVENT_ENGLISH "Leaves an event in the log, for anyone to read."
#define EVENT_DUTCH "Laat een gebeurtenis na in het logboek, voor iedereen te lezen."

const struct cli_explained cmd_explained[] = {
    {"panel import", NULL,
     "Prints what changed. The first import makes the store and the log's key. What may be meant but looks wrong, as "
     "a round that names an action which the list lacks, is a warning. " EVENT_ENGLISH,
     "Toont wat er veranderde. De eerste keer worden de opslag en de sleutel van het logboek gemaakt. Wat bedoeld "
     "kan zijn maar er verkeerd uitziet, zoals een ronde die een ontbrekende actie noemt, is een "
     "waarschuwing. " EVENT_DUTCH},
    {"panel show", NULL, "As it was imported, byte for byte.", "Zoals die is ingelezen, byte voor byte."},
    {"actions import", NULL,
     "CSV with the columns id, title, track, lead, related and status, also as a Dutch spreadsheet saves it. What is "
     "missing from the file is stopped, never removed. " EVENT_ENGLISH,
     "CSV met de kolommen id, title, track, lead, related en status, ook zoals een Nederlands rekenblad die bewaart. "
     "Wat in het bestand ontbreekt, wordt gestopt en nooit verwijderd. " EVENT_DUTCH},
    {"actions list", NULL, "As CSV, the same columns as are imported.",
     "Als CSV, met de kolommen die ingelezen worden."},
    {"invitations create", NULL,
     "CSV `member,code`, member counting on from the last. The codes are written before they count: where that "
     "fails, none is made. With `--url` there is a link for a letter beside each. " EVENT_ENGLISH,
     "CSV `member,code`, waarin member doortelt vanaf de laatste. De codes worden geschreven voordat ze gelden: lukt "
     "dat niet, dan zijn er geen gemaakt. Met `--url` staat er een link voor een brief bij. " EVENT_DUTCH},
    {"invitations list", NULL, "Numbers alone; who was invited is not known here.",
     "Alleen aantallen; wie uitgenodigd is, is hier niet bekend."},
    {"invitations withdraw", NULL, "NUMBER is `member` in the CSV of the codes. A used one stays. " EVENT_ENGLISH,
     "NUMMER is `member` in het CSV-bestand met codes. Een gebruikte blijft. " EVENT_DUTCH},
    {"invitations check", NULL, "For a person who asks: unused, used by which enrolment, or withdrawn.",
     "Voor wie ernaar vraagt: ongebruikt, door welke aanmelding gebruikt, of ingetrokken."},
    {"members list", NULL, "CSV `member,kid,index,enrolled,revoked`: index is the enrolment's place in the log.",
     "CSV `member,kid,index,enrolled,revoked`: index is de plaats van de aanmelding in het logboek."},
    {"members revoke", NULL, "Earlier responses stay and count. The log shows the reason to anyone.",
     "Eerdere reacties blijven staan en tellen. Het logboek toont de reden aan iedereen."},
    {"members restore", NULL, EVENT_ENGLISH, EVENT_DUTCH},
    {"operator change", NULL,
     "Keep a copy of the new key's file, apart from the store. With several collectors on one store: `--prepare` "
     "first, "
     "then copy the file that it makes to each, then once more without. " EVENT_ENGLISH,
     "Bewaar een kopie van het nieuwe sleutelbestand, los van de opslag. Met meer verzamelaars op één opslag: eerst "
     "`--prepare`, kopieer dan het bestand dat dat maakt naar elk, en dan nog eens zonder. " EVENT_DUTCH},
    {"operator show", NULL, "As a JWK, then its thumbprint: what an auditor compares.",
     "Als JWK, dan de vingerafdruk: wat een controleur vergelijkt."},
    {"tokens create", NULL,
     "For the API under /v1, and to log in at /dashboard. An analyst reads tables, the team also comments, an "
     "auditor the log's entries.",
     "Voor de API onder /v1, en om in te loggen op /dashboard. Een analist (analyst) leest tabellen, het team ook "
     "toelichtingen, een controleur (auditor) de regels van het logboek."},
    {"tokens list", NULL, "Names and rights; the tokens themselves are kept nowhere.",
     "Namen en rechten; de tokens zelf worden nergens bewaard."},
    {"tokens log", NULL, "CSV `time,token,what,rows`, noted before it is given.",
     "CSV `time,token,what,rows`, genoteerd voordat het gegeven wordt."},
    {"tokens revoke", NULL, "A running collector turns it away within a second.",
     "Een draaiende verzamelaar weigert het binnen een seconde."},
    {"log events", NULL, "CSV `index,at,event,claims`.", "CSV `index,at,event,claims`."},
    {"follow-ups publish", NULL,
     "For anyone to read, in the log for good: a text is followed or replaced by a later one, never changed. Plain "
     "text in UTF-8.",
     "Voor iedereen te lezen, voorgoed in het logboek: een tekst wordt gevolgd of vervangen door een latere, nooit "
     "veranderd. Platte tekst in UTF-8."},
    {"follow-ups list", NULL, "CSV `index,published,action,round,status,replaces,text`, the text in Dutch.",
     "CSV `index,published,action,round,status,replaces,text`, de tekst in het Nederlands."},
    {"erase", NULL,
     "ENTRY is a response's place in the log, which goes with all its revisions, or an enrolment's: the member with "
     "all responses. Without `--yes` it prints what would go and erases nothing. A single comment can't be taken out "
     "of a signed response. " EVENT_ENGLISH,
     "ENTRY is de plaats in het logboek van een reactie, die met al haar herzieningen gaat, of van een aanmelding: "
     "het panellid met alle reacties. Zonder `--yes` wordt getoond wat er zou gaan, en niets gewist. Een losse "
     "toelichting kan niet uit een ondertekende reactie. " EVENT_DUTCH},
    {"retention run", NULL,
     "Responses and members of rounds that have had their final release, used invitations, and who read what, each "
     "after the time that `retention` in the panel definition names. " EVENT_ENGLISH,
     "Reacties en panelleden van rondes met een definitieve uitgave, gebruikte uitnodigingen, en wie wat las, elk na "
     "de tijd die `retention` in de paneldefinitie noemt. " EVENT_DUTCH},
    {"serve", NULL,
     "Prints `listening on URL` when it is ready. Beyond this machine it listens in TLS, or in plain with "
     "`--behind-proxy` where a proxy ends TLS. SIGTERM ends it once all that was begun is done; SIGHUP has it read "
     "the certificate anew. A collector that is added to others on one PostgreSQL is given `--join` with the URL of "
     "one of them the first time.",
     "Toont `listening on URL` als het klaar is. Buiten deze machine luistert het met TLS, of met `--behind-proxy` "
     "zonder als een proxy TLS afsluit. SIGTERM beëindigt het zodra af is wat begonnen was; SIGHUP laat het "
     "certificaat opnieuw lezen. Een verzamelaar die bij andere op één PostgreSQL komt krijgt de eerste keer `--join` "
     "met de URL van een daarvan."},
    {"store copy", NULL,
     "Both are `sqlite:PATH` or `postgresql://…`; TO is not there yet, or empty. With the collector stopped. Keys, "
     "checkpoint and receipts stay as they are. Until all has been read back nobody can open TO. Afterwards run "
     "`audit` on it.",
     "Beide zijn `sqlite:PAD` of `postgresql://…`; NAAR bestaat nog niet, of is leeg. Met de verzamelaar gestopt. "
     "Sleutels, controlepunt en ontvangstbewijzen blijven zoals ze zijn. Tot alles is teruggelezen kan niemand NAAR "
     "openen. Geef er daarna `audit` op."},
    {"store upgrade", NULL,
     "A store in a file is brought up to date by whatever opens it, this too, with the collector stopped. One in "
     "PostgreSQL only by this, as the role that owns its tables, also beside collectors, which wait for it: first "
     "replace them, one after the other, then give this, then run postgres-grants.sql again.",
     "Een opslag in een bestand wordt bijgewerkt door wat die opent, dus ook hierdoor, met de verzamelaar gestopt. Een "
     "in PostgreSQL alleen hierdoor, als de rol waarvan de tabellen zijn, ook naast verzamelaars, die erop wachten: "
     "vervang eerst die, een voor een, geef dan dit, en daarna postgres-grants.sql opnieuw."},
    {"backup", NULL,
     "FILE is whole or not there, never overwritten, and readable by its owner alone. Keys are not in it.",
     "BESTAND is er geheel of niet, wordt nooit overschreven en is alleen voor de eigenaar leesbaar. Sleutels zitten "
     "er niet in."},
    {"restore", NULL,
     "With the collector stopped. Refused: what is not whole, what is behind the checkpoint beside the key, a store "
     "that is there and is another log's or newer. Afterwards run `audit`.",
     "Met de verzamelaar gestopt. Geweigerd wordt wat niet heel is, wat achterloopt op het controlepunt bij de "
     "sleutel, en een aanwezige opslag die van een ander logboek of nieuwer is. Geef daarna `audit`."},
    {"web manifest", NULL, "A line each: SHA-256 in base64url and path, as a collector shows at /web/manifest.",
     "Een regel elk: SHA-256 in base64url en pad, zoals een verzamelaar toont op /web/manifest."},
    {"hooks run", NULL,
     "Receivers are https, or on this machine http. They are told of a release, a follow-up, a round that opened or "
     "closed, signed as Standard Webhooks has it, at least once and tried ten times over two days. Reads what anyone "
     "may read of the collector, and needs neither store nor keys. With `--once` it ends, with 1 where a receiver is "
     "to be told another time.",
     "Ontvangers zijn https, of op deze machine http. Ze horen van een uitgave, een terugkoppeling, een ronde die "
     "openging of sloot, ondertekend volgens Standard Webhooks, minstens eenmaal en tien keer geprobeerd in twee "
     "dagen. Leest wat iedereen van de verzamelaar mag lezen, en heeft opslag noch sleutels nodig. Met `--once` stopt "
     "het, met 1 als een ontvanger het een andere keer hoort."},
    {"hooks key", NULL, "As Standard Webhooks writes it: whpk_ and base64. DIR is the folder of `hooks run`.",
     "Zoals Standard Webhooks die schrijft: whpk_ en base64. MAP is de map van `hooks run`."},
    {"release create", NULL,
     "Also beside a running collector. Not within `releaseInterval` of the last; `--final` once, after the round has "
     "closed. " EVENT_ENGLISH,
     "Ook naast een draaiende verzamelaar. Niet binnen `releaseInterval` na de vorige; `--final` eenmaal, nadat de "
     "ronde gesloten is. " EVENT_DUTCH},
    {"release changes", NULL,
     "CSV `round,table,action,question,option,change,figure,from,to`: which rows are new, told anew, as before or "
     "gone, and each figure that differs. From the files of both releases alone.",
     "CSV `round,table,action,question,option,change,figure,from,to`: welke rijen nieuw zijn, opnieuw verteld, als "
     "tevoren of weg, en elk cijfer dat verschilt. Alleen uit de bestanden van beide uitgaven."},
    {"release list", NULL, "CSV `round,number,final,size,index,created`.",
     "CSV `round,number,final,size,index,created`."},
    {"release verify", NULL, "For anyone, without a store. Exits 1 where a file differs, and says which.",
     "Voor iedereen, zonder opslag. Eindigt met 1 als een bestand verschilt, en zegt welk."},
    {"comments export", NULL,
     "comments.csv with its metadata, in a folder of its own. Those of actions of which the newest release tells "
     "nothing are marked. It is noted in `tokens log`.",
     "comments.csv met metadata, in een eigen map. Die bij acties waarover de nieuwste uitgave niets vertelt, zijn "
     "gemarkeerd. Het wordt genoteerd in `tokens log`."},
    {"trends export", NULL, "trends.csv with its metadata: of each scale the figures round by round, with intervals.",
     "trends.csv met metadata: van elke schaal de cijfers ronde na ronde, met intervallen."},
    {"export", NULL,
     "summary.csv, questions.csv and options.csv of the newest release, each with its metadata. DIR is new, empty or "
     "holds an export of the same kind and nothing else. With `--exact` the log as it is now, not for publication; "
     "that is noted in `tokens log`.",
     "summary.csv, questions.csv en options.csv van de nieuwste uitgave, elk met metadata. MAP is nieuw, leeg of "
     "bevat een export van dezelfde soort en verder niets. Met `--exact` het logboek zoals het nu is, niet voor "
     "publicatie; dat wordt genoteerd in `tokens log`."},
    {"audit", NULL,
     "Every signature, the tree, every event and every tally, judged by what was in force where it stands. Prints "
     "what differs, and exits 1 if anything does; lines that begin with `note:` are no faults. With `--url` the same "
     "of a collector elsewhere, with an auditor's token.",
     "Elke handtekening, de boom, elke gebeurtenis en elke telling, beoordeeld naar wat daar gold. Toont wat "
     "verschilt en eindigt dan met 1; regels die met `note:` beginnen zijn geen fouten. Met `--url` hetzelfde van "
     "een verzamelaar elders, met een token van een controleur."},
    {"manual", NULL,
     "To read it without installing anything:\n"
     "  burgerpanel-collector manual | man -l -\n"
     "With `settings` it is the page of the settings, burgerpanel-collector.conf(5).",
     "Om het te lezen zonder iets te installeren:\n"
     "  burgerpanel-collector manual | man -l -\n"
     "Met `settings` is het die van de instellingen, burgerpanel-collector.conf(5)."},
    {"complete", NULL, "What the shells ask for when Tab is pressed: the scripts of packaging/completion/ call it.",
     "Wat de shells vragen als er op Tab wordt gedrukt: de scripts van packaging/completion/ roepen dit aan."},
    {"EXIT STATUS", "EINDE",
     "`0`\tdone\n"
     "`1`\tit failed, or something is not as it should be; one line on standard error says what, and what to do\n"
     "`2`\twrong usage",
     "`0`\tgedaan\n"
     "`1`\thet is mislukt, of er klopt iets niet; een regel op de standaardfoutuitvoer zegt wat, en wat te doen\n"
     "`2`\tverkeerd gebruik"},
    {"ENVIRONMENT", "OMGEVING",
     "`BURGERPANEL_…`\tany setting, its name in capitals: before the file, after the flags\n"
     "`BURGERPANEL_TOKEN`\tthe token of `audit --url`, without `--token-file`\n"
     "`LC_ALL`, `LC_MESSAGES`, `LANG`\tthe first that is set: Dutch where it begins with nl, else English",
     "`BURGERPANEL_…`\telke instelling, de naam in hoofdletters: gaat voor het bestand, na de opties\n"
     "`BURGERPANEL_TOKEN`\thet token van `audit --url`, zonder `--token-file`\n"
     "`LC_ALL`, `LC_MESSAGES`, `LANG`\tde eerste die gezet is: Nederlands als die met nl begint, anders Engels"},
    {"FILES", "BESTANDEN",
     "`burgerpanel.db`\tthe store, in the working directory unless `--store` says otherwise\n"
     "`burgerpanel.db.log-key`, `burgerpanel.db.operator-key`\tthe keys that sign the log and its events; keep "
     "copies apart\n"
     "`burgerpanel.ini`\tthe settings of the service, in the folder that the package or `make install` chose",
     "`burgerpanel.db`\tde opslag, in de werkmap tenzij `--store` iets anders zegt\n"
     "`burgerpanel.db.log-key`, `burgerpanel.db.operator-key`\tde sleutels die het logboek en de gebeurtenissen "
     "tekenen; bewaar kopieën apart\n"
     "`burgerpanel.ini`\tde instellingen van de dienst, in de map die het pakket of `make install` koos"},
    {"SEE ALSO", "ZIE OOK", "burgerpanel(1), burgerpanel-collector.conf(5)",
     "burgerpanel(1), burgerpanel-collector.conf(5)"},
    {0},
};
