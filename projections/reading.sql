-- name: standing
with live as (
    select c.position, c.recorded_at, m.read_model, m.version, m.rebuild
      from quanke_read_model m
      join quanke_checkpoint c on c.read_model = m.read_model and c.version = m.version
), slowest as (
    select coalesce(min(position), 0) as position,
           coalesce(min(recorded_at), 0) as clock,
           coalesce(md5(string_agg(read_model || version || '.' || rebuild, ','
                                   order by read_model)), '') as view
      from live
)
select s.position,
       coalesce((select notification_id from quanke_log
                  order by notification_id desc limit 1), 0) as head,
       s.clock,
       (select (extract(epoch from l.recorded_at) * 1000000)::bigint from quanke_log l
         where l.notification_id = s.position + 1) as oldest_unapplied_at,
       s.view,
       (select count(distinct (q.read_model, q.stream)) from quanke_quarantine q
         where q.state <> 'skipped') as held
  from slowest s

-- name: look_as
select set_config('role', $1, true), set_config('quanke.low', $2, true),
       set_config('quanke.high', $3, true), set_config('quanke.units', $4, true),
       set_config('quanke.case', $5, true), set_config('quanke.shown', '', true)

-- name: keep_looking
select set_config('quanke.low', $1, false), set_config('quanke.high', $2, false),
       set_config('quanke.units', $3, false), set_config('quanke.case', $4, false),
       set_config('quanke.shown', '', false)

-- name: position
select coalesce(min(c.position), 0) as position from quanke_checkpoint c where c.live
