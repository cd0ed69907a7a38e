/* The texts. Walks go by key and have a limit, so that neither end holds a whole table; what changes with each batch
 * (tiles, counters) is inserted under a new key and taken away by its old one, and never updated. */
#include "collector/store/postgres/statements.h"
#include "collector/store/keys.h"
#include "collector/store/store.h"

#define CATALOGUE STORE_CHANGED_CATALOGUE
#define WISHES STORE_CHANGED_WISHES
#define ROWS_OF_MEMBER "SELECT number, idx, enrolled_at, revoked_at, key, kid_hash, change FROM member"
#define ROWS_OF_CURRENT "SELECT revision, idx, replaced, slots, place FROM current"
#define ROWS_OF_RELEASE "SELECT round, number, final, size, idx, created_at, root FROM release WHERE round = $1"
#define ROWS_OF_INVITATION "SELECT state, greatest(member, 0), hash FROM invitation AS i"
#define HANDOUTS "'\\x" HANDOUT_BOUND "'::bytea"
#define OPEN_ONES "(SELECT number FROM invitation WHERE hash < " HANDOUTS " AND state = 1)"
#define FOUND                                                                                                          \
    "number > 0 AND (member >= 0 OR EXISTS (SELECT FROM invitation AS h WHERE h.number = i.member AND h.state = 1))"
#define COUNTS "number > 0 AND (member >= 0 OR member IN " OPEN_ONES ")"
#define NEXT_CHANGE "(SELECT coalesce(max(change), 0) + 1 FROM member)"

