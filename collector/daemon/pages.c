/* Settings in, pages out; and an act, as a request would bring it. */
#include "collector/daemon/pages.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "collector/acts/page.h"
#include <errno.h>
#include <semaphore.h>

int pages_make(const struct config *config, struct web **out, struct error *error)
{
    const struct page_owner owner = {.organisation = config->values[CONFIG_WEB_ORGANISATION],
                                     .phone = config->values[CONFIG_WEB_PHONE],
                                     .mail = config->values[CONFIG_WEB_MAIL],
                                     .privacy_url = config->values[CONFIG_WEB_PRIVACY_URL],
                                     .accessibility_url = config->values[CONFIG_WEB_ACCESSIBILITY_URL]};
    struct web *web =
        config_is_on(config, CONFIG_WEB) ? web_new(&owner, config->values[CONFIG_WEB_THEME], error) : NULL;
    if (!web && config_is_on(config, CONFIG_WEB))
        return -1;
    *out = web;
    return 0;
}

/* 1: the log names these pages; 0: it does not; -1: *error. */
static int log_names(struct service *service, const struct page_manifest *manifest, struct error *error)
{
    uint8_t hash[SHA256_BYTES];
    struct store *store = reader_take(service->reader);
    if (!store)
        return error_set(error, ERROR_IO, "%s", T("the log can't be read", "het logboek kan niet gelezen worden"));
    crypto_sha256(buf_text(&manifest->text), manifest->text.len, hash);
    int result = act_page_is_newest(store, hash, error);
    reader_give_back(service->reader);
    return result;
}

static void end_waiting(struct commit_job *job)
{
    sem_post(job->context);
}

/* 0: it is in the log. -1: *error. */
static int commit_act(struct service *service, struct submission *act, struct error *error)
{
    sem_t done;
    struct commit_job job = {.list = &act, .count = 1, .done = end_waiting, .context = &done};
    if (sem_init(&done, 0, 0) != 0)
        return error_no_memory(error);
    commit_announce(service->queue);
    int pushed = commit_push(service->queue, &job);
    while (pushed == 0 && sem_wait(&done) != 0 && errno == EINTR)
        ;
    sem_destroy(&done);
    if (pushed == 0 && act->verdict == VERDICT_ACCEPTED)
        return 0;
    return error_set(error, ERROR_IO, "%s",
                     pushed == 0 && act->verdict == VERDICT_REFUSED
                         ? act->detail
                         : T("the store takes no commits", "de opslag neemt niets aan"));
}

/* The index of the event that names them. -1: *error says why not. */
static int64_t name_in_log(struct service *service, const struct page_manifest *manifest, struct error *error)
{
    struct act_wish wish;
    struct submission *act = act_prepare_page(&wish, &manifest->text) == 0 ? submit_act(&wish, clock_now()) : NULL;
    if (!act)
        return error_no_memory(error);
    int64_t index = commit_act(service, act, error) < 0 ? -1 : act->index;
    submission_free(act);
    return index;
}

void pages_name(struct service *service, const struct web *web)
{
    const struct page_manifest *manifest = web_manifest(web);
    struct error error;
    int named = log_names(service, manifest, &error);
    if (named > 0)
        return;
    int64_t index = named == 0 ? name_in_log(service, manifest, &error) : -1;
    if (index >= 0)
        log_info("pages: release %s, entry %lld", manifest->release, (long long)index);
    else
        log_warning("pages: release %s is served but not named in the log: %s", manifest->release, error.text);
}
