/* What a spreadsheet does to a text when it opens a CSV file: it takes 007, 1E5, 3-4, 2026-1, 5%, mei 5 or true for
 * a number, a date, a time or a truth value, and shows and saves something else. Knows no file and no table. Pure. */
#ifndef BASE_SPREADSHEET_H
#define BASE_SPREADSHEET_H

#include <stdbool.h>

/* Whether Excel or LibreOffice, in a Dutch or an English setting, might take the text for something else than it is.
 * The rule is PROTOCOL 7's, by shape alone, so that whoever reads a table can tell what was guarded: true, false,
 * waar or onwaar, in any case; or what holds a digit and nothing but digits, blanks, . , - / : + % ( ) $, the euro
 * sign, an e behind a digit, point or comma and before a digit or sign, a t between digits, a z behind one, am, pm,
 * and names of months. A whole number of at most eleven digits without a leading zero stays what it is. */
bool spreadsheet_changes(const char *text);

#endif
