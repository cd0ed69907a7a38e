-- What the role that `serve` runs as may do in a panel's schema, and no more: it appends to the log and cannot change what stands
-- there, but for emptying an entry that is erased. Verbs of the administrator go on as the tables' owner. To be run by that
-- owner once `panel import` has made the tables, and again after an upgrade that adds one:
--
--     psql -v ON_ERROR_STOP=1 -v schema=panel -v serving=serving -f postgres-grants.sql postgresql://…
--
-- docs/OPERATING.md, The store in PostgreSQL.
BEGIN;
SET LOCAL search_path = :"schema";

-- Only the schema's owner may make things in it.
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC, :"serving";
REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM PUBLIC, :"serving";
GRANT USAGE ON SCHEMA :"schema" TO :"serving";
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO :"serving";

-- The log and what is told of it once and for all.
GRANT INSERT ON entry, event, document, release, release_file, erased, erasure TO :"serving";
GRANT UPDATE (jws) ON entry TO :"serving";
CREATE OR REPLACE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an entry of the log can be emptied, and changed in no other way' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER no_rewriting BEFORE UPDATE ON entry
    FOR EACH ROW WHEN (new.jws <> '' OR new.idx <> old.idx) EXECUTE FUNCTION refuse_to_rewrite();

-- What follows from the log, and is worked out again by `audit`.
GRANT INSERT, UPDATE, DELETE ON tile, counts, current TO :"serving";
GRANT INSERT, DELETE ON revision TO :"serving";
GRANT INSERT, UPDATE ON member, invitation TO :"serving";

-- What administrators ask for beside a running collector, it carries out.
GRANT INSERT, UPDATE, DELETE ON pending TO :"serving";
GRANT INSERT ON panel, round TO :"serving";
GRANT INSERT, UPDATE ON action TO :"serving";
GRANT INSERT, DELETE ON access_log TO :"serving";

-- Who holds a lane locks its row; how often things changed is counted.
GRANT UPDATE ON lane TO :"serving";
GRANT UPDATE (catalogue, wishes) ON head TO :"serving";
COMMIT;
