/* The assembler takes each file in as it is; make knows that this depends on all of them. A file that is added to web/
 * gets its line here, in order of path: a test holds this list against the folder. */
#include "collector/web/assets.h"

/* The fallback for browsers without Ed25519 comes from Debian's package when this is built (docs/adr/011), unless who
 * builds has said to go without. */
#ifdef WEB_TWEETNACL
#define FALLBACK(_) _(fallback, "nacl-fast.min.js", WEB_TWEETNACL)
#else
#define FALLBACK(_)
#endif

#define FILE_OF_WEB(_, symbol, path) _(symbol, path, "web/" path)

#define ASSETS(_)                                                                                                      \
    FILE_OF_WEB(_, app_manifest, "app.webmanifest")                                                                    \
    FILE_OF_WEB(_, dashboard_style, "dashboard.css")                                                                   \
    FILE_OF_WEB(_, dashboard, "dashboard.html")                                                                        \
    FILE_OF_WEB(_, icon, "icon.svg")                                                                                   \
    FILE_OF_WEB(_, index, "index.html")                                                                                \
    FILE_OF_WEB(_, bytes, "js/bytes.js")                                                                               \
    FILE_OF_WEB(_, citizen_about, "js/citizen/about.js")                                                               \
    FILE_OF_WEB(_, citizen_action, "js/citizen/action.js")                                                             \
    FILE_OF_WEB(_, citizen_actions, "js/citizen/actions.js")                                                           \
    FILE_OF_WEB(_, citizen_answers, "js/citizen/answers.js")                                                           \
    FILE_OF_WEB(_, citizen_consent, "js/citizen/consent.js")                                                           \
    FILE_OF_WEB(_, citizen_doing, "js/citizen/doing.js")                                                               \
    FILE_OF_WEB(_, citizen_done, "js/citizen/done.js")                                                                 \
    FILE_OF_WEB(_, citizen_erased, "js/citizen/erased.js")                                                             \
    FILE_OF_WEB(_, citizen_forget, "js/citizen/forget.js")                                                             \
    FILE_OF_WEB(_, citizen_keep, "js/citizen/keep.js")                                                                 \
    FILE_OF_WEB(_, citizen_main, "js/citizen/main.js")                                                                 \
    FILE_OF_WEB(_, citizen_mine, "js/citizen/mine.js")                                                                 \
    FILE_OF_WEB(_, citizen_news, "js/citizen/news.js")                                                                 \
    FILE_OF_WEB(_, citizen_recover, "js/citizen/recover.js")                                                           \
    FILE_OF_WEB(_, citizen_sent, "js/citizen/sent.js")                                                                 \
    FILE_OF_WEB(_, citizen_welcome, "js/citizen/welcome.js")                                                           \
    FILE_OF_WEB(_, collector, "js/collector.js")                                                                       \
    FILE_OF_WEB(_, dashboard_access, "js/dashboard/access.js")                                                         \
    FILE_OF_WEB(_, dashboard_action, "js/dashboard/action.js")                                                         \
    FILE_OF_WEB(_, dashboard_asked, "js/dashboard/asked.js")                                                           \
    FILE_OF_WEB(_, dashboard_charts, "js/dashboard/charts.js")                                                         \
    FILE_OF_WEB(_, dashboard_comments, "js/dashboard/comments.js")                                                     \
    FILE_OF_WEB(_, dashboard_csv, "js/dashboard/csv.js")                                                               \
    FILE_OF_WEB(_, dashboard_data, "js/dashboard/data.js")                                                             \
    FILE_OF_WEB(_, dashboard_desk_data, "js/dashboard/desk-data.js")                                                   \
    FILE_OF_WEB(_, dashboard_desk_texts_en, "js/dashboard/desk-texts.en.js")                                           \
    FILE_OF_WEB(_, dashboard_desk_texts, "js/dashboard/desk-texts.js")                                                 \
    FILE_OF_WEB(_, dashboard_desk_texts_nl, "js/dashboard/desk-texts.nl.js")                                           \
    FILE_OF_WEB(_, dashboard_desk, "js/dashboard/desk.js")                                                             \
    FILE_OF_WEB(_, dashboard_downloads, "js/dashboard/downloads.js")                                                   \
    FILE_OF_WEB(_, dashboard_drafts, "js/dashboard/drafts.js")                                                         \
    FILE_OF_WEB(_, dashboard_exact, "js/dashboard/exact.js")                                                           \
    FILE_OF_WEB(_, dashboard_figures, "js/dashboard/figures.js")                                                       \
    FILE_OF_WEB(_, dashboard_lines, "js/dashboard/lines.js")                                                           \
    FILE_OF_WEB(_, dashboard_logbook, "js/dashboard/logbook.js")                                                       \
    FILE_OF_WEB(_, dashboard_login, "js/dashboard/login.js")                                                           \
    FILE_OF_WEB(_, dashboard_main, "js/dashboard/main.js")                                                             \
    FILE_OF_WEB(_, dashboard_not_public, "js/dashboard/not-public.js")                                                 \
    FILE_OF_WEB(_, dashboard_overview, "js/dashboard/overview.js")                                                     \
    FILE_OF_WEB(_, dashboard_parts, "js/dashboard/parts.js")                                                           \
    FILE_OF_WEB(_, dashboard_publish, "js/dashboard/publish.js")                                                       \
    FILE_OF_WEB(_, dashboard_session, "js/dashboard/session.js")                                                       \
    FILE_OF_WEB(_, dashboard_sources, "js/dashboard/sources.js")                                                       \
    FILE_OF_WEB(_, dashboard_texts_en, "js/dashboard/texts.en.js")                                                     \
    FILE_OF_WEB(_, dashboard_texts, "js/dashboard/texts.js")                                                           \
    FILE_OF_WEB(_, dashboard_texts_nl, "js/dashboard/texts.nl.js")                                                     \
    FILE_OF_WEB(_, dom, "js/dom.js")                                                                                   \
    FILE_OF_WEB(_, envelope, "js/envelope.js")                                                                         \
    FILE_OF_WEB(_, faults, "js/faults.js")                                                                             \
    FILE_OF_WEB(_, fields, "js/fields.js")                                                                             \
    FILE_OF_WEB(_, follow_up, "js/follow-up.js")                                                                       \
    FILE_OF_WEB(_, key, "js/key.js")                                                                                   \
    FILE_OF_WEB(_, log, "js/log.js")                                                                                   \
    FILE_OF_WEB(_, member, "js/member.js")                                                                             \
    FILE_OF_WEB(_, own, "js/own.js")                                                                                   \
    FILE_OF_WEB(_, parts, "js/parts.js")                                                                               \
    FILE_OF_WEB(_, passkey, "js/passkey.js")                                                                           \
    FILE_OF_WEB(_, qr, "js/qr.js")                                                                                     \
    FILE_OF_WEB(_, questionnaire, "js/questionnaire.js")                                                               \
    FILE_OF_WEB(_, signed, "js/signed.js")                                                                             \
    FILE_OF_WEB(_, store, "js/store.js")                                                                               \
    FILE_OF_WEB(_, texts_en, "js/texts.en.js")                                                                         \
    FILE_OF_WEB(_, texts, "js/texts.js")                                                                               \
    FILE_OF_WEB(_, texts_nl, "js/texts.nl.js")                                                                         \
    FALLBACK(_)                                                                                                        \
    FILE_OF_WEB(_, page, "page.css")                                                                                   \
    FILE_OF_WEB(_, privacy, "privacy.html")                                                                            \
    FILE_OF_WEB(_, worker, "sw.js")                                                                                    \
    FILE_OF_WEB(_, theme, "theme.css")                                                                                 \
    FILE_OF_WEB(_, accessibility, "toegankelijkheid.html")                                                             \
    FILE_OF_WEB(_, explanation, "uitleg.html")

#define TAKE_IN(symbol, path, file)                                                                                    \
    __asm__(".section .rodata\n"                                                                                       \
            "web_" #symbol "_begin:\n"                                                                                 \
            ".incbin \"" file "\"\n"                                                                                   \
            "web_" #symbol "_end:\n"                                                                                   \
            ".byte 0\n"                                                                                                \
            ".previous\n");                                                                                            \
    extern const char web_##symbol##_begin[], web_##symbol##_end[];

#define NAME(symbol, path, file) {path, web_##symbol##_begin, web_##symbol##_end},

ASSETS(TAKE_IN)

static const struct web_asset assets[] = {ASSETS(NAME)};

const struct web_asset *web_assets(size_t *count)
{
    *count = sizeof assets / sizeof *assets;
    return assets;
}
