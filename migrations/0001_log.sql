-- The log: one row an event, added to and never changed.
--
-- The first five columns carry the names of the eventsourcing library, so its own
-- recorders read this table. notification_id is the position: 1, 2, 3 ... without a
-- gap, in commit order, given out under a lock by quanke_append. It has no default and
-- no sequence on purpose: a writer that does not take the lock fails.

create table quanke_log (
    originator_id      uuid        not null,
    originator_version bigint      not null check (originator_version > 0),
    topic              text        not null collate "C",
    state              bytea       not null,
    notification_id    bigint      not null check (notification_id > 0),
    schema             smallint    not null check (schema > 0),
    recorded_at        timestamptz not null,
    command_id         uuid        not null,
    command_index      integer     not null check (command_index >= 0),
    actor              text        not null collate "C",
    meta               bytea       not null,
    constraint quanke_log_version primary key (originator_id, originator_version)
);
create unique index quanke_log_position on quanke_log (notification_id);
create unique index quanke_log_command on quanke_log (command_id) where command_index = 0;

-- Cell and epoch: the origin line of the transparency log is <cell>/<log_epoch>.
create table quanke_cell (
    only_one  boolean     primary key default true check (only_one),
    cell      uuid        not null default gen_random_uuid(),
    log_epoch integer     not null default 1 check (log_epoch > 0),
    opened_at timestamptz not null default clock_timestamp()
);
insert into quanke_cell default values;

-- Nobody changes history: refused by grant (for the owner too) and by trigger (for all).
create function quanke_log_is_immutable() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: the log is only ever added to', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
create trigger quanke_log_no_change before update or delete or truncate on quanke_log
    for each statement execute function quanke_log_is_immutable();
revoke all on quanke_log from public;
revoke update, delete, truncate on quanke_log from current_user;

-- For people: the same rows with readable JSON.
create view quanke_log_readable as
select notification_id    as position,
       originator_id      as stream,
       originator_version as version,
       topic,
       schema,
       recorded_at,
       command_id,
       command_index,
       actor,
       convert_from(meta, 'UTF8')::jsonb  as meta,
       convert_from(state, 'UTF8')::jsonb as state
  from quanke_log;

-- Take the one lock of the log and say where it stands. The lock is a statement of its
-- own: what follows in the calling function then sees all that was committed before it.
create function quanke_log_lock() returns void language sql volatile as $$
    select pg_advisory_xact_lock(7210905713201);
$$;

-- Write a whole batch, or nothing when any stream stands elsewhere than expected or a
-- command id is already in the log (head is then null; a command id twice in one batch
-- raises unique_violation). The caller falls back to quanke_append_each.
--
-- Per event: streams .. actors. Per stream: expected_*, the version before the batch.
-- Plans are pinned: one that was cached while the table was empty scans it for ever.
--
-- A command id that is already in the log is looked for before inserting: a client that
-- sends again after a lost answer leaves neither dead rows nor a line in the server's log.
-- The unique index stays the last word. Each lookup is written so that only its own index
-- can serve it: planned on an empty table, `exists` became a join that reads the whole index
-- for each command, for as long as the session lived.
create function quanke_append(
    streams uuid[], versions bigint[], topics text[], schemas smallint[],
    states bytea[], metas bytea[], commands uuid[], indexes integer[], actors text[],
    expected_streams uuid[], expected_versions bigint[],
    out head bigint, out recorded timestamptz
) language plpgsql volatile
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  set jit = off
as $$
begin
    perform quanke_log_lock();
    select l.notification_id, greatest(clock_timestamp(), l.recorded_at) into head, recorded
      from quanke_log l order by l.notification_id desc limit 1;
    if head is null then
        head := 0;
        recorded := clock_timestamp();
    end if;
    perform from unnest(expected_streams, expected_versions) as e (stream, version)
      where e.version <> coalesce((select l.originator_version from quanke_log l
                                    where l.originator_id = e.stream
                                    order by l.originator_version desc limit 1), 0)
      limit 1;
    if found then
        head := null;
        return;
    end if;
    perform from unnest(commands, indexes) as c (command, index)
      where c.index = 0
        and (select l.notification_id from quanke_log l
              where l.command_id = c.command and l.command_index = 0) is not null
      limit 1;
    if found then
        head := null;
        return;
    end if;
    insert into quanke_log (originator_id, originator_version, topic, state, notification_id,
                            schema, recorded_at, command_id, command_index, actor, meta)
    select n.stream, n.version, n.topic, n.state, head + n.step,
           n.schema, recorded, n.command, n.index, n.actor, n.meta
      from unnest(streams, versions, topics, schemas, states, metas, commands, indexes, actors)
           with ordinality
           as n (stream, version, topic, schema, state, meta, command, index, actor, step);
    perform pg_notify('quanke_log', '');
