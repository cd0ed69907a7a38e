-- What whoever keeps the database watches of a panel's store in PostgreSQL, as lines that Prometheus reads (docs/OPERATING.md, The store
-- in PostgreSQL): the collector's own role may see none of it. To be asked of the primary each minute, by a role that may see what others do:
--
--     CREATE ROLE watch LOGIN; GRANT pg_monitor TO watch;
--     psql -qXAt -v ON_ERROR_STOP=1 -v schema=panel -f postgres-watch.sql postgresql://watch@pg1,pg2/panel?target_session_attrs=read-write

-- Standbys that have what is acknowledged; with none nothing is answered 201, or it is as safe as one disk.
SELECT 'burgerpanel_database_synchronous_standbys ' || count(*)
FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum');

-- Bytes of what was written that each standby can't show yet.
SELECT 'burgerpanel_database_standby_lag_bytes{standby="' || regexp_replace(application_name, '[^-A-Za-z0-9_.]', '_', 'g') || '"} '
    || coalesce(sum(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::bigint
FROM pg_stat_replication GROUP BY application_name ORDER BY application_name;

-- How old the oldest transaction is that keeps dead rows from being taken away.
SELECT 'burgerpanel_database_oldest_snapshot_seconds '
    || coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::numeric(20, 3)
FROM pg_stat_activity WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid() AND xact_start IS NOT NULL;

-- Of the tables whose rows each batch replaces.
SELECT 'burgerpanel_database_dead_rows{table="' || relname || '"} ' || n_dead_tup
FROM pg_stat_user_tables WHERE schemaname = :'schema' AND relname IN ('counts', 'tile') ORDER BY relname;

-- Transactions since the oldest that isn't frozen: a batch takes two, and the server stops at some two thousand million.
SELECT 'burgerpanel_database_transaction_age ' || age(datfrozenxid) FROM pg_database WHERE datname = current_database();
