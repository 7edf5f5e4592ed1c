-- One row an area of any depth: 1 district, 2 township, 3 community, 4 grid.
create table :schema.area_load (
    scope       text     primary key collate "C",
    depth       smallint not null,
    open        integer  not null,
    overdue     integer  not null,
    life_safety integer  not null,
    closed      integer  not null,
    total       integer  not null
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
    scope       text     not null collate "C",
    depth       smallint not null,
    open        integer  not null,
    overdue     integer  not null,
    life_safety integer  not null,
    closed      integer  not null,
    total       integer  not null,
    primary key (at, scope)
);
