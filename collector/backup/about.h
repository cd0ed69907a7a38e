/* What a backup says of itself: its last page, in lines of text. Bytes in, values out. Inside the backup room. */
#ifndef COLLECTOR_BACKUP_ABOUT_H
#define COLLECTOR_BACKUP_ABOUT_H

#include "collector/backup/backup.h"

#define ABOUT_BYTES 4096 /* of this page; what comes before it is the store */
#define ABOUT_SUM_BYTES 72 /* of its last line, which holds the checksum of all before it in the file */

/* Puts the page but for its last line: lines "name value", the checkpoint as it is, and line ends up to there. -1: it
 * does not fit, or there is no memory. */
MUST_CHECK int about_put(struct buf *out, const struct backup_about *about);

/* The last line. */
void about_put_sum(const uint8_t hash[static SHA256_BYTES], char line[static ABOUT_SUM_BYTES + 1]);

/* Reads a page, whether its checksum holds or not: that is for the caller to look at before anything of it is used. 0
 * and *about, of which all but the names of key files is filled. -1: *error says what it is instead: no backup, or one
 * of a newer version. */
MUST_CHECK int about_read(const char page[static ABOUT_BYTES], struct backup_about *about, struct error *error);

#endif
