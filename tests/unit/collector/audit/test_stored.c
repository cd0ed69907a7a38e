/* A store as the source of an audit: what can't be read is not taken for what is not there. */
#include "collector/audit/stored.h"
#include "tests/unit/collector/kit.h"
#include "tests/unit/collector/store/faulty.h"
#include <criterion/criterion.h>

TestSuite(stored, .init = kit_begin, .fini = kit_end, .timeout = 60);

/* By the kind alone a release's size would be unknown, and the audit would pass it by. */
Test(stored, listing_fails_whichever_verb_of_the_store_fails)
{
    struct kit kit;
    struct stored stored;
    const char *failed;
    kit_open(&kit, store_faulty_new(kit_store_new(kit_dsn(NULL))));
    kit_give_operator(&kit);
    kit_start(&kit);
    stored_init(&stored, kit.store, NULL);
    unsigned n = 0;
    do {
        struct listing listing = {.list = NULL};
        struct error error = {.kind = ERROR_NONE};
        store_faulty_fail_at(kit.store, ++n);
        int result = stored_listing(&stored, &listing, &error);
        failed = store_faulty_verb(kit.store);
        cr_assert_eq(result, failed ? -1 : 0, "%s", failed ? failed : error.text);
        cr_assert_str_eq(error.text, failed ? STORE_FAULTY_ERROR : "");
        cr_assert(failed || (listing.count > 0 && listing.list[0].has_leaf));
        listing_wipe(&listing);
    } while (failed);
    cr_assert_gt(n, 2, "its events, and the text of the first of them");
    stored_wipe(&stored);
    kit_close(&kit);
}
