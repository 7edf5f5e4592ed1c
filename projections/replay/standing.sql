-- name: loads
select grouping(b.grid, b.department, b.scope) as kind, b.grid, b.department, b.scope,
       max(b.scope) as place,
       count(*) filter (where b.open) as open,
       count(*) filter (where b.overdue) as overdue,
       count(*) filter (where b.open and b.severity = 'life_safety') as life_safety,
       count(*) filter (where b.status = any($1)) as handled,
       count(b.closed_at) as closed,
       count(*) as total
  from :states b
 group by grouping sets ((b.grid), (b.department), (b.scope))

-- name: ahead
select b.id, b.target as due, b.grid, b.department, b.scope
  from :states b
 where b.target > $1

-- name: day
select b.id, b.basis, b.reported_at, b.accepted_at, b.closed_at
  from :states b
 where b.scope >= $3 and b.scope < $4
   and (b.reported_at >= $1 and b.reported_at < $2
        or b.accepted_at >= $1 and b.accepted_at < $2
        or b.closed_at >= $1 and b.closed_at < $2)

-- name: hidden
select id from :schema.board where id = any($1::uuid[]) and sensitive
