/* Whom the store in PostgreSQL refuses when it is opened, and that it says why. Beside a server, as test_postgres.c. */
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/raw.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dsn[400];

static void setup(void)
{
    cr_assert_not_null(getenv("KIT_STORE"), "to be run by tests/postgres/server.sh");
    kit_begin();
    snprintf(dsn, sizeof dsn, "%s", kit_dsn("panel"));
    store_close(kit_store_open(dsn));
}

TestSuite(opening, .init = setup, .fini = kit_end);

static void assert_refused(const char *name, enum store_mode mode, const char *words)
{
    struct error error = {0};
    cr_assert_null(store_open(name, mode, &error), "%s", name);
    cr_assert_not_null(strstr(error.text, words), "%s", error.text);
}

Test(opening, refuses_a_password_where_it_would_be_shown)
{
    assert_refused("postgresql://serving:secret@localhost/panel", STORE_EXISTING, "a password does not belong");
    assert_refused("postgresql://localhost/panel?sslpassword=secret", STORE_EXISTING, "a password does not belong");
    struct error error = {0};
    cr_assert_null(store_open("postgresql://serving:secret@[::1/panel", STORE_EXISTING, &error));
    cr_assert_null(strstr(error.text, "secret"), "%s", error.text);
}

Test(opening, refuses_a_server_that_is_not_there)
{
    assert_refused("postgresql:///panel?host=/nowhere", STORE_EXISTING, "/nowhere");
    assert_refused("postgresql:///panel?host=/nowhere,/neither", STORE_EXISTING,
                   "; connection to server on socket \"/neither");
}

Test(opening, refuses_a_schema_without_a_store_and_one_of_another_program)
{
    char name[400];
    snprintf(name, sizeof name, "%s&options=-csearch_path%%3Dnone", getenv("KIT_STORE"));
    assert_refused(name, STORE_CREATE, "CREATE SCHEMA");
    snprintf(name, sizeof name, "%s", kit_dsn("empty"));
    assert_refused(name, STORE_EXISTING, "there is no store here");
    store_raw_run(name, "CREATE TABLE bookmark (url text)");
    assert_refused(name, STORE_CREATE, "other tables");
    store_raw_run(name, "CREATE TABLE head (size int)");
    assert_refused(name, STORE_CREATE, "another program");
}

Test(opening, refuses_a_schema_that_is_newer_or_unknown)
{
    store_raw_run(dsn, "UPDATE head SET version = 99");
    assert_refused(dsn, STORE_EXISTING, "newer burgerpanel");
    store_raw_run(dsn, "UPDATE head SET version = 0");
    assert_refused(dsn, STORE_EXISTING, "not known");
}

Test(opening, refuses_a_database_of_another_encoding)
{
    char name[400], make[160], drop[60];
    const char *server = getenv("KIT_STORE"), *query = strchr(server, '?');
    cr_assert_not_null(query);
    snprintf(make, sizeof make, "CREATE DATABASE latin_%d ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
             (int)getpid());
    snprintf(drop, sizeof drop, "DROP DATABASE latin_%d", (int)getpid());
    snprintf(name, sizeof name, "postgresql:///latin_%d%s", (int)getpid(), query);
    store_raw_run(dsn, make);
    assert_refused(name, STORE_CREATE, "the database must be of encoding UTF8");
    store_raw_run(dsn, drop);
}

/* What opening says to a role that has a right more each time. */
static void assert_told(const char *words)
{
    char as_stranger[400];
    struct error error = {0};
    const char *user = strstr(dsn, "user=postgres");
    cr_assert_not_null(user);
    snprintf(as_stranger, sizeof as_stranger, "%.*suser=stranger%s", (int)(user - dsn), dsn,
             user + strlen("user=postgres"));
    cr_assert_null(store_open(as_stranger, STORE_EXISTING, &error));
    cr_expect(strstr(error.text, words), "%s", error.text);
    cr_expect_null(strstr(error.text, "another program"), "%s", error.text);
}

static void make_stranger(void)
{
    store_raw_run(dsn, "DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation"
                       " THEN NULL; END $$");
}

static void grant_stranger(void)
{
    char grant[200];
    snprintf(grant, sizeof grant, "GRANT USAGE ON SCHEMA %s TO stranger",
             strstr(dsn, "search_path%3D") + strlen("search_path%3D"));
    store_raw_run(dsn, grant);
}

Test(opening, tells_a_role_that_may_not_read_the_store_what_to_do_and_not_that_it_is_anothers)
{
    make_stranger();
    assert_told("this role may not use the schema that search_path names; use the role that owns it, or give this one");
    grant_stranger();
    assert_told("permission denied for table head; use the role that owns the tables, or give this one");
}

Test(opening, tells_it_in_dutch_as_well)
{
    setenv("LC_ALL", "nl_NL.UTF-8", 1);
    make_stranger();
    grant_stranger();
    assert_told(": deze rol mag dit niet; gebruik de rol waarvan de tabellen zijn");
}
