-- name: inside
select * from :schema.area_load where scope >= $1 and scope < $2 order by scope

-- name: at_depth
select * from :schema.area_load where scope >= $1 and scope < $2 and depth = $3 order by scope

-- name: whole
select coalesce(sum(open), 0)::bigint as open, coalesce(sum(overdue), 0)::bigint as overdue,
       coalesce(sum(life_safety), 0)::bigint as life_safety,
       coalesce(sum(closed), 0)::bigint as closed, coalesce(sum(total), 0)::bigint as total
  from :schema.area_load where depth = 1

-- name: overdue_by_depth
select depth, sum(overdue)::bigint as overdue, max(overdue) as most
  from :schema.area_load group by depth

-- name: one
select * from :schema.area_load where scope = $1

-- name: one_as_of
select $3::text as scope, $4::int as depth, :sums
  from (select
               :counts
          from :moved b
         where b.scope >= $1 and b.scope < $2
         union all
        select e.open, e.overdue, e.life_safety, e.closed, e.total
          from :schema.earlier e
         where e.at = :base and e.scope = $3) s
having sum(s.total) > 0

-- name: at_depth_as_of
select s.scope, $3::int as depth, :sums
  from (select array_to_string((string_to_array(b.scope, '.'))[1:$3], '.') || '.' as scope,
               :counts
          from :moved b
         where b.scope >= $1 and b.scope < $2
           and array_length(string_to_array(b.scope, '.'), 1) > $3
         group by 1
         union all
        select e.scope, e.open, e.overdue, e.life_safety, e.closed, e.total
          from :schema.earlier e
         where e.at = :base and e.depth = $3 and e.scope >= $1 and e.scope < $2) s
 group by s.scope
having sum(s.total) > 0
 order by s.scope
