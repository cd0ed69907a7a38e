/* Reads and checks what settings.c has. Knows what a value must look like, not what it is for. */
#include "collector/ops/config.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/number.h"
#include "collector/ops/settings.h"
#include "crypto/note.h"
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION "collector"
#define PREFIX "BURGERPANEL_"
#define FILE_SIZE_MAX ((size_t)1024 * 1024)

extern char **environ;

/* As cli_parse fills them from the tables of options, which hold their addresses: so they can't be anybody's own. */
static const char *flags[CONFIG_KEYS], *file;

const char **config_flag(enum config_key key)
{
    return &flags[key];
}

const char **config_file_flag(void)
{
    return &file;
}

const struct cli_option config_common[] = {
    {"config", "FILE", &file, NULL, "settings in this ini file", "instellingen uit dit ini-bestand"},
    {"store", "DSN", &flags[CONFIG_STORE], NULL,
     "the store, sqlite:PATH or postgresql://… (default sqlite:burgerpanel.db)",
     "de opslag, sqlite:PAD of postgresql://… (standaard sqlite:burgerpanel.db)"},
    {"log-key", "FILE", &flags[CONFIG_LOG_KEY], NULL, "the log's key (default: the store's path and .log-key)",
     "de sleutel van het logboek (standaard: het pad van de opslag en .log-key)"},
    {"operator-key", "FILE", &flags[CONFIG_OPERATOR_KEY], NULL,
     "the key that signs events (default: the store's path and .operator-key)",
     "de sleutel die gebeurtenissen tekent (standaard: het pad van de opslag en .operator-key)"},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

/* What a person typed wrong just now is wrong usage; what was wrong in a file or the environment is a failure. */
static int exit_code(const char *origin)
{
    return strcmp(origin, "flag") == 0 ? CLI_USAGE : CLI_FAILED;
}

static int set_value(struct config *config, enum config_key key, const char *value, const char *origin)
{
    if (strlen(value) >= CONFIG_VALUE_SIZE) {
        cli_fail(T("the value of '%s' (%s) is too long", "de waarde van '%s' (%s) is te lang"), settings_of(key)->name,
                 origin);
        return exit_code(origin);
    }
    snprintf(config->values[key], CONFIG_VALUE_SIZE, "%s", value);
    config->origins[key] = origin;
    return CLI_DONE;
}

static int find_key(const char *name)
{
    for (int key = 0; key < CONFIG_KEYS; key++)
        if (strcasecmp(settings_of((enum config_key)key)->name, name) == 0)
            return key;
    return -1;
}

/* The file. */

/* The text, line by line as inih asks for them. */
struct ini_lines {
    const char *next;
    size_t number; /* of the latest, from 1 */
};

struct reading {
    struct config *config;
    struct ini_lines lines;
    size_t given[CONFIG_KEYS]; /* on which line; 0: not yet */
    int exit_code; /* CLI_DONE: nothing wrong so far */
};

/* As fgets; find_bad_line has seen that each line fits. */
static char *next_ini_line(char *out, int size, void *context)
{
    struct ini_lines *lines = context;
    size_t len = strcspn(lines->next, "\n");
    len += lines->next[len] == '\n';
    if (len == 0)
        return NULL;
    snprintf(out, (size_t)size, "%.*s", (int)len, lines->next);
    lines->next += len;
    lines->number++;
    return out;
}

static int set_once(struct reading *reading, enum config_key key, const char *value)
{
    size_t line = reading->lines.number, earlier = reading->given[key];
    if (earlier > 0)
        return cli_fail(T("%s: '%s' is on line %zu and on line %zu; keep one",
                          "%s: '%s' staat op regel %zu en op regel %zu; houd er een over"),
                        file, settings_of(key)->name, earlier, line);
    reading->given[key] = line;
    return set_value(reading->config, key, value, "file");
}

static int read_pair(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    int key = strcmp(section, SECTION) == 0 ? find_key(name) : -1;
    if (reading->exit_code != CLI_DONE)
        return 1;
    if (key < 0)
        reading->exit_code = cli_fail(
            T("%s: [%s] %s is no setting; see the manual", "%s: [%s] %s is geen instelling; zie de handleiding"), file,
            section, name);
    else
        reading->exit_code = set_once(reading, (enum config_key)key, value);
    return 1;
}

#define LINE_MAX_BYTES ((size_t)INI_MAX_LINE - 2) /* beside its end; inih reads the rest of it as a line of its own */

/* What is wrong with a line that inih would take for something else than what stands there; NULL: nothing. It takes one
 * that begins with a blank for more of the value above it. */
static const char *find_line_fault(const char *line, size_t len)
{
    size_t blanks = 0;
    while (blanks < len && isspace((unsigned char)line[blanks]))
        blanks++;
    if (blanks > 0 && blanks < len && line[blanks] != ';' && line[blanks] != '#')
        return T("begins with a blank; a setting begins at the start of its line",
                 "begint met een spatie; een instelling begint aan het begin van haar regel");
    if (len > LINE_MAX_BYTES)
        return T("is too long; a line holds 198 bytes", "is te lang; een regel is hoogstens 198 bytes");
    if (len > 0 && memchr(line, '\r', len - 1))
        return T("has a carriage return inside; save the file with line ends LF or CRLF",
                 "heeft een wagenterugloop middenin; sla het bestand op met regeleinden LF of CRLF");
    return NULL;
}

/* The first such line's fault, and its number; NULL: there is none. */
static const char *find_bad_line(const char *text, size_t *number)
{
    const char *fault = NULL;
    *number = 0;
    for (const char *line = text, *end; line && !fault; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        fault = find_line_fault(line, end ? (size_t)(end - line) : strlen(line));
        ++*number;
    }
    return fault;
}

static int read_file(struct config *config)
{
    struct reading reading = {.config = config, .exit_code = CLI_DONE};
    struct buf text;
    buf_init(&text, FILE_SIZE_MAX);
    if (file_read(file, &text) < 0) {
        buf_free(&text);
        return cli_fail(T("%s can't be read: %s", "%s kan niet gelezen worden: %s"), file, error_of_errno(errno));
    }
    size_t number;
    const char *fault = find_bad_line(buf_text(&text), &number);
    reading.lines.next = buf_text(&text);
    int result = fault ? 0 : ini_parse_stream(next_ini_line, &reading.lines, read_pair, &reading);
    buf_free(&text);
    if (fault)
        return cli_fail(T("%s: line %zu %s", "%s: regel %zu %s"), file, number, fault);
    if (reading.exit_code == CLI_DONE && result != 0)
        return cli_fail(T("%s: line %d is no setting", "%s: regel %d is geen instelling"), file, result);
    return reading.exit_code;
}

/* The environment. */

static int read_variables(struct config *config)
{
    for (char **at = environ; *at; at++) {
        const char *equals = strchr(*at, '=');
        if (strncmp(*at, PREFIX, strlen(PREFIX)) != 0 || !equals)
            continue;
        char name[64] = "";
        size_t len = (size_t)(equals - *at) - strlen(PREFIX);
        if (len < sizeof name)
            memcpy(name, *at + strlen(PREFIX), len);
        int key = find_key(name);
        if (key < 0)
            continue; /* another program's of ours, such as the client's */
        int result = set_value(config, (enum config_key)key, equals + 1, "environment");
        if (result != CLI_DONE)
            return result;
    }
    return CLI_DONE;
}

/* Checks. */

/* "127.0.0.1:8080", "[::1]:8080". */
static int split_listen(const char *text, char *address, uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    int64_t number;
    if (!colon || colon == text || number_read(colon + 1, 0, UINT16_MAX, &number) < 0)
        return -1;
    const char *from = text, *to = colon;
    if (*from == '[' && to[-1] == ']') {
        from++;
        to--;
        if (from == to)
            return -1;
    } else if (memchr(from, ':', (size_t)(to - from)) != NULL) {
        return -1; /* an IPv6 address without brackets: where its port begins can't be told */
    }
    snprintf(address, CONFIG_VALUE_SIZE, "%.*s", (int)(to - from), from);
    *port = (uint16_t)number;
    return 0;
}

/* A port alone is this machine's. */
static int split_metrics_listen(const char *text, char *address, uint16_t *port)
{
    int64_t number;
    if (number_read(text, 0, UINT16_MAX, &number) < 0)
        return split_listen(text, address, port);
    snprintf(address, CONFIG_VALUE_SIZE, "127.0.0.1");
    *port = (uint16_t)number;
    return 0;
}

static int refuse_setting(const struct config *config, enum config_key key, const char *must)
{
    cli_fail("%s (%s) %s", settings_of(key)->name, config->origins[key], must);
    return exit_code(config->origins[key]);
}

static int check_switches(const struct config *config)
{
    static const enum config_key switches[] = {CONFIG_BEHIND_PROXY, CONFIG_SANDBOX, CONFIG_WEB};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        const char *value = config->values[switches[i]];
        if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
            return refuse_setting(config, switches[i], T("must be on or off", "moet on of off zijn"));
    }
    return CLI_DONE;
}

