/* What each kind of event does where it stands. An event that is wrong in anything does nothing. Imports, erasures and
 * releases have files of their own. */
#include "base/lang.h"
#include "base/list.h"
#include "base/mem.h"
#include "collector/audit/replay_state.h"
#include <stdio.h>
#include <string.h>

/* The frame: who signed, for whom, when. */

/* The key by which it must be signed; NULL: nobody knows it. */
static const uint8_t *operator_of(const struct replay *replay, const struct event *event)
{
    if (event->kind == EVENT_LOG_OPENED || event->kind == EVENT_LOG_UPGRADED)
        return event->operator_key;
    return replay->totals.has_operator ? replay->totals.operator_key : NULL;
}

static const char *check_frame(const struct replay *replay, struct entry *entry)
{
    char kid[KID_SIZE];
    const uint8_t *key = operator_of(replay, entry->event);
    if (!key)
        return T("no event before it names the operator's key",
                 "geen gebeurtenis ervoor noemt de sleutel van de beheerder");
    key_thumbprint(key, kid);
    if (!key_is_acceptable(key) || strcmp(kid, entry->jws.kid) != 0 || !jws_verify(&entry->jws, key))
        return T("it is not signed by the operator's key", "ze is niet getekend door de sleutel van de beheerder");
    memcpy(entry->key, key, KEY_BYTES);
    entry->has_key = true;
    entry->signature_counts = true;
    if (replay->aud[0] != '\0' && strcmp(replay->aud, entry->aud) != 0)
        return T("it is for another panel", "ze is voor een ander panel");
    return entry->event->iat < replay->last_iat ? T("its time lies before that of the event before it",
                                                    "haar tijd ligt voor die van de gebeurtenis ervoor")
                                                : NULL;
}

/* The log and its operator. */

static void know_operator(struct replay *replay, const struct event *event)
{
    replay->totals.has_operator = true;
    memcpy(replay->totals.operator_key, event->operator_key, KEY_BYTES);
}

static const char *begin_protocol_2(struct replay *replay, struct entry *entry, int64_t place)
{
    const struct event *event = entry->event;
    if (entry->index != place || replay->is_upgraded)
        return T("it can't stand here", "ze kan hier niet staan");
    if (event->protocol != EVENT_PROTOCOL)
        return T("it names another protocol", "ze noemt een ander protocol");
    if (replay->setup.origin && strcmp(event->origin, replay->setup.origin) != 0)
        return T("it names another log", "ze noemt een ander logboek");
    replay->is_upgraded = true;
    know_operator(replay, event);
    snprintf(replay->aud, sizeof replay->aud, "%s", entry->aud);
    return NULL;
}

static const char *open_log(struct replay *replay, struct entry *entry)
{
    return begin_protocol_2(replay, entry, 0);
}

static const char *change_operator(struct replay *replay, struct entry *entry)
{
    if (!key_is_acceptable(entry->event->operator_key))
        return T("the key that it names is none", "de sleutel die ze noemt is er geen");
    know_operator(replay, entry->event);
    return NULL;
}

/* Letters. */

static const char *add_letters(struct replay *replay, struct entry *entry, const struct buf *codes, int64_t count)
{
    if (codes->len % SHA256_BYTES != 0 || codes->len / SHA256_BYTES != (uint64_t)count)
        return replay_fault(entry, T("its document holds %zu codes", "haar document bevat %zu codes"),
                            codes->len / SHA256_BYTES);
    switch (letters_add(replay->letters, (const uint8_t *)buf_text(codes), (size_t)count)) {
    case LETTERS_NOT_ASCENDING:
        return T("its codes are not in order", "de codes staan niet op volgorde");
    case LETTERS_KNOWN:
        return T("one of its codes was made before", "een van de codes was al gemaakt");
    case LETTERS_FAILED: /* stops the replay */
    case LETTERS_OK:
        break;
    }
    return NULL;
}

static const char *make_letters(struct replay *replay, struct entry *entry, int64_t count)
{
    struct buf codes;
    buf_init(&codes, REPLAY_DOCUMENT_MAX);
    const char *fault = replay_fetch(replay, entry, entry->event->codes, -1, &codes);
    if (!fault)
        fault = add_letters(replay, entry, &codes, count);
    buf_free(&codes);
    return fault;
}

static const char *create_invitations(struct replay *replay, struct entry *entry)
{
    const char *fault = make_letters(replay, entry, entry->event->count);
    if (fault)
        return fault;
    replay->totals.letters += entry->event->count;
    replay->totals.invited += entry->event->count;
    return NULL;
}

static const char *withdraw_invitation(struct replay *replay, struct entry *entry)
{
    uint32_t number = letters_find(replay->letters, entry->event->code);
    const struct letter *letter = number != 0 ? letters_at(replay->letters, number) : NULL;
    if (!letter)
        return T("its invitation was never created", "de uitnodiging is nooit gemaakt");
    if (letter->state != LETTER_UNUSED)
        return T("its invitation was used or withdrawn before", "de uitnodiging was al gebruikt of ingetrokken");
    letters_set(replay->letters, number, LETTER_WITHDRAWN, 0);
    replay->totals.invited--;
    return NULL;
}

