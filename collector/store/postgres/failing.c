/* What a failure of the database is to code, and to a person: its kind by PostgreSQL's SQLSTATE, and its text. Knows no
 * statement. */
#include "base/lang.h"
#include "collector/store/postgres/handle.h"
#include <stdio.h>
#include <string.h>

#define MESSAGE_SIZE 400

enum store_result postgres_fail(struct store_postgres *p, enum error_kind kind, const char *what)
{
    error_set(&p->store.error, kind, "%.200s: %s", p->dsn, what);
    return STORE_FAILED;
}

/* PostgreSQL's own texts are in the language of the server; those of what can be expected have a Dutch one here. NULL:
 * this can't be. */
static const char *pg_dutch_failure(const char *state)
{
    static const struct {
        const char *begins, *text;
    } known[] = {{"23", "dit past niet bij wat er al staat"},
                 {"25006", "de opslag is alleen te lezen"},
                 {"42501", "deze rol mag dit niet"},
                 {"53100", "de schijf van de database is vol"},
                 {"53", "de database heeft te weinig middelen"},
                 {"55P03", "de opslag is bezet; probeer het later opnieuw"},
                 {"57", "de database is gestopt of breekt af"},
                 {"XX001", "de opslag is beschadigd"},
                 {"XX002", "een index van de opslag is beschadigd"},
                 {"XX", "de database heeft een interne fout"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(state, known[i].begins, strlen(known[i].begins)) == 0)
            return known[i].text;
    return NULL;
}

/* What to do, where PostgreSQL can't know. */
static const char *pg_advice(const char *state)
{
    return strcmp(state, "42501") == 0
               ? T("; use the role that owns the tables, or give this one what postgres-grants.sql gives",
                   "; gebruik de rol waarvan de tabellen zijn, of geef deze wat postgres-grants.sql geeft")
               : "";
}

/* With what the database says itself, of which nobody knows what it is about. */
static void put_failure(const char *state, const char *primary, char out[static MESSAGE_SIZE])
{
    const char *dutch = pg_dutch_failure(state);
    if (lang_is_dutch() && dutch)
        snprintf(out, MESSAGE_SIZE, "%s%s", dutch, pg_advice(state));
    else
        snprintf(out, MESSAGE_SIZE, "%s%s%s", lang_is_dutch() ? "de database weigert: " : "", primary,
                 pg_advice(state));
}

static enum error_kind kind_of(const char *state)
{
    if (strncmp(state, "23", 2) == 0)
        return ERROR_REFUSED;
    if (strcmp(state, "55P03") == 0)
        return ERROR_BUSY;
    if (strcmp(state, "XX001") == 0 || strcmp(state, "XX002") == 0)
        return ERROR_DAMAGED;
    return ERROR_IO;
}

/* What libpq says of each host that it tried, without its hints, which are on lines of their own; it has no values of
 * ours in it. */
static void put_connection_failure(const struct store_postgres *p, char out[static MESSAGE_SIZE])
{
    const char *message = p->conn ? PQerrorMessage(p->conn) : "";
    size_t len = (size_t)snprintf(out, MESSAGE_SIZE, "%s",
                                  lang_is_dutch() ? "de verbinding met de database is weg of kwam er niet: " : "");
    const char *between = "";
    for (size_t line; *message != '\0'; message += line + (message[line] == '\n')) {
        line = strcspn(message, "\n");
        if (line == 0 || *message == '\t' || len >= MESSAGE_SIZE)
            continue;
        len += (size_t)snprintf(out + len, MESSAGE_SIZE - len, "%s%.*s", between, (int)line, message);
        between = "; ";
    }
    if (*between == '\0')
        snprintf(out + len, MESSAGE_SIZE - len, "%s", T("no connection", "geen verbinding"));
}

enum store_result postgres_failed(struct store_postgres *p, const PGresult *result)
{
    char message[MESSAGE_SIZE];
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (state && primary) {
        put_failure(state, primary, message);
        return postgres_fail(p, kind_of(state), message);
    }
    put_connection_failure(p, message);
    return postgres_fail(p, ERROR_IO, message);
}
