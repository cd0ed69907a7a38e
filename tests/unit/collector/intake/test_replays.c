/* Requests that were answered: known again for as long as they might come, and in no more memory than was given. */
#include "base/mem.h"
#include "collector/intake/replays.h"
#include <criterion/criterion.h>
#include <stdio.h>

Test(replays, knows_a_request_again_until_its_time_is_over)
{
    struct replays *replays = replays_new(4, 4, 600);
    cr_assert_eq(replays_note(replays, 1, "one", 1000), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "one", 1000), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, 2, "one", 1000), REPLAY_NEW, "another member's");
    cr_assert_eq(replays_note(replays, 1, "two", 1300), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "one", 1599), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, 1, "one", 1600), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "two", 1600), REPLAY_SEEN);
    replays_free(replays);
}

Test(replays, says_when_it_can_remember_no_more_and_forgets_none_for_it)
{
    struct replays *replays = replays_new(3, 9, 600);
    char jti[16];
    for (int i = 0; i < 3; i++) {
        snprintf(jti, sizeof jti, "%d", i);
        cr_assert_eq(replays_note(replays, 1, jti, 1000 + i), REPLAY_NEW);
    }
    cr_assert_eq(replays_note(replays, 1, "9", 1002), REPLAY_FULL);
    cr_assert_eq(replays_note(replays, 1, "0", 1002), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, 1, "9", 1600), REPLAY_NEW, "the first has gone");
    cr_assert_eq(replays_note(replays, 1, "1", 1600), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, 1, "8", 1600), REPLAY_FULL);
    replays_free(replays);
}

Test(replays, let_no_member_fill_what_is_for_all)
{
    struct replays *replays = replays_new(4, 2, 600);
    cr_assert_eq(replays_note(replays, 1, "a", 1000), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "b", 1001), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "c", 1002), REPLAY_TOO_MANY);
    cr_assert_eq(replays_note(replays, 1, "b", 1002), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, 2, "c", 1002), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "c", 1600), REPLAY_NEW, "the first has gone");
    replays_free(replays);
}

Test(replays, let_in_again_what_was_taken_back_and_keep_no_room_for_it)
{
    struct replays *replays = replays_new(3, 2, 600);
    cr_assert_eq(replays_note(replays, 1, "a", 1000), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "b", 1001), REPLAY_NEW);
    replays_take_back(replays, 1, "a");
    replays_take_back(replays, 2, "b");
    cr_assert_eq(replays_note(replays, 1, "b", 1002), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, 1, "a", 1002), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 1, "a", 1003), REPLAY_SEEN);
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(replays_note(replays, 2, "c", 1004), REPLAY_NEW);
        replays_take_back(replays, 2, "c");
    }
    cr_assert_eq(replays_note(replays, 3, "d", 1005), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 3, "e", 1005), REPLAY_FULL);
    replays_free(replays);
}

/* A place in the middle is taken by a later request, behind which earlier ones are over. */
Test(replays, remember_nothing_longer_for_what_was_taken_back_before_it)
{
    struct replays *replays = replays_new(3, 2, 600);
    cr_assert_eq(replays_note(replays, 1, "a", 1000), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 2, "b", 1010), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, 2, "c", 1010), REPLAY_NEW);
    replays_take_back(replays, 1, "a");
    cr_assert_eq(replays_note(replays, 3, "d", 1500), REPLAY_NEW, "in the place of a");
    cr_assert_eq(replays_note(replays, 2, "e", 1609), REPLAY_TOO_MANY);
    cr_assert_eq(replays_note(replays, 2, "b", 1610), REPLAY_NEW, "b and c are over");
    cr_assert_eq(replays_note(replays, 4, "f", 1610), REPLAY_NEW, "and their places are free");
    cr_assert_eq(replays_note(replays, 4, "g", 1610), REPLAY_FULL);
    replays_free(replays);
}

Test(replays, fails_cleanly_without_memory)
{
    mem_fail_at(1);
    struct replays *replays = replays_new(3, 9, 600);
    mem_fail_at(0);
    cr_assert_null(replays);
    replays_free(replays);
}
