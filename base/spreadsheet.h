/* What a spreadsheet does to a text when it opens a CSV file: it takes 007, 1E5, 3-4, 2026-1, mei 5 or true for a
 * number, a date, a time or a truth value, and shows and saves something else. Knows no file and no table. Pure. */
#ifndef BASE_SPREADSHEET_H
#define BASE_SPREADSHEET_H

#include <stdbool.h>

/* Whether Excel or LibreOffice, in a Dutch or an English setting, would take the text for something else than it is and
 * change it. A whole number of at most eleven digits without a leading zero stays what it is. Not of texts that begin
 * as a formula does: those are led by an apostrophe anyway. */
bool spreadsheet_changes(const char *text);

#endif
