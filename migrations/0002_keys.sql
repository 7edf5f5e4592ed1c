-- The keys of sealed values, one per subject and purpose, each wrapped by a
-- key-encryption key that lies in a file outside the database. Destroying a row makes
-- every value sealed under it unreadable for ever; the log and its proofs stay whole.
-- Nobody looks up a subject here but to seal, to export or to erase.

create table quanke_key (
    key     uuid        primary key,
    subject text        not null collate "C",
    purpose text        not null collate "C",
    wrapped bytea       not null,
    made_at timestamptz not null default clock_timestamp(),
    constraint quanke_key_subject unique (subject, purpose)
);
revoke all on quanke_key from public;
