/* What is served is believed in nothing but what it says of the operator, which anybody can see to be right. */
#include "collector/audit/pages.h"
#include "base/json.h"
#include "base/lang.h"
#include "collector/audit/remote.h"
#include "panel/page.h"
#include <string.h>

#define SERVICE_MAX ((size_t)64 * 1024)
#define NOT_FOUND 404

struct page_audit {
    struct peer *peer;
    struct page_manifest manifest;
    struct page_owner owner;
    struct audit_findings *findings;
    struct error *error;
};

/* 1 and the body; 0: there is nothing at that path; -1: *error. */
static int get_page(struct page_audit *audit, const char *path, struct buf *out)
{
    unsigned status = 0;
    if (peer_get(audit->peer, &(struct peer_request){path, false}, out, &status, audit->error) == 0)
        return 1;
    return status == NOT_FOUND ? 0 : -1;
}

static int check_page_file(struct page_audit *audit, const struct page_file *file)
{
    char url[PAGE_URL_SIZE];
    struct buf body;
    page_url(file->path, url);
    buf_init(&body, PAGE_FILE_MAX);
    int got = get_page(audit, url, &body);
    int named = got > 0 ? page_is_as_named(file, buf_text(&body), body.len, &audit->manifest, &audit->owner) : got;
    buf_free(&body);
    if (named < 0)
        return got < 0 ? -1 : error_no_memory(audit->error);
    if (named == 0)
        findings_add(audit->findings,
                     T("pages: %s is not served as the manifest names it",
                       "pagina's: %s wordt niet aangeboden zoals de lijst het noemt"),
                     file->path);
    return 0;
}

/* The files, with what the operator says of itself. */
static int check_page_files(struct page_audit *audit)
{
    struct buf text;
    buf_init(&text, SERVICE_MAX);
    struct json *service = NULL;
    int result = get_page(audit, "/v1/service", &text) < 0 ? -1 : 0;
    if (result == 0)
        result = remote_json(buf_text(&text), text.len, &service, audit->error);
    audit->owner = (struct page_owner){.organisation = json_text(json_member(service, "organisation")),
                                       .phone = json_text(json_member(service, "phone")),
                                       .mail = json_text(json_member(service, "mail")),
                                       .privacy_url = json_text(json_member(service, "privacyUrl")),
                                       .accessibility_url = json_text(json_member(service, "accessibilityUrl"))};
    for (size_t i = 0; i < audit->manifest.count && result == 0; i++)
        result = check_page_file(audit, &audit->manifest.files[i]);
    json_free(service);
    buf_free(&text);
    return result;
}

static int check_page_manifest(struct page_audit *audit, const struct replay_totals *totals, const struct buf *text)
{
    uint8_t hash[SHA256_BYTES];
    struct error why;
    if (page_manifest_read(&audit->manifest, buf_text(text), text->len, &why) < 0) {
        findings_add(audit->findings, "/web/manifest: %s", why.text);
        return 0;
    }
    crypto_sha256(buf_text(text), text->len, hash);
    if (!totals->has_page || memcmp(hash, totals->page, sizeof hash) != 0)
        findings_add(audit->findings,
                     T("pages: the release that is served, %s, is not the newest that the log names",
                       "pagina's: de uitgave die aangeboden wordt, %s, is niet de nieuwste die het logboek noemt"),
                     audit->manifest.release);
    int result = check_page_files(audit);
    page_manifest_free(&audit->manifest);
    return result;
}

int pages_check(struct peer *peer, const struct replay_totals *totals, struct audit_findings *findings,
                struct error *error)
{
    struct page_audit audit = {.peer = peer, .findings = findings, .error = error};
    struct buf text;
    buf_init(&text, PAGE_MANIFEST_MAX);
    int got = get_page(&audit, "/web/manifest", &text);
    int result = got > 0 ? check_page_manifest(&audit, totals, &text) : got;
    if (got == 0 && totals->has_page)
        findings_note(findings, "%s",
                      T("the log names pages, and none are served now",
                        "het logboek noemt pagina's, en er worden nu geen aangeboden"));
    buf_free(&text);
    return result;
}
