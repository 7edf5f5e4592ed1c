-- Sessions begun at an identity provider: when somebody was last at the screen. No event, like
-- quanke_key_use: nothing is decided by it but whether the session goes on.
create table quanke_session (
    session   uuid             primary key,
    account   text             not null collate "C",
    active_at double precision not null,
    idle_s    integer          not null check (idle_s > 0),
    ends_at   double precision not null
);
