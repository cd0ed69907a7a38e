/* A folder below /tmp, and the example panel. See kit.h. */
#include "tests/unit/client/kit.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include <criterion/criterion.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

void kit_begin(void)
{
    snprintf(folder, sizeof folder, "/tmp/burgerpanel-test-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(crypto_start(), 0);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    unsetenv("http_proxy");
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

void kit_end(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *kit_folder(void)
{
    return folder;
}

const char *kit_path(const char *name)
{
    static char paths[8][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

void kit_write(const char *name, const char *text)
{
    FILE *file = fopen(kit_path(name), "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

struct response_id kit_id(const char *action, int64_t revision)
{
    struct response_id id;
    cr_assert_eq(response_id_set(&id, "round-1", action, revision), 0);
    return id;
}

static struct buf fixture(const char *path)
{
    struct buf text;
    buf_init(&text, 16 * 1024 * 1024);
    cr_assert_eq(file_read(path, &text), 0, "%s", path);
    return text;
}

struct catalogue kit_catalogue(void)
{
    struct catalogue catalogue = {.context = ""};
    struct faults faults;
    struct buf panel = fixture("fixtures/panel.json"), actions = fixture("fixtures/actions.csv");
    faults_init(&faults);
    catalogue.panel = panel_parse(buf_text(&panel), panel.len, &faults);
    catalogue.actions = actions_parse_csv(buf_text(&actions), actions.len, &faults);
    cr_assert(catalogue.panel && catalogue.actions);
    faults_free(&faults);
    buf_free(&panel);
    buf_free(&actions);
    return catalogue;
}
