-- One row a cycle: from being raised to being cleared. `position` is the latest event's.
create table :schema.alarm (
    alarm           uuid    not null,
    cycle           integer not null,
    version         bigint  not null,
    position        bigint  not null,
    kind            text    not null collate "C",
    priority        text    not null collate "C",
    case_id         uuid    not null,
    number          text    not null collate "C",
    category        text    not null collate "C",
    scope           text    not null collate "C",
    department      text    collate "C",
    raised_at       bigint  not null,
    acknowledged_at bigint,
    acknowledged_by text    collate "C",
    shelved_until   bigint,
    shelve_reason   text    collate "C",
    cleared_at      bigint,
    primary key (alarm, cycle)
);
