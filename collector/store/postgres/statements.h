/* Every statement that is ever run on PostgreSQL: all are prepared when a connection is opened, so that no more than
 * names and values go over it afterwards. Below the handle. */
#ifndef COLLECTOR_STORE_POSTGRES_STATEMENTS_H
#define COLLECTOR_STORE_POSTGRES_STATEMENTS_H

enum statement {
    PG_BEGIN,
    PG_BEGIN_READING,
    PG_LANE,
    PG_HEAD,
    PG_BUMP,
    PG_LATER,
    PG_COMMIT,
    PG_BARRIER,
    PG_ROLLBACK,
    PG_SERVE,
    PG_SERVE_ALONE,
    PG_LIMITS,
    PG_END_STOPPED,
    PG_ALIVE,
    PG_MARK_FILLING,
    PG_ENTRY_APPEND,
    PG_ENTRY_READ,
    PG_ENTRY_COUNT,
    PG_ENTRY_RANGE,
    PG_ENTRY_EACH,
    PG_ENTRY_ERASE,
    PG_TILE_ADD,
    PG_TILE_REMOVE,
    PG_TILE_READ,
    PG_LOG_KEY_WRITE,
    PG_LOG_KEY_READ,
    PG_MEMBER_ADD,
    PG_MEMBER_EACH,
    PG_MEMBER_CHANGES,
    PG_MEMBER_READ,
    PG_MEMBER_REVOKE,
    PG_MEMBER_ERASE,
    PG_INVITATION_ADD,
    PG_INVITATION_FIND,
    PG_INVITATION_FORESEE,
    PG_INVITATION_MARK,
    PG_INVITATION_COUNT,
    PG_INVITATION_EACH,
    PG_CURRENT_READ,
    PG_CURRENT_FORESEE,
    PG_CURRENT_ADD,
    PG_CURRENT_WRITE,
    PG_CURRENT_EACH,
    PG_CURRENT_ERASE,
    PG_CURRENT_FORGET,
    PG_COUNTS_READ,
    PG_COUNTS_FORESEE,
    PG_COUNTS_ADD,
    PG_COUNTS_REMOVE,
    PG_COUNTS_EACH,
    PG_COUNTS_EACH_IN,
    PG_PANEL_WRITE,
    PG_PANEL_READ,
    PG_PANEL_EACH,
    PG_ROUND_ADD,
    PG_ROUND_EACH,
    PG_ACTION_WRITE,
    PG_ACTION_EACH,
    PG_TOKEN_ADD,
    PG_TOKEN_EACH,
    PG_TOKEN_REVOKE,
    PG_DOCUMENT_ADD,
    PG_DOCUMENT_READ,
    PG_DOCUMENT_SIZE,
    PG_DOCUMENT_EACH,
    PG_EVENT_ADD,
    PG_EVENT_EACH,
    PG_EVENT_LAST,
    PG_WISH_ADD,
    PG_WISH_EACH,
    PG_WISH_TAKE,
    PG_WISH_DONE,
    PG_WISH_FORGET,
    PG_WISH_OUTCOME,
    PG_WISH_REMOVE,
    PG_WISH_WITHDRAW,
    PG_RELEASE_ADD,
    PG_RELEASE_EACH,
    PG_RELEASE_LAST,
    PG_RELEASE_FILE_ADD,
    PG_RELEASE_FILE_READ,
    PG_RELEASE_FILE_EACH,
    PG_ACCESS_ADD,
    PG_ACCESS_EACH,
    PG_ACCESS_PURGE,
    PG_ERASED_ADD,
    PG_ERASED_BY,
    PG_ERASED_RANGE,
    PG_ERASURE_ADD,
    PG_ERASURE_FIND,
    PG_ERASURE_EACH,
    PG_REQUEST_EACH,
    PG_REVISION_ADD,
    PG_REVISION_BEFORE,
    PG_REVISIONS_BEFORE,
    PG_REVISION_FORGET,
    PG_REVISION_EACH,
    STATEMENT_COUNT,
};

/* The types of its parameters, a letter each. */
#define TYPE_NUMBER 'n' /* bigint */
#define TYPE_TEXT 't'
#define TYPE_BYTES 'b'
#define TYPE_NUMBERS 'N' /* bigint[] */
#define TYPE_BYTE_STRINGS 'B' /* bytea[] */

struct statement_text {
    const char *sql;
    const char *types;
    unsigned kinds; /* STORE_CHANGED_CATALOGUE or _WISHES: of the others the rows themselves tell */
};

const struct statement_text *postgres_statement(enum statement which);

#endif
