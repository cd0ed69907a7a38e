/* page verify URL [--manifest FILE]: whether the pages that a collector serves are those that its log names, and with a
 * manifest of one's own, those of the sources. */
#include "base/file.h"
#include "base/lang.h"
#include "client/cmd/cmd.h"
#include "client/log/pages.h"
#include "client/terminal/failures.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void tell_wrong_file(void *context, const char *path, bool served)
{
    (void)context;
    if (served)
        cli_say(T("%s: what is served is not what the manifest names", "%s: wat aangeboden wordt is niet wat de lijst "
                                                                       "noemt"),
                path);
    else
        cli_say(T("%s: the manifest names it, and it is not served", "%s: de lijst noemt het, en het wordt niet "
                                                                     "aangeboden"),
                path);
}

/* Whether the manifest that is served is the one in the file. Returns the exit code. */
static int compare_manifest(const struct page_manifest *manifest, const char *file)
{
    struct buf own;
    if (!file)
        return CLI_DONE;
    buf_init(&own, PAGE_MANIFEST_MAX);
    int exit_code = CLI_DONE;
    if (file_read(file, &own) < 0)
        exit_code = failure_tell_errno(file);
    else if (own.len != manifest->text.len || memcmp(buf_text(&own), buf_text(&manifest->text), own.len) != 0)
        exit_code = cli_fail(T("the manifest that is served is not that of %s", "de lijst die aangeboden wordt is niet "
                                                                                "die van %s"),
                             file);
    buf_free(&own);
    return exit_code;
}

static int tell_looked(const struct pages_look *look, const char *file)
{
    struct buf key;
    if (look->wrong > 0)
        return cli_fail(
            look->wrong == 1
                ? T("%zu file is not as the manifest names it", "%zu bestand is niet zoals de lijst het noemt")
                : T("%zu files are not as the manifest names them", "%zu bestanden zijn niet zoals de lijst ze noemt"),
            look->wrong);
    if (look->named_at < 0)
        return cli_fail(T("all files are as the manifest names them, but the log's newest page-released names another "
                          "manifest than %s, or there is none",
                          "alle bestanden zijn zoals de lijst ze noemt, maar de nieuwste page-released van het logboek "
                          "noemt een andere lijst dan %s, of er is er geen"),
                        look->manifest.release);
    int exit_code = compare_manifest(&look->manifest, file);
    if (exit_code != CLI_DONE)
        return exit_code;
    buf_init(&key, NOTE_NAME_SIZE + 64);
    note_key_put(&key, &look->log->key);
    cli_say(
        T("%zu files are as the manifest names them, and entry %lld of the log names that manifest. The log's key, to "
          "compare with what members hold: %s",
          "%zu bestanden zijn zoals de lijst ze noemt, en regel %lld van het logboek noemt die lijst. De sleutel van "
          "het logboek, om te vergelijken met wat panelleden hebben: %s"),
        look->manifest.count, (long long)look->named_at, buf_text(&key));
    buf_free(&key);
    printf("%s\n", look->manifest.release);
    return CLI_DONE;
}

static int verify_through(struct http *http, const char *file)
{
    struct http_answer answer;
    struct error error = {0};
    struct pages_look look = {.http = http, .answer = &answer, .found = tell_wrong_file, .error = &error};
    int exit_code = CLI_FAILED;
    http_answer_init(&answer);
    switch (pages_look(&look)) {
    case PAGES_LOOKED:
        exit_code = tell_looked(&look, file);
        break;
    case PAGES_AWAY:
        exit_code = failure_tell_answer(T("not all could be looked at", "niet alles kon bekeken worden"), &answer);
        break;
    case PAGES_REFUSED:
        exit_code = cli_fail(T("the pages do not hold: %s", "de pagina's kloppen niet: %s"), error.text);
        break;
    }
    pages_wipe(&look);
    http_answer_free(&answer);
    return exit_code;
}

int cmd_page_verify(const struct cli_verb *verb, int argc, char **argv)
{
    const char *file = NULL;
    const struct cli_option options[] = {{.name = "manifest",
                                          .argument = "FILE",
                                          .value = &file,
                                          .english = "that of the sources, as `make web-manifest` prints it",
                                          .dutch = "die van de broncode, zoals `make web-manifest` die toont"},
                                         {0}};
    int first, exit_code = cli_parse(verb, options, argc, argv, 1, 1, &first);
    if (exit_code != CLI_RUN)
        return exit_code;
    struct buf url;
    buf_init(&url, FETCH_URL_MAX);
    if (fetch_normalise_url(argv[first], &url) < 0) {
        exit_code = cli_misuse(
            "%s", T("the URL must be as https://panel.example.nl", "de URL moet zijn zoals https://panel.example.nl"));
    } else {
        struct http *http = http_open(buf_text(&url), &retry_for_person);
        exit_code = http ? verify_through(http, file) : failure_no_memory();
        http_close(http);
    }
    buf_free(&url);
    return exit_code;
}
