-- The latest case events for screens without personal data: plain values only, and
-- nothing of sensitive cases. A sliding window of positions, so it never grows.
create table :schema.feed (
    position   bigint  primary key,
    case_id    uuid    not null,
    at         bigint  not null,
    topic      text    not null collate "C",
    number     text    not null collate "C",
    category   text    not null collate "C",
    scope      text    not null collate "C",
    grid       text    collate "C",
    department text    collate "C",
    severity   text    not null collate "C",
    overdue    boolean not null
);
