-- The transparency log: tiles of its tree, signed heads, what witnesses say of them.
--
-- All of it can be made again from quanke_log by who has the key; nothing here is believed by
-- an auditor, who rebuilds the root from the entries. Written by the sealer alone.

-- One row a tile of up to 256 hashes, the last of each level partial. Hashes do not
-- compress. An epoch's tree is its own: after a restore that lost sealed events the new
-- epoch starts with the entries that are left.
create table quanke_tile (
    log_epoch integer  not null,
    level     smallint not null check (level >= 0),
    n         bigint   not null check (n >= 0),
    hashes    bytea    not null check (length(hashes) between 32 and 8192
                                       and length(hashes) % 32 = 0),
    primary key (log_epoch, level, n)
);
alter table quanke_tile alter hashes set storage external;
revoke all on quanke_tile from public;

-- Signed heads. The newest counts; of older ones the last of each day stays, and the newest
-- that a witness has cosigned.
create table quanke_seal (
    log_epoch integer     not null,
    size      bigint      not null check (size >= 0),
    note      text        not null,
    vkey      text        not null,
    sealed_at timestamptz not null default clock_timestamp(),
    primary key (log_epoch, size)
);
revoke all on quanke_seal from public;

create table quanke_cosignature (
    log_epoch integer     not null,
    size      bigint      not null,
    witness   text        not null,
    line      text        not null,
    stored_at timestamptz not null default clock_timestamp(),
    primary key (log_epoch, size, witness),
    foreign key (log_epoch, size) references quanke_seal on delete cascade
);
revoke all on quanke_cosignature from public;
