/* actions_parse_csv over any bytes; a list that was read is written as JSON and read again. */
#include "panel/actions.h"
#include "tests/fuzz/fuzz.h"

int fuzz_actions(const uint8_t *data, size_t len)
{
    struct faults faults;
    faults_init(&faults);
    struct action_list *actions = actions_parse_csv((const char *)data, len, &faults);
    fuzz_require((!actions) == faults_any(&faults));
    if (actions) {
        struct buf out;
        buf_init(&out, ACTIONS_CSV_MAX);
        action_list_put_json(&out, actions);
        fuzz_require(buf_check(&out) == 0);
        struct action_list *again = actions_parse_json(buf_text(&out), out.len, NULL);
        fuzz_require(again && again->count == actions->count);
        for (size_t i = 0; i < actions->count; i++)
            fuzz_require(action_equal(&actions->list[i], &again->list[i]) &&
                         action_list_find(actions, actions->list[i].id) == (int)i);
        action_list_free(again);
        buf_free(&out);
    }
    action_list_free(actions);
    faults_free(&faults);
    return 0;
}
