-- What signing in needs and the log must not hold: argon2id hashes, and codes of minutes.

create table quanke_password (
    account text        primary key collate "C",
    hash    text        not null check (hash like '$argon2id$%'),
    set_at  timestamptz not null default clock_timestamp()
);

-- A display that asks to be let in: it keeps a secret whose digest is here, and shows a code.
create table quanke_device (
    digest     bytea       primary key check (octet_length(digest) = 32),
    code       text        not null unique collate "C",
    device     text        not null collate "C",
    ends_at    timestamptz not null,
    account    text        collate "C"
);
create index quanke_device_ends on quanke_device (ends_at);
