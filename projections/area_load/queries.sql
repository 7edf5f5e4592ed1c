-- name: inside
select * from :schema.area_load where scope >= $1 and scope < $2 order by scope

-- name: at_depth
select * from :schema.area_load where scope >= $1 and scope < $2 and depth = $3 order by scope

-- name: one
select * from :schema.area_load where scope = $1

-- name: one_as_of
select $3::text as scope, $4::int as depth, count(*) filter (where b.open) as open, count(*) filter (where b.overdue) as overdue,
               count(*) filter (where b.open and b.severity = 'life_safety') as life_safety,
               count(b.closed_at) as closed, count(*) as total
  from :states b
 where b.scope >= $1 and b.scope < $2
having count(*) > 0

-- name: at_depth_as_of
select array_to_string((string_to_array(s.scope, '.'))[1:$3], '.') || '.' as scope,
       $3::int as depth, sum(s.open)::bigint as open, sum(s.overdue)::bigint as overdue,
       sum(s.life_safety)::bigint as life_safety, sum(s.closed)::bigint as closed,
       sum(s.total)::bigint as total
  from (select b.scope, count(*) filter (where b.open) as open, count(*) filter (where b.overdue) as overdue,
               count(*) filter (where b.open and b.severity = 'life_safety') as life_safety,
               count(b.closed_at) as closed, count(*) as total
          from :states b
         where b.scope >= $1 and b.scope < $2
         group by b.scope) s
 where array_length(string_to_array(s.scope, '.'), 1) > $3
 group by 1
 order by 1