end $$;

-- Settle commands one after another, each all or nothing: written, found written before
-- (duplicate, with its first positions), or refused because a stream stands elsewhere.
-- For the rare batch in which commands quarrel; the order of the arrays decides.
--
-- Per event as above. Per expectation: expected_*, in the order of the commands. Per
-- command: ids, event_counts, expected_counts.
create function quanke_append_each(
    streams uuid[], versions bigint[], topics text[], schemas smallint[],
    states bytea[], metas bytea[], commands uuid[], indexes integer[], actors text[],
    expected_streams uuid[], expected_versions bigint[],
    ids uuid[], event_counts integer[], expected_counts integer[]
) returns table (outcome text, first bigint, last bigint, recorded timestamptz,
                 stream uuid, expected bigint, actual bigint)
  language plpgsql volatile
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  set jit = off
as $$
declare
    head       bigint;
    clock      timestamptz;
    event_at   integer := 0;
    expect_at  integer := 0;
    wrote      boolean := false;
begin
    perform quanke_log_lock();
    select l.notification_id, greatest(clock_timestamp(), l.recorded_at) into head, clock
      from quanke_log l order by l.notification_id desc limit 1;
    head := coalesce(head, 0);
    clock := coalesce(clock, clock_timestamp());
    for i in 1 .. cardinality(ids) loop
        outcome := 'written';
        first := null; last := null; recorded := null;
        stream := null; expected := null; actual := null;
        select l.notification_id, l.recorded_at into first, recorded
          from quanke_log l where l.command_id = ids[i] and l.command_index = 0;
        if found then
            outcome := 'duplicate';
            select l.notification_id - 1 into last from quanke_log l
              where l.notification_id > first and l.command_id <> ids[i]
              order by l.notification_id limit 1;
            last := coalesce(last, head);
        else
            for k in expect_at + 1 .. expect_at + expected_counts[i] loop
                select l.originator_version into actual from quanke_log l
                  where l.originator_id = expected_streams[k]
                  order by l.originator_version desc limit 1;
                actual := coalesce(actual, 0);
                if actual <> expected_versions[k] then
                    outcome := 'conflict';
                    stream := expected_streams[k];
                    expected := expected_versions[k];
                    exit;
                end if;
            end loop;
        end if;
        if outcome = 'written' then
            first := head + 1;
            recorded := clock;
            for k in event_at + 1 .. event_at + event_counts[i] loop
                head := head + 1;
                insert into quanke_log (originator_id, originator_version, topic, state,
                                        notification_id, schema, recorded_at, command_id,
                                        command_index, actor, meta)
                values (streams[k], versions[k], topics[k], states[k], head, schemas[k], clock,
                        commands[k], indexes[k], actors[k], metas[k]);
            end loop;
            last := head;
            wrote := true;
        end if;
        event_at := event_at + event_counts[i];
        expect_at := expect_at + expected_counts[i];
        return next;
    end loop;
    if wrote then
        perform pg_notify('quanke_log', '');
    end if;
end $$;
