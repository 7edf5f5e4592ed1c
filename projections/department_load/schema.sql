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
