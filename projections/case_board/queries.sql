-- name: one
select * from :states b where b.id = $1

-- name: many
select * from :states b where b.id = any($1::uuid[])

-- name: by_number
select * from :states b where b.number = $1 order by b.id limit 1

-- name: key_of
select id from :schema.board where number = $1 order by id limit 1

-- name: count
select count(*) from :states b
 where true:conditions

-- name: page
select :listed from :states b
 where true:conditions
 order by :order
 limit :limit

-- name: today
select count(*) filter (where b.reported_at >= $1 and b.reported_at < $2) as reported,
       count(*) filter (where b.closed_at >= $1 and b.closed_at < $2) as closed
  from :states b
 where (b.reported_at >= $1 and b.reported_at < $2 or b.closed_at >= $1 and b.closed_at < $2)
   and b.scope >= $3 and b.scope < $4

-- name: accept_median
select (percentile_disc(0.5) within group (order by b.accepted_at - b.reported_at) / 1000000)::bigint
  from :states b
 where b.accepted_at >= $1 and b.accepted_at < $2
   and b.scope >= $3 and b.scope < $4 and b.basis <> 'source'

-- name: run_out
-- But for cases of the page itself, which are written as of the same clock.
update :schema.board set overdue = true
 where target is not null and not overdue and target <= $1 and id <> all($2::uuid[])
returning *

-- name: similar
-- Beside a case `t`. What a degree of longitude measures is worked out for those of its kind alone.
select b.* from :schema.board b
 where b.open and b.id <> t.id and b.reported_at >= coalesce(t.reported_at, 0) - :days
   and (b.grid = t.grid and b.scope = t.scope
        or b.category = t.category and b.lat between t.lat - :north and t.lat + :north
           and abs(b.lon - t.lon)
               <= round(:north / greatest(cos(radians(t.lat::float8 / 1000000)), 0.01)))
 order by (b.category = t.category) desc, b.reported_at desc, b.id
 limit :most

-- name: open_here
-- Open cases that no source keeps: what reacts by itself looks at them when it begins.
select id, basis from :schema.board where open and basis <> 'source'

-- name: imported
select source, count(*)::int as cases, max(position) as position,
       quanke_recorded_at(max(position)) as recorded_at
  from :states b
 where basis = 'source' and source is not null and scope >= $1 and scope < $2
 group by source
 order by position desc
