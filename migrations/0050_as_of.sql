-- Where the log stood at an instant (microseconds UTC): the last position recorded by then.
-- recorded_at never falls with the position, so halving finds it in twenty look-ups of the
-- one index that is there: the log needs no other, and appending stays as fast.
create function quanke_position_at(instant bigint) returns bigint language plpgsql stable as $$
declare
    low  bigint := 0;
    high bigint := coalesce((select l.notification_id from quanke_log l
                              order by l.notification_id desc limit 1), 0);
    half bigint;
begin
    while low < high loop
        half := (low + high + 1) / 2;
        if (select (extract(epoch from l.recorded_at) * 1000000)::bigint
              from quanke_log l where l.notification_id = half) <= instant then
            low := half;
        else
            high := half - 1;
        end if;
    end loop;
    return low;
end $$;
