/* The event is signed by the key before; whoever signs it must have the next at hand, or could sign nothing after. */
#include "collector/acts/operator.h"
#include "collector/acts/kinds.h"
#include "collector/log/operator.h"

int act_prepare_operator(struct act_wish *wish, const uint8_t public_key[static KEY_BYTES])
{
    act_wish_init(wish, EVENT_OPERATOR_CHANGED);
    buf_put_text(&wish->claims, "{\"operator\":");
    key_put_jwk(&wish->claims, public_key);
    buf_put_char(&wish->claims, '}');
    return act_wish_check(wish);
}

enum act_result act_change_operator(struct act_work *work)
{
    const struct json *jwk = json_member(work->claims, "operator");
    if (!jwk || key_read_jwk(jwk, work->event.operator_key) < 0)
        return act_bad_claims(work);
    if (operator_next_check(work->operator_key, work->event.operator_key, &work->error) < 0)
        return ACT_REFUSED;
    return ACT_DONE;
}
