/* The face of the ops room's settings: what the collector is told about its surroundings, flags before environment
 * before ini file before default. One table says what there is; each value is a text, checked where it is read, and
 * known with where it came from. Knows no room that uses it. Main thread; a config that has been read, any. */
#ifndef COLLECTOR_OPS_CONFIG_H
#define COLLECTOR_OPS_CONFIG_H

#include "base/cli.h"
#include <stdbool.h>
#include <stdint.h>

#define CONFIG_VALUE_SIZE 1024

enum config_key {
    CONFIG_STORE, /* DSN */
    CONFIG_READ_STORE, /* the same of a standby, for what takes long and may be somewhat behind; empty: the store */
    CONFIG_PEERS, /* URLs of the other collectors of that store, with commas between; empty: none is asked */
    CONFIG_LISTEN, /* ADDRESS:PORT */
    CONFIG_TLS_CERTIFICATE, /* PEM file; empty: HTTP in plain */
    CONFIG_TLS_KEY, /* the same of its key */
    CONFIG_BEHIND_PROXY, /* "on": a proxy ends TLS, so it may listen in plain off loopback too; "off" */
    CONFIG_TRUSTED_PROXIES, /* addresses and prefixes of proxies whose word on who sent a request is taken */
    CONFIG_FORWARDED_HEADER, /* in which they say it: "x-forwarded-for" or "forwarded" */
    CONFIG_ADDRESS_CONNECTIONS, /* that one address may begin a minute; 0: any number */
    CONFIG_ADDRESS_ENROLMENTS, /* of one address that may be refused in ten minutes; the same */
    CONFIG_ADDRESS_TOKENS, /* the same of wrong access tokens */
    CONFIG_LOG_LEVEL,
    CONFIG_LOG_KEY, /* file of the log's key */
    CONFIG_OPERATOR_KEY, /* file of the operator key */
    CONFIG_ORIGIN, /* of the log, when its key is made; empty: burgerpanel/ and the panel's id */
    CONFIG_THREADS, /* HTTP threads; 0: one a core */
    CONFIG_CONNECTIONS, /* at most */
    CONFIG_QUEUE, /* submissions that may wait for the writer */
    CONFIG_MEMORY_MIB, /* that requests and answers may hold, in MiB */
    CONFIG_DISK_RESERVE, /* MiB of the store's disk that are left free: below it only 503 is answered */
    CONFIG_MEMBER_RESPONSES, /* that one member may send a minute; 0: any number */
    CONFIG_MEMBER_REVISIONS, /* the same of one action a day, in place of an earlier one */
    CONFIG_COMMIT_TIMEOUT, /* seconds without a word from a store that is far away; then the outcome is unknown */
    CONFIG_WAIT_MAX, /* seconds that a submission may wait before it is turned away */
    CONFIG_HEAD_SECONDS, /* in which a request's head must have come */
    CONFIG_BODY_SECONDS, /* the same of a body */
    CONFIG_LEAST_RATE, /* bytes a second at which bodies come and answers are taken; 0: any */
    CONFIG_METRICS_LISTEN, /* a port of this machine, or ADDRESS:PORT, for /metrics; empty: it is not served */
    CONFIG_SANDBOX, /* "on": the daemon takes away from itself what serving does not need; "off" */
    CONFIG_SECURITY_CONTACT, /* of security.txt (RFC 9116), a URI; empty: there is none */
    CONFIG_SECURITY_EXPIRES, /* RFC 3339 */
    CONFIG_SECURITY_POLICY, /* a URI, or empty */
    CONFIG_WEB, /* "on": the pages are served; "off" */
    CONFIG_WEB_THEME, /* CSS file in place of theme.css; empty: none */
    CONFIG_WEB_ORGANISATION, /* who runs the panel, as it calls itself; empty: not told; so below */
    CONFIG_WEB_PHONE,
    CONFIG_WEB_MAIL,
    CONFIG_WEB_PRIVACY_URL, /* of the operator's privacy statement */
    CONFIG_WEB_ACCESSIBILITY_URL, /* of its accessibility statement */
    CONFIG_KEYS
};

struct config {
    char values[CONFIG_KEYS][CONFIG_VALUE_SIZE];
    const char *origins[CONFIG_KEYS]; /* "default", "file", "environment", "flag" */
};

/* Where cli_parse puts the value of a flag, and of --config: for tables of options. The last one parsed counts. */
const char **config_flag(enum config_key key);
const char **config_file_flag(void);

/* What every verb takes: --config, --store, --log-key and --operator-key. For struct cli_program. */
extern const struct cli_option config_common[];

/* Puts the whole together, checks it, and takes the log level into use. CLI_DONE when all is well; otherwise the exit
 * code, after one line on standard error. An unknown section or key in the file, or a value out of range, is told. */
MUST_CHECK int config_read(struct config *config);

/* A number that config_read has checked. */
uint64_t config_number(const struct config *config, enum config_key key);

/* Whether a setting that is "on" or "off" is on. */
bool config_is_on(const struct config *config, enum config_key key);

/* Splits CONFIG_LISTEN or CONFIG_METRICS_LISTEN. false: it is empty. */
bool config_listen(const struct config *config, enum config_key key, char address[static CONFIG_VALUE_SIZE],
                   uint16_t *port);

/* Prints every value and where it comes from. */
void config_print(const struct config *config);

#endif
