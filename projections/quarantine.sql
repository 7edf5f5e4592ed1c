-- name: rows
select q.read_model, q.version, q.position, q.stream, q.stream_version, q.topic,
       q.state, q.error, q.attempts, q.reason, q.decided_by
  from quanke_quarantine q
  join unnest($1::text[], $2::integer[]) as w (read_model, version)
    on q.read_model = w.read_model and q.version = w.version
 order by q.read_model, q.position

-- name: hold
insert into quanke_quarantine
       (read_model, version, position, stream, stream_version, topic, state, error)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (read_model, version, position) do update
   set attempts = quanke_quarantine.attempts + 1, error = excluded.error
 where quanke_quarantine.state <> 'skipped'

-- name: of_stream
select q.read_model, q.version, q.position, q.stream, q.stream_version, q.topic,
       q.state, q.error, q.attempts, q.reason, q.decided_by
  from quanke_quarantine q
 where q.read_model = $1 and q.version = $2 and q.stream = $3
 order by q.position

-- name: release
delete from quanke_quarantine
 where read_model = $1 and version = $2 and stream = $3 and state <> 'skipped'

-- name: skip
update quanke_quarantine set state = 'skipped', reason = $4, decided_by = $5
 where read_model = $1 and version = $2 and position = $3 and state = 'poison'
returning stream

-- name: clear
delete from quanke_quarantine
 where read_model = $1 and version = $2 and state <> 'skipped'

-- name: failed_again
update quanke_quarantine
   set attempts = attempts + 1, error = case when state = 'poison' then $4 else error end
 where read_model = $1 and version = $2 and stream = $3 and state <> 'skipped'
