-- Keys that go, and the key that wraps them.

-- A process that has a destroyed key in its memory must forget it: each is told whose key
-- went. Who missed the message (a cut connection) forgets all it has.
create function quanke_key_gone() returns trigger language plpgsql as $$
begin
    perform pg_notify('quanke_key', old.subject);
    return null;
end $$;
create trigger quanke_key_gone after delete on quanke_key
    for each row execute function quanke_key_gone();

-- Which key-encryption key wraps the rows of quanke_key, by its fingerprint. Whoever inserts
-- a key names the fingerprint it wrapped under; a rotation holds this row for as long as it
-- wraps anew, so that no key is ever stored under a key-encryption key that is about to go.
create table quanke_kek (
    only_one    boolean     primary key default true check (only_one),
    fingerprint text        not null collate "C",
    since       timestamptz not null default clock_timestamp()
);
revoke all on quanke_kek from public;

-- Who opened what is no reference data: many events, read by nobody at a start.
drop index quanke_log_reference;
create index quanke_log_reference on quanke_log (notification_id)
    where topic not like 'case.%' and topic not like 'access.%';
create index quanke_log_access on quanke_log (notification_id) where topic like 'access.%';