/* An older log. */

static const char *revoke_older(struct replay *replay, struct entry *entry)
{
    const struct event_indexes *revoked = &entry->event->revoked;
    for (size_t i = 0; i < revoked->count; i++) {
        int64_t member = fold_find_enrolment(replay->fold, revoked->list[i]);
        if (member != 0)
            fold_revoke(replay->fold, member, true);
        else if (!holes_find(replay->holes, revoked->list[i]))
            return replay_fault(entry,
                                T("entry %lld, which it says is revoked, is no enrolment",
                                  "regel %lld, die volgens haar geweerd is, is geen inschrijving"),
                                (long long)revoked->list[i]);
    }
    return NULL;
}

/* Who enrolled before it has used a letter each, but for those whose enrolment has been erased since. */
static bool is_right_of_letters(const struct replay *replay, const struct event *event)
{
    int64_t used = (int64_t)letters_count(replay->letters, LETTER_USED);
    return event->used >= used && event->used <= used + (int64_t)holes_count(replay->holes);
}

static const char *upgrade_log(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    const char *fault = event->size == entry->index ? begin_protocol_2(replay, entry, replay->totals.older)
                                                    : T("it can't stand here", "ze kan hier niet staan");
    if (!fault && !is_right_of_letters(replay, event))
        fault = T("the log tells of another number of used invitations",
                  "het logboek vertelt van een ander aantal gebruikte uitnodigingen");
    if (!fault)
        fault = replay_enact(replay, entry, event->panel, event->actions, event->iat);
    if (!fault)
        fault = make_letters(replay, entry, event->unused);
    if (!fault)
        fault = revoke_older(replay, entry);
    if (fault)
        return fault;
    replay->totals.older_withdrawn = event->withdrawn;
    replay->totals.letters += event->unused + event->used + event->withdrawn;
    replay->totals.invited += event->unused + event->used;
    return NULL;
}

/* Members. */

static const char *set_revoked(struct replay *replay, struct entry *entry, bool is_revoked)
{
    int64_t member = fold_find_enrolment(replay->fold, entry->event->enrolment);
    if (member == 0 && holes_find(replay->holes, entry->event->enrolment))
        return NULL; /* of whoever it was nothing is left to judge */
    if (member == 0)
        return T("the entry that it names is no enrolment", "de regel die ze noemt is geen inschrijving");
    const struct fold_member *found = fold_member(replay->fold, member);
    if (found && found->is_revoked == is_revoked)
        return is_revoked ? T("its member had been revoked", "het panellid was geweerd")
                          : T("its member had not been revoked", "het panellid was niet geweerd");
    fold_revoke(replay->fold, member, is_revoked);
    return NULL;
}

static const char *revoke_member(struct replay *replay, struct entry *entry)
{
    return set_revoked(replay, entry, true);
}

static const char *restore_member(struct replay *replay, struct entry *entry)
{
    return set_revoked(replay, entry, false);
}

/* Rounds. */

static const char *close_round(struct replay *replay, struct entry *entry)
{
    const char *id = entry->event->round;
    int place = entry->law ? panel_find_round(entry->law->catalogue->panel, id) : -1;
    if (place < 0)
        return T("the panel has no such round", "het panel heeft geen zulke ronde");
    uint32_t round = entry->law->rounds[place];
    if (history_closed_by(replay->history, round) >= 0)
        return T("its round had been closed", "de ronde was al gesloten");
    history_close(replay->history, round, entry->index, entry->event->iat);
    if (entry->event->iat < entry->law->catalogue->panel->rounds[place].closes_at)
        findings_note(
            replay->setup.findings,
            T("entry %lld closed round %s before its closesAt", "regel %lld sloot ronde %s voor haar closesAt"),
            (long long)entry->index, id);
    return NULL;
}

/* What was done with the answers. */

static struct followed *find_followed(const struct replay *replay, int64_t index)
{
    for (size_t i = replay->followed_count; i-- > 0;)
        if (replay->followed[i].index == index)
            return &replay->followed[i];
    return NULL;
}

/* Whether the document says of itself what the event says of it. */
static bool follow_up_fits(const struct json *document, const struct event *event)
{
    const char *action = json_text(json_member(document, "action"));
    const struct json *round = json_member(document, "round");
    const char *round_id = json_text(round);
    bool fits = action && strcmp(action, event->action) == 0 && json_member(document, "status") &&
                json_member(json_member(document, "text"), "nl");
    if (event->round)
        fits = fits && round_id && strcmp(round_id, event->round) == 0;
    else
        fits = fits && round && json_type(round) == JSON_NULL;
    return fits;
}

static const char *check_follow_up(struct replay *replay, const struct buf *text, const struct event *event)
{
    struct json_fault fault;
    struct json *document = json_parse(buf_text(text), text->len, &fault);
    if (!document && fault.no_memory)
        return replay_out_of_memory(replay);
    bool fits = follow_up_fits(document, event);
    json_free(document);
    return fits ? NULL : T("its document says something else", "haar document zegt iets anders");
}

