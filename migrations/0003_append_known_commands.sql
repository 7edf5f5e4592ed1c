-- A command id that is already in the log is looked for before inserting, like a version
-- that does not fit: a client that sends again after a lost answer is no error, and leaves
-- neither dead rows nor a line in the server's log. The unique index stays the last word.

create or replace function quanke_append(
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
        and exists (select from quanke_log l
                     where l.command_id = c.command and l.command_index = 0)
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
