-- One row an event of a case that replaced something: the case as it was just before, with
-- the stretch in which it was so: positions [position, until), effective time
-- [updated_at, until_at). Rows are only ever added; the present state of a case lies in the
-- board. Columns are those of the board and those that only figures and deadlines need.
--
-- `span` and `span_at` are the stretches' lengths in bits: a stretch of span n that holds a
-- point began less than 2^n before it, so that a B-tree finds the few that do (docs/adr/0012); the
-- shortest are put together, as a look-up for each costs more than what it spares.
-- `overdue` does not know of a stated `target`; `running` is JSON: the clocks that
-- run, by name.
create table :schema.past (
    until            bigint   not null,
    until_at         bigint   not null,
    span             smallint not null,
    span_at          smallint not null,
    version          bigint   not null,
    position         bigint   not null,
    updated_at       bigint   not null,
    suspended_us     bigint   not null,
    returned         integer  not null,
    rework           integer  not null,
    extensions       integer  not null,
    reopened         integer  not null,
    urged            integer  not null,
    supervised       integer  not null,
    dispatches       integer  not null,
    failed_checks    integer  not null,
    open             boolean  not null,
    unlocated        boolean  not null,
    sensitive        boolean  not null,
    exercise         boolean  not null,
    self_handled     boolean  not null,
    forced           boolean  not null,
    first_upheld     boolean  not null,
    id               uuid     not null,
    number           text     not null collate "C",
    category         text     not null collate "C",
    channel          text     not null collate "C",
    scope            text     not null collate "C",
    grid             text     collate "C",
    lon              integer,
    lat              integer,
    tier             text     not null collate "C",
    max_tier         text     not null collate "C",
    severity         text     not null collate "C",
    basis            text     not null collate "C",
    source           text     collate "C",
    source_id        text     collate "C",
    stated           text,
    flags            text[]   not null,
    reported_at      bigint,
    suspended_at     bigint,
    review_at        bigint,
    merged_into      uuid,
    parent           uuid,
    children         uuid[]   not null,
    satisfaction     text     collate "C",
    pauses           bigint[] not null,
    status           text     not null collate "C",
    department       text     collate "C",
    assignment       text     collate "C",
    departments      text[]   not null,
    accepted_at      bigint,
    filed_at         bigint,
    dispatched_at    bigint,
    acknowledged_at  bigint,
    handled_at       bigint,
    checked_at       bigint,
    closed_at        bigint,
    verify_asked_at  bigint,
    verified_at      bigint,
    declined_at      bigint,
    overdue          boolean  not null,
    due_clock        text     collate "C",
    due_at           bigint,
    late             text[]   not null,
    target           bigint,
    running          text,
    total_due        bigint,
    accept_due       bigint,
    file_due         bigint,
    dispatch_due     bigint,
    acknowledge_due  bigint,
    handle_due       bigint,
    check_due        bigint,
    whole_due        bigint,
    clocks           text[]   not null
);
-- The planner hears only of columns that somebody looks for: of sixty it would take 1.2 s.
do $$
declare
    one text;
begin
    for one in
        select attname from pg_attribute
         where attrelid = ':schema.past'::regclass and attnum > 0
           and attname <> all ('{until,until_at,span,span_at,position,updated_at,id,number,status,open,
               overdue,category,scope,grid,severity,basis,department,departments,reported_at,
               accepted_at,closed_at,due_at,target,source,exercise}'::text[])
    loop
        execute format('alter table :schema.past alter %I set statistics 0', one);
    end loop;
end $$;
-- The latest and the earliest effective time among each thousand positions, and the latest time of report
-- of their cases: no case known at a position was touched, or reported, later than the highest of them
-- up to there, and only blocks whose lowest is not later than an instant hold what had happened by it.
create table :schema.tide (
    block    bigint primary key,
    at       bigint not null,
    low      bigint not null,
    reported bigint not null
);
-- Which departments ever had a case, once each: a department's list of the past is looked for here, as
-- today's row does not say who has handed a case on. Open to every sight, as `past` is: what of it
-- may be seen, the case's row of today says. Text is compared leak-proof, so this index is asked
-- before the policy of the board (docs/adr/0053).
create table :schema.had (
    department  text   not null collate "C",
    reported_at bigint not null,
    id          uuid   not null,
    primary key (department, reported_at, id)
);
-- Cases whose place has changed: every other lies today where it lay at any moment, so that a sight of a
-- place need not be held against its row of today. Open to every sight, as `past` is (docs/adr/0053).
create table :schema.moved (
    id uuid primary key
);
