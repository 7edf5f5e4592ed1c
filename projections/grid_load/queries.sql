-- name: inside
select * from :schema.grid_load where scope >= $1 and scope < $2 order by code

-- name: one
select * from :schema.grid_load where code = $1

-- name: inside_as_of
select b.grid as code, min(b.scope) as scope, count(*) filter (where b.open) as open, count(*) filter (where b.overdue) as overdue,
       count(*) filter (where b.open and b.severity = 'life_safety') as life_safety,
       count(b.closed_at) as closed, count(*) as total
  from :states b
 where b.grid is not null and b.scope >= $1 and b.scope < $2
 group by b.grid
 order by b.grid
