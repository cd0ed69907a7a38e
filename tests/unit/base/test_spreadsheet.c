/* What spreadsheets take for something else. Which of these LibreOffice 7.4 changes was seen by letting it open
 * them, in a Dutch and in an English setting; the rest are Excel's, or on the safe side. */
#include "base/spreadsheet.h"
#include <criterion/criterion.h>

Test(spreadsheet, changes_what_it_takes_for_a_number)
{
    static const char *const texts[] = {"007",
                                        "00",
                                        " 007",
                                        "007 ",
                                        " 7",
                                        "0612345678",
                                        "0031612345678",
                                        "123456789012",
                                        "1E5",
                                        "1e5",
                                        "1e+10",
                                        "1.5e-3",
                                        "1,5E3",
                                        "1.e5",
                                        "1.5",
                                        "1,5",
                                        "1,50",
                                        "1.000",
                                        "1.",
                                        "5,",
                                        ".5",
                                        ",5",
                                        "5%",
                                        "5,5%",
                                        "(5)",
                                        "+5",
                                        "-5",
                                        "1 1/2",
                                        "1 000",
                                        "\xe2\x82\xac 5",
                                        "5 \xe2\x82\xac",
                                        "$5"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(spreadsheet_changes(texts[i]), "%s", texts[i]);
}

Test(spreadsheet, changes_what_it_takes_for_a_date_or_a_time)
{
    static const char *const texts[] = {"3-4",
                                        "3 - 4",
                                        "1/2",
                                        "1/2/26",
                                        "2026-01-01",
                                        "2026-1",
                                        "10:30",
                                        "10:30:00",
                                        "10:30:15,5",
                                        "9 pm",
                                        "12:30 PM",
                                        "2026-01-01T10:30:00",
                                        "2026-01-01T10:30Z",
                                        "2026-01-01 10:30",
                                        "jan-1",
                                        "1-jan",
                                        "mei 5",
                                        "5 mei 2026",
                                        "MAR1",
                                        "SEPT2",
                                        "Dec2026",
                                        "1 jan 2026",
                                        "5mei",
                                        "oktober 3",
                                        "1-jan-2026 10:30"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(spreadsheet_changes(texts[i]), "%s", texts[i]);
}

Test(spreadsheet, changes_truth_values)
{
    static const char *const texts[] = {"true", "FALSE", "waar", "Onwaar"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(spreadsheet_changes(texts[i]), "%s", texts[i]);
}

Test(spreadsheet, leaves_other_texts_alone)
{
    static const char *const texts[] = {"",
                                        "0",
                                        "7",
                                        "12345678901",
                                        "2026",
                                        "WA-1.01",
                                        "round-1",
                                        "A1",
                                        "1A",
                                        "x007",
                                        "1E",
                                        "1D5",
                                        "JAN",
                                        "E5",
                                        "T1",
                                        "Z9",
                                        "-",
                                        "+",
                                        "...",
                                        "mei",
                                        "january",
                                        "am",
                                        "mare1",
                                        "march of time",
                                        "truer",
                                        "5 meisjes",
                                        "1 jan 2026 x",
                                        "nee",
                                        "Ja, 3-4 keer",
                                        "1_000",
                                        "0x10",
                                        "t5e",
                                        "caf\xc3\xa9 5"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_not(spreadsheet_changes(texts[i]), "%s", texts[i]);
}