static int check_number_setting(const struct config *config, enum config_key key)
{
    int64_t value;
    if (settings_of(key)->most == 0 ||
        number_read(config->values[key], settings_of(key)->least, settings_of(key)->most, &value) == 0)
        return CLI_DONE;
    cli_fail(T("%s (%s) must be a number from %lld to %lld", "%s (%s) moet een getal van %lld tot en met %lld zijn"),
             settings_of(key)->name, config->origins[key], (long long)settings_of(key)->least,
             (long long)settings_of(key)->most);
    return exit_code(config->origins[key]);
}

static int check_listen(const struct config *config)
{
    char address[CONFIG_VALUE_SIZE];
    uint16_t port;
    if (split_listen(config->values[CONFIG_LISTEN], address, &port) == 0)
        return CLI_DONE;
    return refuse_setting(config, CONFIG_LISTEN,
                          T("must be ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080",
                            "moet ADRES:POORT zijn, zoals 127.0.0.1:8080 of [::1]:8080"));
}

static int check_metrics_listen(const struct config *config)
{
    const char *text = config->values[CONFIG_METRICS_LISTEN];
    char address[CONFIG_VALUE_SIZE];
    uint16_t port;
    if (text[0] == '\0' || split_metrics_listen(text, address, &port) == 0)
        return CLI_DONE;
    return refuse_setting(config, CONFIG_METRICS_LISTEN,
                          T("must be a port of this machine, such as 9464, or ADDRESS:PORT",
                            "moet een poort van deze machine zijn, zoals 9464, of ADRES:POORT"));
}

