-- Cases by area (down to the township) and by the state they stand in now.
create table :schema.stage_funnel (
    scope  text    not null collate "C",
    status text    not null collate "C",
    cases  integer not null,
    primary key (scope, status)
);
