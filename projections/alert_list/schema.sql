-- One row an alert. It has two events at most, so the row with the position and the time of each
-- says also what it was in between. `suggested` is the device's category, `category` the person's.
create table :schema.alert (
    stream     uuid    primary key,
    alert      text    not null collate "C",
    device     text    not null collate "C",
    suggested  text    not null collate "C",
    scope      text    not null collate "C",
    grid       text    not null collate "C",
    certainty  integer,
    raised_at  bigint  not null,
    position   bigint  not null,
    outcome    text    collate "C",
    category   text    collate "C",
    decided_at bigint,
    decided_by text    collate "C",
    decision   bigint
);
