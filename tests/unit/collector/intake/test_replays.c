/* Requests that were answered: known again for as long as they might come, and in no more memory than was given. */
#include "base/mem.h"
#include "collector/intake/replays.h"
#include <criterion/criterion.h>
#include <stdio.h>

Test(replays, knows_a_request_again_until_its_time_is_over)
{
    struct replays *replays = replays_new(4, 600);
    cr_assert_eq(replays_note(replays, "kid", "one", 1000), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, "kid", "one", 1000), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, "other", "one", 1000), REPLAY_NEW, "another member's");
    cr_assert_eq(replays_note(replays, "kid", "two", 1300), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, "kid", "one", 1599), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, "kid", "one", 1600), REPLAY_NEW);
    cr_assert_eq(replays_note(replays, "kid", "two", 1600), REPLAY_SEEN);
    replays_free(replays);
}

Test(replays, says_when_it_can_remember_no_more_and_forgets_none_for_it)
{
    struct replays *replays = replays_new(3, 600);
    char jti[16];
    for (int i = 0; i < 3; i++) {
        snprintf(jti, sizeof jti, "%d", i);
        cr_assert_eq(replays_note(replays, "kid", jti, 1000 + i), REPLAY_NEW);
    }
    cr_assert_eq(replays_note(replays, "kid", "9", 1002), REPLAY_FULL);
    cr_assert_eq(replays_note(replays, "kid", "0", 1002), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, "kid", "9", 1600), REPLAY_NEW, "the first has gone");
    cr_assert_eq(replays_note(replays, "kid", "1", 1600), REPLAY_SEEN);
    cr_assert_eq(replays_note(replays, "kid", "8", 1600), REPLAY_FULL);
    replays_free(replays);
}

Test(replays, fails_cleanly_without_memory)
{
    mem_fail_at(1);
    struct replays *replays = replays_new(3, 600);
    mem_fail_at(0);
    cr_assert_null(replays);
    replays_free(replays);
}
