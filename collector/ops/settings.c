/* Texts and bounds; how a text must look is config.c's. */
#include "collector/ops/settings.h"

static const struct setting settings[CONFIG_KEYS] = {
    [CONFIG_STORE] = {"store", "sqlite:burgerpanel.db", 0, 0,
                      "where everything is kept: `sqlite:PATH`, or `postgresql://ROLE@HOST/DATABASE`; also `--store`",
                      "waar alles bewaard wordt: `sqlite:PAD`, of `postgresql://ROL@HOST/DATABASE`; ook `--store`"},
    [CONFIG_READ_STORE] =
        {"read_store", "", 0, 0,
         "`postgresql://…` of a standby of the store: tables, exports and audits are read there",
         "`postgresql://…` van een standby van de opslag: tabellen, export en audit worden daar gelezen"},
    [CONFIG_PEERS] =
        {"peers", "", 0, 0,
         "`https://…` of the other collectors of a store in PostgreSQL, with commas between, 8 at most: what they have "
         "signed the store must have",
         "`https://…` van de andere verzamelaars van een opslag in PostgreSQL, met komma's ertussen, hoogstens 8: wat "
         "zij getekend hebben moet de opslag hebben"},
    [CONFIG_LISTEN] = {"listen", "127.0.0.1:8080", 0, 0, "address and port, `[::1]:8080` for IPv6; also `--listen`",
                       "adres en poort, `[::1]:8080` voor IPv6; ook `--listen`"},
    [CONFIG_TLS_CERTIFICATE] =
        {"tls_certificate", "", 0, 0,
         "PEM file with the certificate and those that lead to its authority; with it `listen` speaks TLS alone",
         "PEM-bestand met het certificaat en die tot aan de uitgever; daarmee spreekt `listen` alleen TLS"},
    [CONFIG_TLS_KEY] = {"tls_key", "", 0, 0, "PEM file with its key, mode 0600; goes with `tls_certificate`",
                        "PEM-bestand met de sleutel ervan, rechten 0600; hoort bij `tls_certificate`"},
    [CONFIG_BEHIND_PROXY] =
        {"behind_proxy", "off", 0, 0,
         "`on`: a proxy ends TLS, so plain HTTP may be served beyond this machine too; also `--behind-proxy`",
         "`on`: een proxy sluit TLS af, dus gewone HTTP mag ook buiten deze machine; ook `--behind-proxy`"},
    [CONFIG_TRUSTED_PROXIES] =
        {"trusted_proxies", "", 0, 0,
         "addresses and prefixes, with commas between, of the proxies whose word on who sent a request is taken; 64 at "
         "most",
         "adressen en voorvoegsels, met komma's ertussen, van de proxy's die geloofd worden over wie een verzoek "
         "stuurde; hoogstens 64"},
    [CONFIG_FORWARDED_HEADER] = {"forwarded_header", "x-forwarded-for", 0, 0,
                                 "the header in which they say it, or `forwarded` (RFC 7239)",
                                 "de kop waarin ze dat zeggen, of `forwarded` (RFC 7239)"},
    [CONFIG_ADDRESS_CONNECTIONS] = {"address_connections", "6000", 0, 1000000,
                                    "connections that one address may begin a minute; 0: any number",
                                    "verbindingen die één adres per minuut mag beginnen; 0: onbeperkt"},
    [CONFIG_ADDRESS_ENROLMENTS] =
        {"address_enrolments", "100", 0, 1000000,
         "enrolments from one address that may be refused in ten minutes before all of its are told to come back "
         "later; "
         "0: any number",
         "aanmeldingen van één adres die in tien minuten geweigerd mogen worden voordat alle later terug moeten komen; "
         "0: onbeperkt"},
    [CONFIG_ADDRESS_TOKENS] = {"address_tokens", "100", 0, 1000000, "the same of wrong access tokens",
                               "hetzelfde van verkeerde toegangstokens"},
    [CONFIG_LOG_LEVEL] = {"log_level", "info", 0, 0, "`error`, `warning` or `info`; also `--log-level`",
                          "`error`, `warning` of `info`; ook `--log-level`"},
    [CONFIG_LOG_KEY] =
        {"log_key", "", 0, 0, "file of the log's key; empty: the store's path and `.log-key`; also `--log-key`",
         "bestand met de sleutel van het logboek; leeg: het pad van de opslag en `.log-key`; ook `--log-key`"},
    [CONFIG_OPERATOR_KEY] =
        {"operator_key", "", 0, 0,
         "file of the key that signs events; empty: the store's path and `.operator-key`; also `--operator-key`",
         "bestand met de sleutel die gebeurtenissen tekent; leeg: het pad van de opslag en `.operator-key`; ook "
         "`--operator-key`"},
    [CONFIG_ORIGIN] =
        {"origin", "", 0, 0,
         "name of the log, given to its key when `panel import` makes it, and never changed after that; empty: "
         "`burgerpanel/` and the panel's id",
         "naam van het logboek, aan de sleutel gegeven als `panel import` die maakt, en daarna nooit veranderd; leeg: "
         "`burgerpanel/` en het id van het panel"},
    [CONFIG_THREADS] = {"threads", "0", 0, 256,
                        "threads that answer HTTP; 0: one for each core that the process may use",
                        "draden die HTTP beantwoorden; 0: één per kern die het proces mag gebruiken"},
    [CONFIG_CONNECTIONS] = {"connections", "4096", 16, 1000000,
                            "connections at the same time; others get one short request each, or 503",
                            "verbindingen tegelijk; andere krijgen één kort verzoek elk, of 503"},
    [CONFIG_QUEUE] =
        {"queue", "16384", 1, 1000000,
         "submissions that may wait to be written; beyond it clients get 503 and try again later",
         "inzendingen die op schrijven mogen wachten; daarboven krijgen cliënten 503 en proberen ze het later weer"},
    [CONFIG_MEMORY_MIB] = {"memory_mib", "256", 32, 65536,
                           "MiB that requests and answers on their way may hold; small ones always fit",
                           "MiB die verzoeken en antwoorden onderweg mogen innemen; kleine passen altijd"},
    [CONFIG_DISK_RESERVE] =
        {"disk_reserve_mib", "64", 0, 1048576,
         "MiB of the store's disk that are left free: with less, nothing is taken; 0: none",
         "MiB van de schijf van de opslag die vrij blijven: met minder wordt niets aangenomen; 0: geen"},
    [CONFIG_MEMBER_RESPONSES] = {"member_responses", "120", 0, 1000000,
                                 "responses that one member may send a minute; 0: any number",
                                 "reacties die één panellid per minuut mag sturen; 0: onbeperkt"},
    [CONFIG_MEMBER_REVISIONS] =
        {"member_revisions", "20", 0, 1000000,
         "how often one member may answer one action of a round anew within a day; 0: any number",
         "hoe vaak één panellid één actie van een ronde op een dag opnieuw mag beantwoorden; 0: onbeperkt"},
    [CONFIG_COMMIT_TIMEOUT] = {"commit_timeout", "10", 5, 300,
                               "seconds without a word from a store in PostgreSQL; then what was asked last is unknown",
                               "seconden zonder een woord van een opslag in PostgreSQL; dan is onbekend wat er van het "
                               "laatst gevraagde kwam"},
    [CONFIG_WAIT_MAX] =
        {"wait_max", "3", 1, 60, "seconds that a submission may wait before it is looked at; beyond it clients get 503",
         "seconden die een inzending mag wachten voordat ernaar gekeken wordt; daarna krijgen cliënten 503"},
    [CONFIG_HEAD_SECONDS] = {"head_seconds", "10", 1, 300, "seconds in which the head of a request must have come",
                             "seconden waarin de kop van een verzoek er moet zijn"},
    [CONFIG_BODY_SECONDS] = {"body_seconds", "300", 1, 3600, "the same of its body", "hetzelfde van de inhoud"},
    [CONFIG_LEAST_RATE] =
        {"least_rate", "1024", 0, 1000000,
         "bytes a second at which a body comes and an answer is taken, over ten seconds; what is slower is ended; 0: "
         "any",
         "bytes per seconde waarmee een inhoud komt en een antwoord wordt afgenomen, over tien seconden; wat trager is "
         "wordt beëindigd; 0: elke snelheid"},
    [CONFIG_METRICS_LISTEN] =
        {"metrics_listen", "", 0, 0,
         "where `/metrics` is served, and nothing else: a port of this machine, or `ADDRESS:PORT`; empty: nowhere",
         "waar `/metrics` te krijgen is, en verder niets: een poort van deze machine, of `ADRES:POORT`; leeg: nergens"},
    [CONFIG_SANDBOX] = {"sandbox", "on", 0, 0, "`off`: the collector keeps rights that serving does not need",
                        "`off`: de verzamelaar houdt rechten die voor bedienen niet nodig zijn"},
    [CONFIG_SECURITY_CONTACT] =
        {"security_contact", "", 0, 0,
         "`mailto:`, `https:` or `tel:`; with it `/.well-known/security.txt` (RFC 9116) is served",
         "`mailto:`, `https:` of `tel:`; daarmee is er `/.well-known/security.txt` (RFC 9116)"},
    [CONFIG_SECURITY_EXPIRES] = {"security_expires", "", 0, 0,
                                 "until when that holds, such as `2027-01-01T00:00:00Z`; goes with `security_contact`",
                                 "tot wanneer dat geldt, zoals `2027-01-01T00:00:00Z`; hoort bij `security_contact`"},
    [CONFIG_SECURITY_POLICY] = {"security_policy", "", 0, 0, "`https:` of the policy, or nothing",
                                "`https:` van het beleid, of niets"},
    [CONFIG_WEB] = {"web", "on", 0, 0, "`off`: no pages are served, the API alone",
                    "`off`: er zijn geen pagina's, alleen de API"},
    [CONFIG_WEB_THEME] = {"web_theme", "", 0, 0, "a CSS file in place of `theme.css`",
                          "een CSS-bestand in plaats van `theme.css`"},
    [CONFIG_WEB_ORGANISATION] = {"web_organisation", "", 0, 0, "who runs the panel, as the pages name it",
                                 "wie het panel beheert, zoals de pagina's het noemen"},
    [CONFIG_WEB_PHONE] = {"web_phone", "", 0, 0, "the number that the pages show, such as `0800 1351`",
                          "het nummer op de pagina's, zoals `0800 1351`"},
    [CONFIG_WEB_MAIL] = {"web_mail", "", 0, 0, "the e-mail address that the pages show",
                         "het e-mailadres op de pagina's"},
    [CONFIG_WEB_PRIVACY_URL] = {"web_privacy_url", "", 0, 0, "`https:` of the privacy statement, for /privacy",
                                "`https:` van de privacyverklaring, voor /privacy"},
    [CONFIG_WEB_ACCESSIBILITY_URL] = {"web_accessibility_url", "", 0, 0,
                                      "`https:` of the accessibility statement, for /toegankelijkheid",
                                      "`https:` van de toegankelijkheidsverklaring, voor /toegankelijkheid"},
};

const struct setting *settings_of(enum config_key key)
{
    return &settings[key];
}
