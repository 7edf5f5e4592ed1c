-- One row a reading: for auditors, and for the person whose words were read. No plaintext.
create table :schema.reading (
    position    bigint   primary key,
    at          bigint   not null,
    recorded_at bigint   not null,
    reader      text     not null collate "C",
    role        text     not null collate "C",
    subject     text     not null collate "C",
    fields      text[]   not null,
    purpose     text     not null collate "C",
    request     text     not null collate "C",
    basis       text     not null collate "C"
);
