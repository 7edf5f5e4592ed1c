-- name: all
select * from :schema.department_load order by id

-- name: one
select * from :schema.department_load where id = $1

-- name: all_as_of
select b.department as id, count(*) filter (where b.open) as open,
       count(*) filter (where b.overdue) as overdue,
       count(*) filter (where b.status = any($1::text[])) as handled,
       count(b.closed_at) as closed, count(*) as total
  from :states b
 where b.department is not null
 group by b.department
 order by b.department
