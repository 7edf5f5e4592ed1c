-- Pictures sent as evidence. The bytes lie in a store outside the database, sealed under
-- a key of their own; that key lies here, wrapped under a key of the upload and, from the
-- moment an event names the picture, under a key of the case. Destroying the case's keys
-- makes every picture of it unreadable, also in copies of the store.
-- Nobody looks up a person here: `actor` finds a picture that no case has yet.

create table quanke_attachment (
    id          uuid        primary key,
    actor       text        not null collate "C",
    upload      uuid        not null,  -- the device's own id of the upload
    sent        text        not null collate "C",  -- SHA-256 of the bytes as they were sent
    sha256      text        not null collate "C",  -- of the picture as kept: evidence names it
    width       integer     not null,
    height      integer     not null,
    size        integer     not null,
    object      text        collate "C",  -- its random name in the store
    wrapped     bytea,                    -- its key, sealed; null like `object` once erased
    state       text        not null collate "C"
        check (state in ('clean', 'quarantined', 'refused', 'erased')),
    received_at timestamptz not null default clock_timestamp(),
    stream      uuid,    -- the case whose event names it
    position    bigint,  -- that event
    command     uuid,    -- and the command that led to it
    kind        text     collate "C",
    constraint quanke_attachment_upload unique (actor, upload),
    constraint quanke_attachment_bound check ((stream is null) = (position is null)),
    constraint quanke_attachment_kept check ((state = 'erased') = (object is null))
);
create index quanke_attachment_loose on quanke_attachment (actor, sha256) where stream is null;
create index quanke_attachment_case on quanke_attachment (stream) where stream is not null;
create index quanke_attachment_held on quanke_attachment (received_at)
    where state = 'quarantined' or stream is null;
revoke all on quanke_attachment from public;

-- Up to where the log was searched for events that name a picture.
create table quanke_attachment_reader (
    single   boolean primary key default true check (single),
    position bigint  not null
);
insert into quanke_attachment_reader (position)
select coalesce(max(notification_id), 0) from quanke_log;
