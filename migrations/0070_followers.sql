-- How far those who follow the log from outside the read models have come: one row for each
-- webhook, and one for the reaction to alerts. Not a fact of the log: losing it sends again.
create table quanke_follower (
    follower    text    primary key collate "C",
    generation  integer not null default 1,  -- of the position that a person set
    position    bigint  not null,            -- the last event that is done
    failures    integer not null default 0,  -- in a row
    next_at     bigint  not null default 0,  -- not before this instant, microseconds UTC
    said        text    collate "C"          -- the last answer: a status, or what went wrong
);
