-- The log behind row policies as well: who reads sees the events of the cases it may see.
--
-- `quanke_shown` asks the board, under the sight of whoever asks; it is made anew for the
-- board's live version (projections/sight.sql), and until then shows nothing. Positions and
-- instants are nobody's secret: they come from functions of the owner, so that a policy never
-- hides where the log stands. Calendars are published: figures count by them, whoever asks. The
-- owner, who writes, is held by no policy here.
create function quanke_shown(shown uuid) returns boolean language plpgsql stable parallel safe as $$
begin
    return false;
end $$;

create function quanke_recorded_at(place bigint) returns bigint language sql stable
    security definer set search_path from current as $$
    select (extract(epoch from l.recorded_at) * 1000000)::bigint
      from quanke_log l where l.notification_id = place
$$;
alter function quanke_position_at(bigint) security definer set search_path from current;

alter table quanke_log enable row level security;
create policy seen_all on quanke_log for select to quanke_sees_all using (true);
create policy seen on quanke_log for select
    to quanke_sees_scope, quanke_sees_units, quanke_sees_both, quanke_sees_case
 using (quanke_shown(originator_id));
create policy published on quanke_log for select
    to quanke_sees_scope, quanke_sees_units, quanke_sees_both, quanke_sees_case
 using (topic = 'calendar.published');

-- The reading pool's sessions begin as quanke_reader: of the log they see where it stands.
revoke select on quanke_log from quanke_reader;
grant select (notification_id, recorded_at) on quanke_log to quanke_reader;
create policy standing on quanke_log for select to quanke_reader using (true);
