-- How far each read model has come, which of its builds is live, what it had to leave out.

-- One row a version of a read model. `leaf` is the leaf hash of the event at `position`,
-- so a checkpoint can't be moved without the log noticing. `holds` counts the changes to
-- this model's quarantine: the runner's compare-and-set sees them.
create table quanke_checkpoint (
    read_model  text        not null collate "C",
    version     integer     not null check (version > 0),
    rebuild     integer     not null default 0,
    position    bigint      not null default 0 check (position >= 0),
    recorded_at bigint      not null default 0,
    leaf        bytea       not null default '',
    holds       integer     not null default 0,
    updated_at  timestamptz not null default clock_timestamp(),
    primary key (read_model, version)
) with (fillfactor = 50);

-- The version that readers see. A swap changes it and renames the schemas in one transaction.
create table quanke_read_model (
    read_model text        primary key collate "C",
    version    integer     not null,
    rebuild    integer     not null,
    swapped_at timestamptz not null default clock_timestamp()
);

-- Events a read model could not apply (`poison`), later ones of the same stream that wait
-- behind it (`behind`), and those somebody decided to leave out (`skipped`, with the reason).
create table quanke_quarantine (
    read_model text        not null collate "C",
    version    integer     not null,
    position   bigint      not null,
    stream     uuid        not null,
    stream_version bigint  not null,
    topic      text        not null collate "C",
    state      text        not null check (state in ('poison', 'behind', 'skipped')),
    error      text        not null default '',
    attempts   integer     not null default 1,
    reason     text        not null default '',
    decided_by text        not null default '',
    since      timestamptz not null default clock_timestamp(),
    primary key (read_model, version, position)
);
create index quanke_quarantine_stream on quanke_quarantine (read_model, version, stream);

-- What each event hashed to when it was first read: a changed payload is told by its position.
create table quanke_leaf (
    position bigint primary key check (position > 0),
    sha256   bytea  not null
);
create function quanke_leaf_is_immutable() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: leaves are only ever added to', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
create trigger quanke_leaf_no_change before update or delete or truncate on quanke_leaf
    for each statement execute function quanke_leaf_is_immutable();
