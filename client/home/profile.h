/* The folder of one member: the key, and with whom it was enrolled. Knows no network. One thread, and by its lock one
 * process.
 *
 *     lock           taken while a program works in the folder
 *     key            the seed as base64url and a newline; mode 0600
 *     recovery       the kid of a key that a recovery code brings back; the code is not kept
 *     member.json    {"url":…,"panel":…,"kid":…,"jws":…,"answer":…}: written when the enrolment was accepted; with
 *                    "erased":true the JWS and answer are those of the request by which everything was erased
 *     enrolment.jws  see pending.h
 *     log.json       the collector's log, see pin.h
 *     spool/ sent/ refused/ erased/    see spool.h
 *     erasing.jws    see erasing.h
 *     evidence/      see evidence.h
 *     panel.json actions.json  see catalogue.h
 *     follow-ups.json          see read_news.h
 *
 * The room: all that a member has lies in one folder of small files, which a person can look at and copy. profile.h
 * opens and locks it; path.h names what is in it. Before anything is sent it is here: pending.h keeps enrolments and
 * spool.h responses, each under the name that response_id.h gives it. By the collector's answer a response goes to
 * sent/ or refused/, or goes on waiting with the reason (held.h); spool_bulk.h does the same for thousands. What the
 * log signed is kept: receipts.h checks it, pin.h remembers key and newest checkpoint, evidence.h keeps what does not
 * hold. history.h gathers what was answered. Each file is written whole or not at all, so a power cut at any moment
 * costs nothing. */
#ifndef CLIENT_HOME_PROFILE_H
#define CLIENT_HOME_PROFILE_H

#include "base/buf.h"
#include "client/home/pin.h"
#include "crypto/key.h"
#include <stdbool.h>
#include <stdint.h>

struct profile {
    char *home;
    char *url, *panel; /* NULL while not enrolled */
    int64_t index; /* of the enrolment in the log; once everything is erased, of the request for that */
    bool erased; /* enrolled once, and everything erased since */
    char kid[KID_SIZE]; /* "" while there is no key */
    struct secret_key *key; /* NULL while there is none */
    bool is_recoverable; /* a code was shown that brings the key back */
    struct pin *pin; /* the log as known here; NULL while it is not */
    int lock;
};

/* Appends the folder that holds when none is named: $XDG_DATA_HOME/burgerpanel, else $HOME/.local/share/burgerpanel. -1
 * when neither is set to an absolute path, or there is no memory. */
MUST_CHECK int profile_default_home(struct buf *out);

enum profile_result {
    PROFILE_OPEN,
    PROFILE_MISSING, /* no such folder, and it was not to be made */
    PROFILE_BUSY, /* another process has it */
    PROFILE_DAMAGED, /* key, member.json or log.json is not as written here */
    PROFILE_FAILED, /* errno says why */
};

/* Opens and locks the folder; with `make`, makes it (0700) when it is missing. *out is filled on PROFILE_OPEN alone;
 * close with profile_close. */
MUST_CHECK enum profile_result profile_open(struct profile *out, const char *home, bool make);
void profile_close(struct profile *profile);

bool profile_is_enrolled(const struct profile *profile);

/* Notes that everything was erased by this request, synced: the enrolment goes, and the key with it, which no collector
 * of this panel takes any more. What is kept of the enrolment is where it was and the request. -1: errno. */
MUST_CHECK int profile_set_erased(struct profile *profile, const char *jws, const struct buf *answer);

/* Makes a key and writes it, synced, where there is none yet. -1: errno. */
MUST_CHECK int profile_make_key(struct profile *profile);

/* Writes a key that a recovery code brings back, synced, and notes that it does; there must be none yet. Takes the key
 * over on success. -1: errno. */
MUST_CHECK int profile_set_recoverable_key(struct profile *profile, struct secret_key *key);

/* Pins the log as it is now known, synced; takes the pin over on success. -1: errno. */
MUST_CHECK int profile_set_pin(struct profile *profile, struct pin *pin);

/* Notes the accepted enrolment, synced: `answer` is the collector's, a JSON object with "index". -1: errno, EILSEQ when
 * the answer is no such thing. */
MUST_CHECK int profile_set_enrolled(struct profile *profile, const char *url, const char *panel, const char *jws,
                                    const struct buf *answer);

/* Notes that the collector of this enrolment is at another URL now, synced. -1: errno, with the old one kept. */
MUST_CHECK int profile_set_url(struct profile *profile, const char *url);

/* Appends the compact JWS of the enrolment, or of the request by which it was erased, and the collector's answer to
 * it, a JSON text. -1: errno, ENOENT while not enrolled, EILSEQ when the file is damaged. */
MUST_CHECK int profile_read_enrolment(const struct profile *profile, struct buf *jws, struct buf *answer);

#endif
