-- One row a grid that ever had a case; `target` holds open imported cases not yet overdue.
create table :schema.grid_load (
    code        text    primary key collate "C",
    scope       text    not null collate "C",
    open        integer not null,
    overdue     integer not null,
    life_safety integer not null,
    closed      integer not null,
    total       integer not null
);
create table :schema.target (
    case_id uuid   primary key,
    due     bigint not null,
    keys    text[] not null
);
-- How many open imported cases are past their target, of those that are overdue.
create table :schema.stated (
    key     text    primary key collate "C",
    overdue integer not null
);
-- What the counts were just after position `at`, every so many positions, but for those
-- (projections/earlier.py).
create table :schema.earlier (
    at          bigint   not null,
    code        text     not null collate "C",
    scope       text     not null collate "C",
    open        integer  not null,
    overdue     integer  not null,
    life_safety integer  not null,
    closed      integer  not null,
    total       integer  not null,
    primary key (at, code)
);
