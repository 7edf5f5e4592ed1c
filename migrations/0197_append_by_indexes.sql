-- What the unique indexes refuse anyway is not looked for first: a command id that is in the log,
-- a stream that must not exist yet. Both look-ups were a sixth of what an event costs the database
-- (docs/adr/0043), and both are all but never found.
--
-- A refusal is caught here, in a transaction within the transaction: it leaves no line in the
-- server's log, and rows that nobody sees, which are vacuumed. As before nothing is written then,
-- head is null and quanke_append_each settles the same commands one by one. Versions of streams
-- that go on are looked for as ever: nothing else would refuse one that is too high.
--
-- `expected_streams`: those alone that must stand at more than 0, and those only read.
create or replace function quanke_append(
    events quanke_new_event[],
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
    begin
        insert into quanke_log (originator_id, originator_version, topic, state, notification_id,
                                schema, recorded_at, command_id, command_index, actor, meta)
        select e.stream, e.version, e.topic, e.state, head + e.step,
               e.schema, recorded, e.command, e.command_index, e.actor, e.meta
          from unnest(events) with ordinality
               as e (stream, version, topic, schema, state, meta, command, command_index, actor, step);
    exception when unique_violation then
        head := null;
        return;
    end;
    perform pg_notify('quanke_log', '');
end $$;