static bool is_of_postgresql(const struct config *config, enum config_key key)
{
    static const char scheme[] = "postgresql:";
    return strncmp(config->values[key], scheme, sizeof scheme - 1) == 0;
}

static int check_read_store(const struct config *config)
{
    if (config->values[CONFIG_READ_STORE][0] == '\0' ||
        (is_of_postgresql(config, CONFIG_STORE) && is_of_postgresql(config, CONFIG_READ_STORE)))
        return CLI_DONE;
    return refuse_setting(config, CONFIG_READ_STORE,
                          T("is a standby of a store in PostgreSQL; both are postgresql://…",
                            "is een standby van een opslag in PostgreSQL; beide zijn postgresql://…"));
}

static int check_peers(const struct config *config)
{
    if (config->values[CONFIG_PEERS][0] == '\0' || is_of_postgresql(config, CONFIG_STORE))
        return CLI_DONE;
    return refuse_setting(config, CONFIG_PEERS,
                          T("are other collectors of a store in PostgreSQL; one in a file has no others",
                            "zijn andere verzamelaars van een opslag in PostgreSQL; een in een bestand heeft er geen"));
}

/* What ends TLS, and who stands before it. */
static int check_proxy(const struct config *config)
{
    const char *header = config->values[CONFIG_FORWARDED_HEADER];
    bool certificate = config->values[CONFIG_TLS_CERTIFICATE][0] != '\0';
    if (certificate != (config->values[CONFIG_TLS_KEY][0] != '\0'))
        return refuse_setting(config, certificate ? CONFIG_TLS_CERTIFICATE : CONFIG_TLS_KEY,
                              T("goes with the other of tls_certificate and tls_key; give both or none",
                                "hoort bij de andere van tls_certificate en tls_key; geef beide of geen"));
    if (strcmp(header, "x-forwarded-for") != 0 && strcmp(header, "forwarded") != 0)
        return refuse_setting(config, CONFIG_FORWARDED_HEADER,
                              T("must be x-forwarded-for or forwarded", "moet x-forwarded-for of forwarded zijn"));
    return CLI_DONE;
}

static int check_log_level(const struct config *config)
{
    enum log_level level;
    if (log_level_find(config->values[CONFIG_LOG_LEVEL], &level) == 0)
        return CLI_DONE;
    return refuse_setting(config, CONFIG_LOG_LEVEL,
                          T("must be error, warning or info", "moet error, warning of info zijn"));
}

static int check_origin(const struct config *config)
{
    const char *origin = config->values[CONFIG_ORIGIN];
    if (origin[0] == '\0' || note_name_is_good(origin, strlen(origin)))
        return CLI_DONE;
    return refuse_setting(config, CONFIG_ORIGIN,
                          T("may hold no spaces and no +, and at most 255 bytes",
                            "mag geen spaties en geen + bevatten, en hoogstens 255 bytes"));
}

/* Whether a value is empty, or a URI of one of RFC 9116's schemes without a space. */
static bool is_contact(const char *value, bool web_only)
{
    bool scheme = strncmp(value, "https://", 8) == 0 ||
                  (!web_only && (strncmp(value, "mailto:", 7) == 0 || strncmp(value, "tel:", 4) == 0));
    if (value[0] == '\0')
        return true;
    for (const char *at = value; *at != '\0'; at++)
        if (!isgraph((unsigned char)*at))
            return false;
    return scheme;
}

