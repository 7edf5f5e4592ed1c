-- One row an event of a case. Its state stays in the log, where it can't change. `scope` is
-- where the case lay just after the event.
create table :schema.entry (
    position    bigint  not null,
    case_id     uuid    not null,
    version     bigint  not null,
    topic       text    not null collate "C",
    at          bigint  not null,
    recorded_at bigint  not null,
    actor       text    not null collate "C",
    role        text    not null collate "C",
    unit        text    collate "C",
    basis       text    not null collate "C",
    scope       text    not null collate "C"
);

-- Events an hour of effective time, by district: a year is a few thousand rows.
create table :schema.hour (
    hour     bigint  not null,
    district text    not null collate "C",
    events   integer not null,
    primary key (hour, district)
);
