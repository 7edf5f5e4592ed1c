-- name: page
select b.number, b.id, b.status, b.open, b.overdue, b.category, b.department, b.scope, b.grid,
       b.lon, b.lat, b.reported_at, b.updated_at, b.closed_at, b.total_due, b.position, b.basis
  from :schema.board b
 where not b.sensitive and not b.exercise
   and b.scope >= $1 and b.scope < $2 and b.category = any($3::text[])
   and ($4::boolean is null or b.open = $4)
   and b.reported_at >= $5 and b.reported_at < $6
   and b.updated_at >= $7 and b.updated_at < $8
 order by b.reported_at desc, b.id desc
 limit $9 offset $10

-- name: numbered
select b.number, b.id, b.status, b.open, b.overdue, b.category, b.department, b.scope, b.grid,
       b.lon, b.lat, b.reported_at, b.updated_at, b.closed_at, b.total_due, b.position, b.basis
  from :schema.board b
 where not b.sensitive and not b.exercise
   and b.scope >= $1 and b.scope < $2 and b.category = any($3::text[])
   and b.number = any($4::text[])
 order by b.number, b.id

-- name: updates
select e.position, e.topic, e.at, e.case_id, b.number
  from rm_case_timeline_v:timeline.entry e
  join :schema.board b on b.id = e.case_id
 where not b.sensitive and not b.exercise
   and b.scope >= $1 and b.scope < $2 and b.category = any($3::text[])
   and e.topic = any($4::text[])
   and e.position > $5 and e.at >= $6 and e.at < $7
 order by e.position
 limit $8

-- name: events
select e.position, e.topic, e.version, e.at, e.recorded_at, e.basis, e.case_id, b.number,
       b.status, b.open, b.category, b.severity, b.scope, b.grid, b.lon, b.lat, b.department
  from rm_case_timeline_v:timeline.entry e
  join :schema.board b on b.id = e.case_id
 where not b.sensitive and not b.exercise
   and b.scope >= $1 and b.scope < $2 and b.category = any($3::text[])
   and e.position > $4
 order by e.position
 limit $5

-- name: of_command
select b.number
  from quanke_log l
  join :schema.board b on b.id = l.originator_id
 where l.command_id = $1 and l.command_index = 0
   and not b.sensitive and b.category = any($2::text[])

-- name: export
select b.number, b.status, b.open, b.overdue, b.category, b.severity, b.tier, b.channel,
       b.scope, b.grid, b.lon, b.lat, b.department, b.basis, b.source, b.reported_at,
       b.accepted_at, b.filed_at, b.dispatched_at, b.acknowledged_at, b.handled_at,
       b.checked_at, b.closed_at, b.updated_at, b.due_at, b.total_due, b.returned, b.rework,
       b.reopened, b.satisfaction, b.position
  from :schema.board b
 where not b.sensitive and not b.exercise and b.category = any($13::text[])
   and ($1::text is null or b.scope >= $1 and b.scope < $2)
   and ($3::text[] is null or b.status = any($3))
   and ($4::text is null or b.category = $4)
   and ($5::text[] is null or b.departments && $5)
   and ($6::boolean is null or b.overdue = $6)
   and ($7::text is null or b.severity = $7)
   and ($8::text is null or b.number >= $8 and b.number < $8 || chr(1114111))
   and ($9::bigint is null or b.reported_at >= $9)
   and ($10::bigint is null or b.reported_at < $10)
   and ($11::boolean is null or b.open = $11)
   and ($12::text[] is null or b.department = any($12))
 order by b.reported_at desc, b.id desc
