-- When the log and every read model were last computed anew and compared, and what came of it.
-- No event: who believes it may run `./quanke verify`, which writes the line.
create table quanke_verification (
    at          bigint  not null,
    head        bigint  not null check (head >= 0),
    read_models integer not null check (read_models >= 0),
    faults      integer not null check (faults >= 0)
);
create index quanke_verification_at on quanke_verification (at desc);
