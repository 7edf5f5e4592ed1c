-- Case numbers for people: one counter per county and local day, taken in blocks.
-- A number is never given twice; a crash may leave a hole, which is not a fault.
create table quanke_case_number (
    county text not null check (county ~ '^[0-9A-Za-z_-]{1,16}$'),
    day text not null check (day ~ '^[0-9]{8}$'),
    last bigint not null check (last >= 0),
    primary key (county, day)
);
