#include "base/spreadsheet.h"
#include <criterion/criterion.h>

Test(spreadsheet, changes_what_it_takes_for_a_number_a_date_a_time_or_a_truth_value)
{
    static const char *const texts[] = {
        "007",     "00",         "0612345678", "0031612345678", "123456789012", "1E5",   "1e5",    "1e+10",
        "1.5e-3",  "1.5",        "1,5",        "1.10",          "3-4",          "1/2",   "1/2/26", "2026-01-01",
        "2026-1",  "10:30",      "10:30:00",   "jan-1",         "1-jan",        "mei 5", "MAR1",   "SEPT2",
        "Dec2026", "1 jan 2026", "5mei",       "oktober 3",     "true",         "FALSE", "waar",   "Onwaar",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(spreadsheet_changes(texts[i]), "%s", texts[i]);
}

Test(spreadsheet, leaves_other_texts_alone)
{
    static const char *const texts[] = {
        "",
        "0",
        "7",
        "12345678901",
        "WA-1.01",
        "round-1",
        "A1",
        "1A",
        "x007",
        "1E",
        "E5",
        "1.2.",
        "1-",
        "-",
        "mei",
        "january",
        "mare1",
        "Dec20265",
        "march of time",
        "truer",
        "5 meisjes",
        "1 jan 2026 x",
        "nee",
        "Ja, 3-4 keer",
        "1--2",
        "06 12345678",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_not(spreadsheet_changes(texts[i]), "%s", texts[i]);
}