static const char *keep_followed(struct replay *replay, const struct entry *entry, uint32_t action)
{
    int64_t replaces = entry->event->replaces;
    struct followed *list =
        list_grow(replay->followed, replay->followed_count, &replay->followed_capacity, sizeof *list);
    if (!list)
        return replay_out_of_memory(replay);
    replay->followed = list;
    struct followed *before = replaces >= 0 ? find_followed(replay, replaces) : NULL;
    if (replaces >= 0 && (!before || before->action != action || before->is_replaced))
        return T("it replaces what is no follow-up of its action that counts",
                 "ze vervangt wat geen geldende terugkoppeling van haar actie is");
    if (before)
        before->is_replaced = true;
    struct followed *next = &list[replay->followed_count++];
    *next = (struct followed){.index = entry->index, .replaces = replaces, .action = action};
    memcpy(next->document, entry->event->document, sizeof next->document);
    return NULL;
}

static const char *publish_follow_up(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    uint32_t action = history_find_action(replay->history, event->action);
    struct buf text;
    if (action == 0 || (event->round && history_find_round(replay->history, event->round) == 0))
        return T("it is about an action or a round that there never was",
                 "ze gaat over een actie of ronde die er nooit was");
    buf_init(&text, REPLAY_DOCUMENT_MAX);
    const char *fault = replay_fetch(replay, entry, event->document, event->bytes, &text);
    if (!fault)
        fault = check_follow_up(replay, &text, event);
    buf_free(&text);
    return fault ? fault : keep_followed(replay, entry, action);
}

/* The web pages. */

static const char *release_page(struct replay *replay, struct entry *entry)
{
    struct buf manifest;
    buf_init(&manifest, REPLAY_DOCUMENT_MAX);
    const char *fault = replay_fetch(replay, entry, entry->event->manifest, entry->event->bytes, &manifest);
    buf_free(&manifest);
    replay->totals.has_page = true;
    memcpy(replay->totals.page, entry->event->manifest, SHA256_BYTES);
    return fault;
}

/* All of them. */

const char *replay_apply_event(struct replay *replay, struct entry *entry)
{
    static const char *(*const effects[EVENT_KINDS])(struct replay *, struct entry *) = {
        [EVENT_LOG_OPENED] = open_log,
        [EVENT_LOG_UPGRADED] = upgrade_log,
        [EVENT_OPERATOR_CHANGED] = change_operator,
        [EVENT_PANEL_IMPORTED] = replay_import_panel,
        [EVENT_ACTIONS_IMPORTED] = replay_import_actions,
        [EVENT_INVITATIONS_CREATED] = create_invitations,
        [EVENT_INVITATION_WITHDRAWN] = withdraw_invitation,
        [EVENT_MEMBER_REVOKED] = revoke_member,
        [EVENT_MEMBER_RESTORED] = restore_member,
        [EVENT_ROUND_CLOSED] = close_round,
        [EVENT_RELEASE_CREATED] = replay_release,
        [EVENT_ENTRIES_ERASED] = replay_erase,
        [EVENT_FOLLOW_UP_PUBLISHED] = publish_follow_up,
        [EVENT_PAGE_RELEASED] = release_page,
    };
    const char *fault = check_frame(replay, entry);
    if (fault)
        return fault;
    replay->last_iat = entry->event->iat;
    return effects[entry->event->kind](replay, entry);
}

void replay_tell_event(struct replay *replay, struct entry *entry)
{
    const struct event *event = entry->event;
    switch (event->kind) {
    case EVENT_PANEL_IMPORTED:
    case EVENT_ACTIONS_IMPORTED:
        replay_tell_import(replay, entry);
        break;
    case EVENT_ENTRIES_ERASED:
        replay_tell_erasure(replay, entry);
        break;
    case EVENT_INVITATIONS_CREATED:
        if (event->replaces > 0)
            findings_note(replay->setup.findings,
                          T("entry %lld made %lld invitations, %lld of them in place of others",
                            "regel %lld maakte %lld uitnodigingen, waarvan %lld in plaats van andere"),
                          (long long)entry->index, (long long)event->count, (long long)event->replaces);
        break;
    case EVENT_OPERATOR_CHANGED:
        findings_note(replay->setup.findings,
                      T("entry %lld changed the operator's key", "regel %lld wisselde de sleutel van de beheerder"),
                      (long long)entry->index);
        break;
    case EVENT_LOG_OPENED:
    case EVENT_LOG_UPGRADED:
    case EVENT_INVITATION_WITHDRAWN:
    case EVENT_MEMBER_REVOKED:
    case EVENT_MEMBER_RESTORED:
    case EVENT_ROUND_CLOSED:
    case EVENT_RELEASE_CREATED:
    case EVENT_FOLLOW_UP_PUBLISHED:
    case EVENT_PAGE_RELEASED:
    case EVENT_KINDS:
        break;
    }
}
