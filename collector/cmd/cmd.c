/* What the verbs share: opening, telling, printing, files. Knows no verb. */
#include "collector/cmd/cmd.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/lang.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_NAME_SIZE 4096

struct store *cmd_open(enum store_mode mode, struct config *config, int *exit_code)
{
    struct config own;
    struct error error = {0};
    if (!config)
        config = &own;
    *exit_code = config_read(config);
    if (*exit_code != CLI_DONE)
        return NULL;
    struct store *store = store_open(config->values[CONFIG_STORE], mode, &error);
    *exit_code = store ? CLI_DONE : cli_fail("%s", error.text);
    return store;
}

static bool is_flag(const struct config *config, enum config_key key)
{
    return strcmp(config->origins[key], "flag") == 0;
}

/* The standby of the settings, but for who names another store on the command line: that one is meant. */
static const char *walked_store(const struct config *config)
{
    bool meant = is_flag(config, CONFIG_STORE) && !is_flag(config, CONFIG_READ_STORE);
    const char *standby = config->values[CONFIG_READ_STORE];
    return standby[0] != '\0' && !meant ? standby : config->values[CONFIG_STORE];
}

struct store *cmd_open_walk(struct config *config, int *exit_code)
{
    struct config own;
    struct error error = {0};
    if (!config)
        config = &own;
    *exit_code = config_read(config);
    if (*exit_code != CLI_DONE)
        return NULL;
    struct store *store = store_open(walked_store(config), STORE_READING, &error);
    *exit_code = store ? CLI_DONE : cli_fail("%s", error.text);
    return store;
}

struct store *cmd_begin(const struct cli_verb *verb, int argc, char **argv, int operands, int *first, int *exit_code)
{
    *exit_code = cli_parse(verb, NULL, argc, argv, operands, operands, first);
    return *exit_code != CLI_RUN ? NULL : cmd_open(STORE_EXISTING, NULL, exit_code);
}

int cmd_no_memory(void)
{
    return cli_fail("%s", T("out of memory", "te weinig geheugen"));
}

int cmd_no_round(const char *round)
{
    return cli_fail(T("the panel has no round '%s'; `panel show` lists them",
                      "het panel heeft geen ronde '%s'; `panel show` noemt ze"),
                    round);
}

int cmd_store_failed(const struct store *store)
{
    const struct error *error = store_error(store);
    return error->kind == ERROR_NONE ? cmd_no_memory() /* what stops a walk */ : cli_fail("%s", error->text);
}

int cmd_tell_faults(const char *file, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        cli_say("%s: %s: %s", file, faults->list[i].where, faults->list[i].what);
    if (faults->no_memory)
        return cli_fail("%s: %s", file, T("out of memory", "te weinig geheugen"));
    return cli_fail(T("%s: %zu %s; nothing was imported", "%s: %zu %s; niets is ingelezen"), file, faults->total,
                    faults->total == 1 ? T("fault", "fout") : T("faults", "fouten"));
}

void cmd_tell_warnings(const char *file, const struct faults *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        cli_say(T("%s: warning: %s: %s", "%s: waarschuwing: %s: %s"), file, warnings->list[i].where,
                warnings->list[i].what);
    if (warnings->total > warnings->count)
        cli_say(T("%s: %zu warnings in all", "%s: %zu waarschuwingen in totaal"), file, warnings->total);
}

int cmd_print(struct buf *text, enum cli_form form)
{
    int result = cli_print(text, form);
    if (fflush(stdout) != 0)
        result = cli_fail(T("the output can't be written", "de uitvoer kan niet geschreven worden"));
    buf_free(text);
    return result;
}

int cmd_list(const struct cli_verb *verb, int argc, char **argv, const char *header,
             enum store_result (*put)(struct store *store, struct csv_writer *writer))
{
    int first, result = CLI_DONE;
    struct store *store = cmd_begin(verb, argc, argv, 0, &first, &result);
    if (!store)
        return result;
    struct buf text;
    struct csv_writer writer;
    buf_init(&text, SIZE_MAX);
    buf_put_text(&text, header);
    csv_begin(&writer, &text, &csv_rfc4180);
    if (put(store, &writer) == STORE_OK)
        result = cmd_print(&text, CLI_TEXT);
    else
        result = cmd_store_failed(store);
    buf_free(&text);
    store_close(store);
    return result;
}

void cmd_put_time(struct csv_writer *writer, int64_t when)
{
    char text[CLOCK_TEXT_SIZE] = "";
    if (when != 0)
        clock_format(when, text);
    csv_put_text(writer, text);
}

/* Files. */

int cmd_read_file(const char *path, struct buf *out)
{
    if (file_read(path, out) == 0)
        return CLI_DONE;
    return cli_fail(T("%s can't be read: %s", "%s kan niet gelezen worden: %s"), path, error_of_errno(errno));
}

bool cmd_is_plain(const char *path)
{
    struct stat status;
    return stat(path, &status) < 0 || S_ISREG(status.st_mode);
}

int cmd_write_file(const char *folder, const char *name, const struct buf *text)
{
    char path[FILE_NAME_SIZE];
    if (buf_check(text) < 0)
        return cmd_no_memory();
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return cli_fail(T("the name of folder %s is too long", "de naam van map %s is te lang"), folder);
    if (file_write(path, text->data, text->len) < 0)
        return cli_fail(T("%s can't be written: %s", "%s kan niet geschreven worden: %s"), path, error_of_errno(errno));
    cli_say("%s", path);
    return CLI_DONE;
}

int cmd_make_folder(const char *folder)
{
    if (file_make_folder(folder) < 0)
        return cli_fail(T("folder %s can't be made: %s", "map %s kan niet gemaakt worden: %s"), folder,
                        error_of_errno(errno));
    return CLI_DONE;
}
