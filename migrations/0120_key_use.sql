-- When each API key last opened something: hours since 1970. No event, and no request either.
create table quanke_key_use (
    key  text   primary key collate "C",
    hour bigint not null check (hour > 0)
);
