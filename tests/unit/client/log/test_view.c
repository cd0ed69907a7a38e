/* The log as a collector shows it: told from whatever else may answer under its URL. */
#include "client/log/view.h"
#include "tests/unit/client/fake_log.h"
#include "tests/unit/fake.h"
#include <criterion/criterion.h>
#include <string.h>

static struct fake_log ours, theirs;
static struct http_answer answer;

static void prepare(void)
{
    http_answer_init(&answer);
    fake_log_init(&ours, "burgerpanel/wau");
    fake_log_init(&theirs, "burgerpanel/wau");
    fake_log_fill(&ours, "entry", 9);
    fake_log_fill(&theirs, "entry", 9);
}

static void finish(void)
{
    fake_stop();
    http_answer_free(&answer);
    fake_log_wipe(&ours);
    fake_log_wipe(&theirs);
}

TestSuite(view, .init = prepare, .fini = finish);

static enum view_result pin_as_served(struct pin **out)
{
    fake_log_serve(&ours);
    struct http *http = http_open(fake_url(), &retry_never);
    cr_assert_not_null(http);
    enum view_result result = view_pin(out, http, &answer);
    http_close(http);
    return result;
}

Test(view, is_the_key_and_the_checkpoint_as_served)
{
    struct view view;
    fake_log_serve(&ours);
    struct http *http = http_open(fake_url(), &retry_never);
    cr_assert_eq(view_get(&view, http, &answer), VIEW_HAD);
    cr_expect_eq(strncmp(buf_text(&view.key), "burgerpanel/wau+", 16), 0);
    cr_expect_eq(strncmp(buf_text(&view.checkpoint), "burgerpanel/wau\n9\n", 18), 0);
    view_free(&view);
    http_close(http);
}

Test(view, becomes_a_pin_when_the_key_signed_the_checkpoint)
{
    struct pin *pin = NULL;
    cr_assert_eq(pin_as_served(&pin), VIEW_HAD);
    cr_assert_not_null(pin);
    cr_expect(pin_has_key(pin, &ours.key));
    cr_expect_eq(pin->head.size, 9);
    pin_free(pin);
}

Test(view, of_a_key_and_a_checkpoint_of_two_logs_is_refused)
{
    struct pin *pin = NULL;
    ours.checkpoint_of = &theirs;
    cr_expect_eq(pin_as_served(&pin), VIEW_REFUSED);
    cr_expect_null(pin);
}

Test(view, of_a_portal_is_refused)
{
    struct pin *pin = NULL;
    ours.answer = "HTTP/1.1 200 X\r\nContent-Length: 6\r\n\r\n<html>";
    cr_expect_eq(pin_as_served(&pin), VIEW_REFUSED);
    ours.answer = "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n";
    fake_stop();
    cr_expect_eq(pin_as_served(&pin), VIEW_REFUSED);
    cr_expect_null(pin);
}

Test(view, is_away_when_nobody_answers_or_it_can_not_just_now)
{
    struct pin *pin = NULL;
    ours.answer = "";
    cr_expect_eq(pin_as_served(&pin), VIEW_AWAY);
    ours.answer = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";
    fake_stop();
    cr_expect_eq(pin_as_served(&pin), VIEW_AWAY);
    cr_expect_null(pin);
}