static const struct statement_text statements[STATEMENT_COUNT] = {
    [PG_BEGIN] = {"BEGIN ISOLATION LEVEL READ COMMITTED", "", 0},
    [PG_BEGIN_READING] = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "", 0},
    [PG_LANE] = {"SELECT FROM lane WHERE name = $1 FOR UPDATE", "t", 0},
    [PG_HEAD] = {"SELECT coalesce((SELECT max(idx) + 1 FROM entry), 0), coalesce((SELECT max(change) FROM member), 0),"
                 " catalogue, wishes, version FROM head",
                 "", 0},
    [PG_BUMP] = {"UPDATE head SET catalogue = catalogue + $1, wishes = wishes + $2", "nn", 0},
    [PG_LATER] = {"SELECT set_config('synchronous_commit', 'off', true)", "", 0},
    [PG_COMMIT] = {"COMMIT", "", 0},
    [PG_BARRIER] = {"SELECT pg_logical_emit_message(true, 'burgerpanel', '')", "", 0},
    [PG_ROLLBACK] = {"ROLLBACK", "", 0},
    [PG_SERVE] = {"SELECT pg_try_advisory_lock_shared('lane'::regclass::oid::bigint)::int::bigint", "", 0},
    [PG_SERVE_ALONE] = {"SELECT pg_try_advisory_lock('lane'::regclass::oid::bigint)::int::bigint", "", 0},
    [PG_END_STOPPED] =
        {"SELECT pg_terminate_backend(a.pid) FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid"
         " WHERE l.locktype = 'relation' AND l.relation = 'lane'::regclass AND l.mode = 'RowShareLock'"
         " AND l.granted AND a.usename = current_user AND a.wait_event = 'ClientRead' AND a.query_start < now() - "
         "interval '2 s'",
         "", 0},
    [PG_LIMITS] = {"SELECT set_config('lock_timeout', $1, false),"
                   " set_config('idle_in_transaction_session_timeout', $2, false),"
                   " set_config('idle_session_timeout', $3, false)",
                   "ttt", 0},
    [PG_ALIVE] = {"SELECT 1", "", 0},
    [PG_MARK_FILLING] = {"UPDATE head SET version = $1", "n", 0},

    [PG_ENTRY_APPEND] = {"INSERT INTO entry (idx, jws) VALUES ($1, $2)", "nt", 0},
    [PG_ENTRY_READ] = {"SELECT jws FROM entry WHERE idx = $1", "n", 0},
    [PG_ENTRY_COUNT] = {"SELECT coalesce(max(idx) + 1, 0) FROM entry", "", 0},
    [PG_ENTRY_RANGE] = {"SELECT idx, jws FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT $3", "nnn", 0},
    [PG_ENTRY_EACH] = {"SELECT idx, jws FROM entry WHERE idx = ANY ($1) ORDER BY idx", "N", 0},
    [PG_ENTRY_ERASE] = {"UPDATE entry SET jws = '' WHERE idx = $1", "n", 0},
    [PG_TILE_ADD] = {"INSERT INTO tile (place, width, hashes) VALUES ($1, $2, $3)"
                     " ON CONFLICT (place, width) DO UPDATE SET hashes = excluded.hashes",
                     "nnb", 0},
    [PG_TILE_REMOVE] = {"DELETE FROM tile WHERE place = $1 AND width = $2", "nn", 0},
    [PG_TILE_READ] = {"SELECT hashes FROM tile WHERE place = $1 ORDER BY width DESC LIMIT 1", "n", 0},
    [PG_LOG_KEY_WRITE] = {"UPDATE head SET verifier = $1", "t", 0},
    [PG_LOG_KEY_READ] = {"SELECT verifier FROM head WHERE verifier IS NOT NULL", "", 0},

    [PG_MEMBER_ADD] = {"INSERT INTO member (number, idx, enrolled_at, revoked_at, key, change)"
                       " VALUES ($1, $2, $3, $4, $5, " NEXT_CHANGE ")",
                       "nnnnb", 0},
    [PG_MEMBER_EACH] = {ROWS_OF_MEMBER " WHERE number > $1 ORDER BY number LIMIT $2", "nn", 0},
    [PG_MEMBER_CHANGES] = {ROWS_OF_MEMBER " WHERE change > $1 ORDER BY change LIMIT $2", "nn", 0},
    [PG_MEMBER_READ] = {ROWS_OF_MEMBER " WHERE number = $1", "n", 0},
    [PG_MEMBER_REVOKE] = {"UPDATE member SET revoked_at = $2, change = " NEXT_CHANGE " WHERE number = $1", "nn", 0},
    [PG_MEMBER_ERASE] = {"UPDATE member SET key = '', kid_hash = $2, enrolled_at = 0, revoked_at = 0, stratum = NULL,"
                         " change = " NEXT_CHANGE " WHERE number = $1 AND kid_hash IS NULL",
                         "nb", 0},
    [PG_INVITATION_ADD] = {"INSERT INTO invitation (hash, number, state, member) VALUES ($1, $2, 0, 0)", "bn", 0},
    [PG_INVITATION_FIND] = {ROWS_OF_INVITATION " WHERE hash = $1 AND " FOUND, "b", 0},
    [PG_INVITATION_FORESEE] = {ROWS_OF_INVITATION " WHERE hash = ANY ($1) AND " FOUND, "B", 0},
    [PG_INVITATION_MARK] = {"UPDATE invitation SET state = $2, member = $3 WHERE hash = $1", "bnn", 0},
    [PG_INVITATION_COUNT] = {"SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1),"
                             " count(*) FILTER (WHERE state = 2) FROM invitation WHERE " COUNTS,
                             "", 0},
    [PG_INVITATION_EACH] = {"SELECT number, hash, state, greatest(member, 0) FROM invitation WHERE number > $1"
                            " AND " COUNTS " ORDER BY number LIMIT $2",
                            "nn", 0},
    [PG_HANDOUT_LAST] = {"SELECT greatest(max(number), -min(number), 0) FROM invitation", "", 0},
    [PG_HANDOUT_BEGIN] = {"INSERT INTO invitation (hash, number, state, member) VALUES ($1, $2, 0, $3)", "bnn", 0},
    [PG_HANDOUT_ADD] = {"INSERT INTO invitation (hash, number, state, member) SELECT unnest($3), unnest($4), 0, $2"
                        " WHERE EXISTS (SELECT FROM invitation WHERE hash = $1 AND state = 0)",
                        "bnBN", 0},
    [PG_HANDOUT_OPEN] = {"UPDATE invitation SET state = 1 WHERE hash = $1 AND state = 0", "b", 0},
    [PG_HANDOUT_CLOSE] = {"UPDATE invitation SET state = 2, member = 0 WHERE hash = $1 AND state <> 1", "b", 0},
    [PG_HANDOUT_CLEAR] = {"DELETE FROM invitation WHERE hash BETWEEN $1 AND $2 AND member = $3", "bbn", 0},
    [PG_HANDOUT_END] = {"DELETE FROM invitation WHERE hash = $1 AND state = 2", "b", 0},
    [PG_HANDOUT_EACH] = {"SELECT -number, member FROM invitation WHERE hash < " HANDOUTS
                         " AND state <> 1 ORDER BY hash",
                         "", 0},

    [PG_CURRENT_READ] = {ROWS_OF_CURRENT " WHERE place = $1", "n", 0},
    [PG_CURRENT_FORESEE] = {"SELECT c.revision, c.idx, c.replaced, c.slots, c.place,"
                            " (SELECT jws FROM entry WHERE idx = c.idx AND c.revision = w.revision)"
                            " FROM (SELECT unnest($1) AS place, unnest($2) AS revision) AS w"
                            " JOIN current AS c ON c.place = w.place ORDER BY c.place",
                            "NN", 0},
    [PG_CURRENT_ADD] = {"INSERT INTO current (place, revision, idx, replaced, slots) VALUES ($1, $2, $3, $4, $5)"
                        " ON CONFLICT (place) DO NOTHING",
                        "nnnnb", 0},
    [PG_CURRENT_WRITE] = {"INSERT INTO current (place, revision, idx, replaced, slots) VALUES ($1, $2, $3, $4, $5)"
                          " ON CONFLICT (place) DO UPDATE SET revision = excluded.revision, idx = excluded.idx,"
                          " replaced = excluded.replaced, slots = excluded.slots",
                          "nnnnb", 0},
    [PG_CURRENT_EACH] = {ROWS_OF_CURRENT " WHERE place BETWEEN $1 AND $2 ORDER BY place LIMIT $3", "nnn", 0},
    [PG_CURRENT_ERASE] = {"UPDATE current SET idx = -1, replaced = -1, slots = '' WHERE place = $1", "n", 0},
    [PG_CURRENT_FORGET] = {"DELETE FROM current WHERE place BETWEEN $1 AND $2", "nn", 0},
    [PG_COUNTS_READ] = {"SELECT slots, size FROM counts WHERE place = $1 ORDER BY size DESC LIMIT 1", "n", 0},
    [PG_COUNTS_FORESEE] = {"SELECT c.slots, c.size, w.place FROM (SELECT unnest($1) AS place) AS w,"
                           " LATERAL (SELECT slots, size FROM counts WHERE place = w.place ORDER BY size DESC LIMIT 1)"
                           " AS c ORDER BY w.place",
                           "N", 0},
    [PG_COUNTS_ADD] = {"INSERT INTO counts (place, size, slots) VALUES ($1, $2, $3)"
                       " ON CONFLICT (place, size) DO UPDATE SET slots = excluded.slots",
                       "nnb", 0},
    [PG_COUNTS_REMOVE] = {"DELETE FROM counts WHERE place = $1 AND size = $2", "nn", 0},
    [PG_COUNTS_EACH] = {"SELECT DISTINCT place FROM counts ORDER BY place", "", 0},
    [PG_COUNTS_EACH_IN] = {"SELECT DISTINCT ON (place) place, slots FROM counts WHERE place BETWEEN $1 AND $2"
                           " ORDER BY place, size DESC",
                           "nn", 0},

    [PG_PANEL_WRITE] = {"INSERT INTO panel (imported_at, json) VALUES ($1, $2)", "nt", CATALOGUE},
    [PG_PANEL_READ] = {"SELECT json FROM panel ORDER BY number DESC LIMIT 1", "", 0},
    [PG_PANEL_EACH] = {"SELECT number, imported_at, json FROM panel WHERE number > $1 ORDER BY number LIMIT $2", "nn",
                       0},
    [PG_ROUND_ADD] = {"INSERT INTO round (number, id) VALUES ($1, $2)", "nt", CATALOGUE},
    [PG_ROUND_EACH] = {"SELECT number, id FROM round ORDER BY number", "", 0},
    [PG_ACTION_WRITE] = {"INSERT INTO action (number, position, id, title, track, lead, related, status)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (number) DO UPDATE SET"
                         " position = excluded.position, title = excluded.title, track = excluded.track,"
                         " lead = excluded.lead, related = excluded.related, status = excluded.status",
                         "nntttttt", CATALOGUE},
    [PG_ACTION_EACH] = {"SELECT number, id, title, track, lead, related, status FROM action ORDER BY position, number",
                        "", 0},
    [PG_TOKEN_ADD] = {"INSERT INTO token (name, hash, role, exact, created_at, expires_at, revoked_at, publish)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                      "tbtnnnnn", CATALOGUE},
    [PG_TOKEN_EACH] = {"SELECT name, hash, role, exact, created_at, expires_at, revoked_at, publish FROM token"
                       " ORDER BY name",
                       "", 0},
    [PG_TOKEN_REVOKE] = {"UPDATE token SET revoked_at = $2 WHERE name = $1 AND revoked_at = 0", "tn", CATALOGUE},

    [PG_DOCUMENT_ADD] = {"INSERT INTO document (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", "bb", 0},
    [PG_DOCUMENT_READ] = {"SELECT bytes FROM document WHERE hash = $1", "b", 0},
    [PG_DOCUMENT_SIZE] = {"SELECT length(bytes)::bigint FROM document WHERE hash = $1", "b", 0},
    [PG_DOCUMENT_REMOVE] = {"DELETE FROM document WHERE hash = $1", "b", 0},
    [PG_DOCUMENT_EACH] = {"SELECT hash FROM document ORDER BY hash", "", 0},
    [PG_EVENT_ADD] = {"INSERT INTO event (idx, kind) VALUES ($1, $2)", "nt", 0},
    [PG_EVENT_EACH] = {"SELECT idx, kind FROM event WHERE idx >= $1 ORDER BY idx LIMIT $2", "nn", 0},
    [PG_EVENT_LAST] = {"SELECT idx FROM event WHERE kind = $1 ORDER BY idx DESC LIMIT 1", "t", 0},
    [PG_WISH_ADD] = {"INSERT INTO pending (asked_at, kind, claims, document, done_at, entry, outcome)"
                     " VALUES ($1, $2, $3, $4, 0, 0, '') RETURNING id",
                     "nttb", WISHES},
    [PG_WISH_EACH] = {"SELECT id, kind, claims, document, asked_at FROM pending WHERE done_at = 0 AND id > $1"
                      " ORDER BY id LIMIT $2",
                      "nn", 0},
    [PG_WISH_TAKE] = {"SELECT id, kind, claims, document, asked_at FROM pending WHERE done_at = 0 AND id > $1"
                      " ORDER BY id LIMIT $2 FOR UPDATE",
                      "nn", 0},
    [PG_WISH_DONE] = {"UPDATE pending SET done_at = $2, entry = $3, outcome = $4, claims = '', document = NULL"
                      " WHERE id = $1 AND done_at = 0",
                      "nnnt", WISHES},
    [PG_WISH_FORGET] = {"DELETE FROM pending WHERE done_at <> 0 AND done_at < $1", "n", 0},
    [PG_WISH_OUTCOME] = {"SELECT outcome, entry FROM pending WHERE id = $1 AND done_at <> 0", "n", 0},
    [PG_WISH_REMOVE] = {"DELETE FROM pending WHERE id = $1", "n", 0},
    [PG_WISH_WITHDRAW] = {"DELETE FROM pending WHERE id = $1 AND done_at = 0", "n", WISHES},

    [PG_RELEASE_ADD] = {"INSERT INTO release (round, number, final, size, idx, created_at, root)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        "nnnnnnb", 0},
    [PG_RELEASE_EACH] = {ROWS_OF_RELEASE " ORDER BY number", "n", 0},
    [PG_RELEASE_LAST] = {ROWS_OF_RELEASE " ORDER BY number DESC LIMIT 1", "n", 0},
    [PG_RELEASE_FILE_ADD] = {"INSERT INTO release_file (round, number, name, bytes) VALUES ($1, $2, $3, $4)", "nntb",
                             0},
    [PG_RELEASE_FILE_READ] = {"SELECT bytes FROM release_file WHERE round = $1 AND number = $2 AND name = $3", "nnt",
                              0},
    [PG_RELEASE_FILE_EACH] = {"SELECT name, length(bytes)::bigint FROM release_file WHERE round = $1 AND number = $2"
                              " ORDER BY name",
                              "nn", 0},
    [PG_ACCESS_ADD] = {"INSERT INTO access_log (at, rows, token, what) VALUES ($1, $2, $3, $4)", "nntt", 0},
    [PG_ACCESS_EACH] = {"SELECT at, rows, token, what, number FROM access_log WHERE number > $1 ORDER BY number"
                        " LIMIT $2",
                        "nn", 0},
    [PG_ACCESS_PURGE] = {"DELETE FROM access_log WHERE at < $1", "n", 0},

    [PG_ERASED_ADD] = {"INSERT INTO erased (idx, event) VALUES ($1, $2)", "nn", 0},
    [PG_ERASED_BY] = {"SELECT event FROM erased WHERE idx = $1", "n", 0},
    [PG_ERASED_RANGE] = {"SELECT idx, event FROM erased WHERE idx >= $1 AND idx < $2 ORDER BY idx", "nn", 0},
    [PG_ERASURE_ADD] = {"INSERT INTO erasure (request, member, leaf) VALUES ($1, $2, $3)", "nnb", 0},
    [PG_ERASURE_FIND] = {"SELECT request, member FROM erasure WHERE leaf = $1", "b", 0},
    [PG_ERASURE_EACH] = {"SELECT request FROM erasure WHERE member = $1 ORDER BY request", "n", 0},
    [PG_REQUEST_EACH] = {"SELECT request, member, leaf FROM erasure WHERE request > $1 ORDER BY request LIMIT $2", "nn",
                         0},
    [PG_REVISION_ADD] = {"INSERT INTO revision (idx, before) VALUES ($1, $2)", "nn", 0},
    [PG_REVISION_BEFORE] = {"SELECT before FROM revision WHERE idx = $1", "n", 0},
    [PG_REVISIONS_BEFORE] = {"WITH RECURSIVE chain (before) AS (SELECT before FROM revision WHERE idx = ANY ($1)"
                             " UNION SELECT r.before FROM chain AS c JOIN revision AS r ON r.idx = c.before)"
                             " SELECT before FROM chain WHERE before >= 0",
                             "N", 0},
    [PG_REVISION_EACH] = {"SELECT idx, before FROM revision WHERE idx > $1 ORDER BY idx LIMIT $2", "nn", 0},
    [PG_REVISION_FORGET] = {"DELETE FROM revision WHERE idx = $1", "n", 0},
};

const struct statement_text *postgres_statement(enum statement which)
{
    return &statements[which];
}
