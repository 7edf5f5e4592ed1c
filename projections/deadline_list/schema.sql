-- One row a running stage clock of an open case.
create table :schema.deadline (
    case_id    uuid    not null,
    clock      text    not null collate "C",
    limit_text text    not null collate "C",
    start      bigint  not null,
    due        bigint  not null,
    warned     boolean not null,
    passed     boolean not null,
    number     text    not null collate "C",
    category   text    not null collate "C",
    scope      text    not null collate "C",
    grid       text    collate "C",
    department text    collate "C",
    severity   text    not null collate "C",
    status     text    not null collate "C",
    primary key (case_id, clock)
);
