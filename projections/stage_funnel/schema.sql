-- Cases by area (down to the township) and by the state they stand in now.
create table :schema.stage_funnel (
    scope  text    not null collate "C",
    status text    not null collate "C",
    cases  integer not null,
    primary key (scope, status)
);
-- What the counts were just after position `at`, every so many positions
-- (projections/earlier.py).
create table :schema.earlier (
    at     bigint  not null,
    scope  text    not null collate "C",
    status text    not null collate "C",
    cases  integer not null,
    primary key (at, scope, status)
);
