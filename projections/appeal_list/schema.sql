-- One row an appeal. It has two events at most, so the row with the position and the time of each
-- says also what it was in between. `unit` is the department that appealed: it sees the row also
-- when the case is no longer its own; null where the grid did, which sees it by `scope`. `scope`
-- and `sensitive` are the case's of today. What was
-- written and why it was decided so stays in the log, sealed.
create table :schema.appeal (
    appeal     text    not null collate "C",
    case_id    uuid    not null,
    number     text    not null collate "C",
    scope      text    not null collate "C",
    sensitive  boolean not null,
    unit       text    collate "C",
    figure     text    not null collate "C",
    filed_at   bigint  not null,
    filed_by   text    not null collate "C",
    position   bigint  not null,
    upheld     boolean,
    decided_at bigint,
    decided_by text    collate "C",
    decision   bigint,
    primary key (case_id, appeal)
);
