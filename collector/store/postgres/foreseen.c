/* Sorted lists, searched by halves. */
#include "collector/store/postgres/foreseen.h"
#include "base/mem.h"
#include "collector/store/keys.h"
#include <stdlib.h>
#include <string.h>

void foreseen_forget(struct foreseen *foreseen)
{
    PQclear(foreseen->current_rows);
    PQclear(foreseen->invitation_rows);
    PQclear(foreseen->counts_rows);
    mem_free(foreseen->currents);
    mem_free(foreseen->invitations);
    *foreseen = (struct foreseen){.last_row = -1};
}

static int pg_compare_places(const void *a, const void *b)
{
    const struct seen_current *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static int pg_compare_hashes(const void *a, const void *b)
{
    return memcmp(((const struct seen_invitation *)a)->hash, ((const struct seen_invitation *)b)->hash, SHA256_BYTES);
}

struct seen_current *foreseen_current(const struct foreseen *foreseen, int64_t place)
{
    struct seen_current key = {.place = place};
    if (foreseen->current_count == 0)
        return NULL;
    return bsearch(&key, foreseen->currents, foreseen->current_count, sizeof key, pg_compare_places);
}

struct seen_invitation *foreseen_invitation(const struct foreseen *foreseen, const uint8_t hash[static SHA256_BYTES])
{
    struct seen_invitation key;
    if (foreseen->invitation_count == 0)
        return NULL;
    memcpy(key.hash, hash, SHA256_BYTES);
    return bsearch(&key, foreseen->invitations, foreseen->invitation_count, sizeof key, pg_compare_hashes);
}

/* Sorts, and leaves one of each. Returns how many there are then. */
static size_t pg_leave_one_of_each(void *list, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    char *items = list;
    size_t kept = 0;
    if (count > 0)
        qsort(list, count, size, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare(items + (kept - 1) * size, items + i * size) != 0)
            memmove(items + kept++ * size, items + i * size, size);
    return kept;
}

/* What has no place is left to the verb that is asked for it. */
static void want_currents(struct foreseen *foreseen, const struct store_wanted *wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < wanted->current_count; i++) {
        const struct store_key *key = &wanted->currents[i];
        struct seen_current *seen = &foreseen->currents[count];
        *seen = (struct seen_current){.sight = SIGHT_NONE};
        if (key_pack(key->round, key->member, key->action, &seen->place) == 0)
            count++;
    }
    foreseen->current_count =
        pg_leave_one_of_each(foreseen->currents, count, sizeof *foreseen->currents, pg_compare_places);
}

static void want_invitations(struct foreseen *foreseen, const struct store_wanted *wanted)
{
    for (size_t i = 0; i < wanted->invitation_count; i++) {
        foreseen->invitations[i] = (struct seen_invitation){.sight = SIGHT_NONE};
        memcpy(foreseen->invitations[i].hash, wanted->invitations[i], SHA256_BYTES);
    }
    foreseen->invitation_count = pg_leave_one_of_each(foreseen->invitations, wanted->invitation_count,
                                                      sizeof *foreseen->invitations, pg_compare_hashes);
}

int foreseen_want(struct foreseen *foreseen, const struct store_wanted *wanted)
{
    foreseen_forget(foreseen);
    foreseen->currents = mem_calloc(wanted->current_count + 1, sizeof *foreseen->currents);
    foreseen->invitations = mem_calloc(wanted->invitation_count + 1, sizeof *foreseen->invitations);
    if (!foreseen->currents || !foreseen->invitations) {
        foreseen_forget(foreseen);
        return -1;
    }
    want_currents(foreseen, wanted);
    want_invitations(foreseen, wanted);
    return 0;
}
