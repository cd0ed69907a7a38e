/* What is known of a log before it is read: which entries are events, and of some of them more. And the small lists
 * that a replay keeps: letters, and entries without a text. */
#include "base/mem.h"
#include "collector/audit/holes.h"
#include "collector/audit/letters.h"
#include "collector/audit/listing.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <string.h>

#define HASH "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define START "{\"aud\":\"wau\",\"iat\":7,\"event\":"
#define KEY "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"ExenfVLHRXRDuuZpKMdpjJqdqnNqCwsJRRz9sAbr3Gc\"}"

TestSuite(listing, .init = kit_begin, .fini = kit_end, .timeout = 60);
TestSuite(letters, .init = kit_begin, .fini = kit_end, .timeout = 60);

static void list_payload(struct listing *listing, int64_t index, const char *typ, const char *payload)
{
    struct kit_member someone;
    kit_member_init(&someone, 7);
    struct buf jws = kit_sign(&someone, typ, payload);
    struct merkle_hash leaf;
    merkle_leaf(buf_text(&jws), jws.len, &leaf);
    cr_assert_eq(listing_add(listing, index, buf_text(&jws), jws.len), 0);
    const struct listed *listed = &listing->list[listing->count - 1];
    cr_assert(listed->has_leaf && memcmp(&listed->leaf, &leaf, sizeof leaf) == 0);
    buf_free(&jws);
    kit_member_wipe(&someone);
}

Test(listing, knows_what_an_older_log_was_and_on_what_releases_rest)
{
    struct listing listing = {.list = NULL};
    list_payload(&listing, 9, EVENT_TYP,
                 START "\"log-upgraded\",\"protocol\":2,\"origin\":\"o\",\"operator\":" KEY
                       ",\"size\":9,\"panel\":\"" HASH "\",\"actions\":\"" HASH
                       "\",\"invitations\":{\"unused\":1,\"used\":2,\"withdrawn\":3,"
                       "\"codes\":\"" HASH "\"},\"revoked\":[]}");
    list_payload(&listing, 12, EVENT_TYP,
                 START "\"release-created\",\"round\":\"r\",\"number\":1,\"final\":false,\"size\":11,\"root\":\"" HASH
                       "\",\"rule\":2,\"minRespondents\":10,\"roundTo\":5,\"minChanged\":10,\"files\":[]}");
    cr_assert_eq(listing_add_kind(&listing, 13, "round-closed"), 0);
    cr_assert_eq(listing.count, 3);
    cr_assert(listing.is_upgraded && listing.panel[0] == 0xe3 && listing.actions[0] == 0xe3);
    cr_assert(listing.list[2].kind == EVENT_ROUND_CLOSED && !listing.list[2].has_leaf);
    cr_assert_eq(listing.release_count, 1);
    cr_assert(listing.releases[0].index == 12 && listing.releases[0].head.size == 11);
    cr_assert_eq(listing.releases[0].head.root.bytes[0], 0xe3);
    cr_assert_str_eq(listing.releases[0].round, "r");
    listing_wipe(&listing);
}

Test(listing, lists_what_is_no_event_as_none_that_is_known)
{
    struct listing listing = {.list = NULL};
    list_payload(&listing, 1, EVENT_TYP, START "\"log-closed\"}");
    list_payload(&listing, 2, RESPONSE_TYP, "{}");
    cr_assert_eq(listing_add(&listing, 3, "", 0), 0);
    cr_assert_eq(listing_add_kind(&listing, 4, "log-closed"), 0);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(listing.list[i].kind, EVENT_KINDS);
    cr_assert_not(listing.is_upgraded);
    listing_wipe(&listing);
}

Test(listing, needs_the_text_of_the_first_and_of_releases)
{
    struct listing listing = {.list = NULL};
    cr_assert(listing_needs_text(&listing, "log-opened") && listing_needs_text(&listing, "anything"));
    cr_assert_eq(listing_add_kind(&listing, 0, "log-opened"), 0);
    cr_assert(listing_needs_text(&listing, "release-created") && !listing_needs_text(&listing, "round-closed"));
    listing_wipe(&listing);
}

