-- name: all
select * from :schema.department_load order by id

-- name: one
select * from :schema.department_load where id = $1

-- name: all_as_of
select s.id, coalesce(sum(s.open), 0)::bigint as open,
       coalesce(sum(s.overdue), 0)::bigint as overdue,
       coalesce(sum(s.handled), 0)::bigint as handled,
       coalesce(sum(s.closed), 0)::bigint as closed, sum(s.total)::bigint as total
  from (select b.department as id,
               sum(b.n) filter (where b.open) as open,
               sum(case when b.target is null then b.n else b.shown::int end)
                   filter (where b.overdue) as overdue,
               sum(b.n) filter (where b.status = any($1::text[])) as handled,
               sum(b.n) filter (where b.closed_at is not null) as closed,
               sum(b.n) as total
          from :moved b
         where b.department is not null
         group by b.department
         union all
        select e.id, e.open, e.overdue, e.handled, e.closed, e.total
          from :schema.earlier e
         where e.at = :base) s
 group by s.id
having sum(s.total) > 0
 order by s.id
