-- One row a department that ever led a case; `handled` are those it has handed in.
create table :schema.department_load (
    id      text    primary key collate "C",
    open    integer not null,
    overdue integer not null,
    handled integer not null,
    closed  integer not null,
    total   integer not null
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
    id          text     not null collate "C",
    open        integer  not null,
    overdue     integer  not null,
    handled     integer  not null,
    closed      integer  not null,
    total       integer  not null,
    primary key (at, id)
);
