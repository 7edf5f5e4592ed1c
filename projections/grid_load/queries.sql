-- name: inside
select * from :schema.grid_load where scope >= $1 and scope < $2 order by code

-- name: one
select * from :schema.grid_load where code = $1

-- name: inside_as_of
select s.code, min(s.scope) as scope, :sums
  from (select b.grid as code, min(b.scope) as scope,
               :counts
          from :moved b
         where b.grid is not null and b.scope >= $1 and b.scope < $2
         group by b.grid
         union all
        select e.code, e.scope, e.open, e.overdue, e.life_safety, e.closed, e.total
          from :schema.earlier e
         where e.at = :base and e.scope >= $1 and e.scope < $2) s
 group by s.code
having sum(s.total) > 0
 order by s.code