/* Letters. */

static struct scratch scratch = {.folder = "/var/tmp"};

Test(letters, are_found_by_their_codes_and_counted_by_what_became_of_them)
{
    enum { MANY = 3000 };
    uint8_t(*codes)[SHA256_BYTES] = mem_calloc(MANY, sizeof *codes);
    struct letters *letters = letters_new(&scratch, 0);
    cr_assert(codes && letters);
    for (size_t i = 0; i < MANY; i++) {
        codes[i][0] = (uint8_t)(i >> 8);
        codes[i][1] = (uint8_t)i;
    }
    cr_assert_eq(letters_add(letters, codes[0], MANY / 2), LETTERS_OK);
    cr_assert_eq(letters_add(letters, codes[MANY / 2], MANY / 2), LETTERS_OK);
    cr_assert_eq(letters_total(letters), MANY);
    for (size_t i = 0; i < MANY; i++) {
        uint32_t number = letters_find(letters, codes[i]);
        const struct letter *letter = letters_at(letters, number);
        cr_assert(number == i + 1 && letter && letter->state == LETTER_UNUSED && !letter->is_seen);
        letters_set(letters, number,
                    i % 3 == 0   ? LETTER_USED
                    : i % 3 == 1 ? LETTER_WITHDRAWN
                                 : LETTER_UNUSED,
                    i % 3 == 0 ? (int64_t)i : 0);
        letters_see(letters, number);
        letter = letters_at(letters, number);
        cr_assert(letter && letter->is_seen && letter->member == (i % 3 == 0 ? i : 0));
    }
    for (int state = LETTER_UNUSED; state <= LETTER_WITHDRAWN; state++)
        cr_assert_eq(letters_count(letters, (enum letter_state)state), MANY / 3);
    codes[0][2] = 1;
    cr_assert_eq(letters_find(letters, codes[0]), 0);
    letters_free(letters);
    mem_free(codes);
}

Test(letters, are_not_made_twice_nor_out_of_order)
{
    static const uint8_t codes[4][SHA256_BYTES] = {{1}, {2}, {2}, {1}};
    struct letters *letters = letters_new(&scratch, 0);
    cr_assert_not_null(letters);
    cr_assert_eq(letters_add(letters, codes[0], 3), LETTERS_NOT_ASCENDING);
    cr_assert_eq(letters_add(letters, codes[2], 2), LETTERS_NOT_ASCENDING);
    cr_assert_eq(letters_total(letters), 0);
    cr_assert_eq(letters_add(letters, codes[0], 2), LETTERS_OK);
    cr_assert_eq(letters_add(letters, codes[3], 1), LETTERS_KNOWN);
    cr_assert_eq(letters_total(letters), 2);
    letters_free(letters);
    letters_free(NULL);
}

Test(letters, whose_enrolment_is_gone_leave_a_hole_that_an_event_covers)
{
    struct holes *holes = holes_new(&scratch, 0);
    cr_assert_not_null(holes);
    for (int64_t i = 0; i < 1000; i++)
        cr_assert_eq(holes_add(holes, 3 * i, HOLE_NOT_ASKED), 0);
    for (int64_t i = 0; i < 3000; i++) {
        const struct hole *hole = holes_find(holes, i);
        cr_assert_eq(hole != NULL, i % 3 == 0);
        cr_assert(!hole || (hole->index == i && hole->erased_by == -1));
    }
    cr_assert(!holes_find(holes, -1) && !holes_find(holes, 3000));
    holes_cover(holes, 9, 5000, true);
    holes_cover(holes, 12, 5000, false);
    holes_cover(holes, 13, 5000, true); /* there is none */
    cr_assert(holes_enrolments(holes) == 1 && holes_find(holes, 9)->erased_by == 5000 && holes_count(holes) == 1000);
    cr_assert(holes_at(holes, 3)->is_enrolment && !holes_at(holes, 4)->is_enrolment);
    holes_free(holes);
    holes_free(NULL);
}
