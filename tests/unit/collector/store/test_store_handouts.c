/* Many invitations at once: which of them are there, and when. */
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>

static struct store *store;

static void setup(void)
{
    kit_begin();
    store = kit_store_open(kit_dsn(NULL));
}

static void teardown(void)
{
    store_close(store);
    kit_end();
}

TestSuite(store_handouts, .init = setup, .fini = teardown);

static void assert_handed_out(const uint8_t *hash, enum invitation_state state, int64_t member)
{
    struct store_invitation found;
    cr_assert_eq(store_invitation_find(store, hash, &found), STORE_OK);
    cr_assert(found.state == state && found.member == member);
}

static int count_handout(void *context, int64_t last, int64_t since)
{
    cr_assert(last > 0 && since == 77);
    ++*(int64_t *)context;
    return 0;
}

static int count_invitation(void *context, int64_t number, const uint8_t hash[static SHA256_BYTES],
                            const struct store_invitation *invitation)
{
    (void)hash;
    cr_assert(number > 0 && invitation->member == 0);
    ++*(int64_t *)context;
    return 0;
}

static int64_t count_handouts(void)
{
    int64_t count = 0;
    cr_assert_eq(store_handout_each(store, count_handout, &count), STORE_OK);
    return count;
}

static enum store_result add_handed_out(int64_t last, uint8_t seed, size_t count)
{
    struct store_numbered list[4];
    for (size_t i = 0; i < count; i++) {
        list[i].number = last - (int64_t)i;
        crypto_sha256(&(uint8_t[]){seed, (uint8_t)i}, 2, list[i].hash);
    }
    cr_assert_eq(store_begin_invitations(store), STORE_OK);
    enum store_result result = store_handout_add(store, last, list, count);
    cr_assert_eq(store_commit(store), STORE_OK);
    return result;
}

static void begin_handout(int64_t last)
{
    cr_assert_eq(store_begin_invitations(store), STORE_OK);
    cr_assert_eq(store_handout_begin(store, last, 77), STORE_OK);
    cr_assert_eq(store_commit(store), STORE_OK);
}

/* Gives how many of its parts had something. */
static unsigned clear_handout(int64_t last)
{
    unsigned had = 0;
    for (unsigned part = 0; part < STORE_HANDOUT_PARTS; part++) {
        enum store_result result = store_handout_clear(store, last, part);
        cr_assert_neq(result, STORE_FAILED);
        had += result == STORE_OK;
    }
    return had;
}

static void assert_counted(int64_t unused, int64_t last)
{
    struct invitation_counts counts;
    int64_t walked = 0, highest = 0;
    cr_assert_eq(store_invitation_count(store, &counts), STORE_OK);
    cr_assert_eq(store_invitation_each(store, count_invitation, &walked), STORE_OK);
    cr_assert_eq(store_handout_last(store, &highest), STORE_OK);
    cr_assert(counts.unused == unused && walked == unused && highest == last, "%lld, %lld, %lld",
              (long long)counts.unused, (long long)walked, (long long)highest);
}

Test(store_handouts, has_all_of_a_handing_out_count_from_one_moment_on)
{
    uint8_t hash[SHA256_BYTES];
    struct store_invitation found;
    crypto_sha256(&(uint8_t[]){5, 0}, 2, hash);
    begin_handout(4);
    cr_assert_eq(add_handed_out(4, 5, 4), STORE_OK);
    begin_handout(300);
    cr_assert_eq(add_handed_out(300, 6, 3), STORE_OK);
    cr_assert_eq(store_invitation_find(store, hash, &found), STORE_NONE);
    assert_counted(0, 300);
    cr_assert_eq(count_handouts(), 2);
    cr_assert_eq(store_handout_open(store, 4), STORE_OK);
    assert_handed_out(hash, INVITATION_UNUSED, 0);
    assert_counted(4, 300);
    cr_assert_eq(count_handouts(), 1);
    cr_assert_eq(store_handout_open(store, 4), STORE_NONE, "once");
    cr_assert_eq(add_handed_out(4, 7, 1), STORE_NONE, "and nothing comes in later");
    cr_assert_eq(store_handout_close(store, 4), STORE_NONE);
    assert_counted(4, 300);
    cr_assert_eq(store_invitation_mark(store, hash, &(struct store_invitation){INVITATION_USED, 41}), STORE_OK);
    assert_handed_out(hash, INVITATION_USED, 41);
}

Test(store_handouts, takes_away_a_handing_out_that_is_given_up)
{
    begin_handout(4);
    cr_assert_eq(add_handed_out(4, 5, 4), STORE_OK);
    begin_handout(8);
    cr_assert_eq(add_handed_out(8, 6, 4), STORE_OK);
    cr_assert_eq(store_handout_close(store, 8), STORE_OK);
    cr_assert_eq(store_handout_open(store, 8), STORE_NONE);
    cr_assert_eq(add_handed_out(8, 7, 1), STORE_NONE);
    assert_counted(0, 8);
    cr_assert_eq(store_handout_close(store, 8), STORE_OK, "once more, as after a stop");
    cr_assert_gt(clear_handout(8), 0);
    cr_assert_eq(clear_handout(8), 0);
    cr_assert_eq(store_handout_end(store, 8), STORE_OK);
    cr_assert_eq(store_handout_close(store, 8), STORE_NONE, "it is not there");
    cr_assert_eq(store_handout_open(store, 4), STORE_OK);
    assert_counted(4, 4);
    begin_handout(8);
    cr_assert_eq(store_handout_open(store, 8), STORE_OK);
    assert_counted(4, 8);
}