static int check_security(const struct config *config)
{
    const char *contact = config->values[CONFIG_SECURITY_CONTACT], *expires = config->values[CONFIG_SECURITY_EXPIRES];
    int64_t when;
    if (!is_contact(contact, false))
        return refuse_setting(
            config, CONFIG_SECURITY_CONTACT,
            T("must begin with https://, mailto: or tel:", "moet met https://, mailto: of tel: beginnen"));
    if (!is_contact(config->values[CONFIG_SECURITY_POLICY], true))
        return refuse_setting(config, CONFIG_SECURITY_POLICY,
                              T("must begin with https://", "moet met https:// beginnen"));
    if ((contact[0] != '\0' || expires[0] != '\0') && (contact[0] == '\0' || clock_parse(expires, &when) < 0))
        return refuse_setting(config, CONFIG_SECURITY_EXPIRES,
                              T("must be a moment such as 2027-01-01T00:00:00Z, and goes with security_contact",
                                "moet een moment zijn als 2027-01-01T00:00:00Z, en hoort bij security_contact"));
    return CLI_DONE;
}

/* Whether a value is empty, or visible characters alone with a `must` among them. */
static bool is_address(const char *value, char must)
{
    const char *at = value;
    while (isgraph((unsigned char)*at))
        at++;
    return value[0] == '\0' || (*at == '\0' && strchr(value + 1, must));
}

static bool is_phone(const char *value)
{
    return value[0] == '\0' || (strspn(value, "0123456789+-() ") == strlen(value) && strpbrk(value, "0123456789"));
}

static int check_web(const struct config *config)
{
    if (!is_phone(config->values[CONFIG_WEB_PHONE]))
        return refuse_setting(config, CONFIG_WEB_PHONE,
                              T("must be a telephone number, such as 0800 1351 or +31 70 123 45 67",
                                "moet een telefoonnummer zijn, zoals 0800 1351 of +31 70 123 45 67"));
    if (!is_address(config->values[CONFIG_WEB_MAIL], '@'))
        return refuse_setting(config, CONFIG_WEB_MAIL, T("must be an e-mail address", "moet een e-mailadres zijn"));
    for (int key = CONFIG_WEB_PRIVACY_URL; key <= CONFIG_WEB_ACCESSIBILITY_URL; key++)
        if (!is_contact(config->values[key], true))
            return refuse_setting(config, (enum config_key)key,
                                  T("must begin with https://", "moet met https:// beginnen"));
    return CLI_DONE;
}

static int check_values(const struct config *config)
{
    int (*const checks[])(const struct config *) = {check_listen,     check_metrics_listen, check_switches, check_proxy,
                                                    check_log_level,  check_origin,         check_security, check_web,
                                                    check_read_store, check_peers};
    int result = CLI_DONE;
    for (int key = 0; key < CONFIG_KEYS && result == CLI_DONE; key++)
        result = check_number_setting(config, (enum config_key)key);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && result == CLI_DONE; i++)
        result = checks[i](config);
    return result;
}

static void use_log_level(const struct config *config)
{
    enum log_level level;
    if (log_level_find(config->values[CONFIG_LOG_LEVEL], &level) == 0)
        log_set_level(level);
}

int config_read(struct config *config)
{
    int result = CLI_DONE;
    for (int key = 0; key < CONFIG_KEYS; key++)
        (void)set_value(config, (enum config_key)key, settings_of((enum config_key)key)->value, "default");
    if (file)
        result = read_file(config);
    if (result == CLI_DONE)
        result = read_variables(config);
    for (int key = 0; key < CONFIG_KEYS && result == CLI_DONE; key++)
        if (flags[key])
            result = set_value(config, (enum config_key)key, flags[key], "flag");
    if (result == CLI_DONE)
        result = check_values(config);
    if (result == CLI_DONE)
        use_log_level(config);
    return result;
}

uint64_t config_number(const struct config *config, enum config_key key)
{
    int64_t value = 0;
    if (number_read(config->values[key], settings_of(key)->least, settings_of(key)->most, &value) < 0)
        value = 0; /* config_read has seen that it is a number */
    return (uint64_t)value;
}

bool config_listen(const struct config *config, enum config_key key, char address[static CONFIG_VALUE_SIZE],
                   uint16_t *port)
{
    int (*split)(const char *, char *, uint16_t *) = key == CONFIG_LISTEN ? split_listen : split_metrics_listen;
    return split(config->values[key], address, port) == 0; /* config_read has seen that what is there can be split */
}

bool config_is_on(const struct config *config, enum config_key key)
{
    return strcmp(config->values[key], "on") == 0;
}

void config_print(const struct config *config)
{
    for (enum config_key key = 0; key < CONFIG_KEYS; key++)
        printf("%-16s = %s (%s)\n", settings_of(key)->name, config->values[key], config->origins[key]);
}
