/* What folds are keyed by: round, member and action packed into one integer, so that the rows of a member, and those
 * of a round, lie together. */
#ifndef COLLECTOR_STORE_SQLITE_KEYS_H
#define COLLECTOR_STORE_SQLITE_KEYS_H

#define ACTION_BITS 20
#define MEMBER_BITS 31
#define ROUND_BITS 12
#define MASK(bits) ((INT64_C(1) << (bits)) - 1)

#endif
