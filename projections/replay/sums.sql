-- name: sums
select :place as place, e.topic, count(*) as steps, min(e.position) as first, max(e.position) as last
  from :told
 group by 1, 2
 order by 3 desc, 1, 2

-- name: lines
select e.position, e.case_id, e.at, e.topic, s.number, s.category, s.scope, s.grid,
       s.department, s.severity,
       case when s.target is null then s.overdue else s.target <= e.recorded_at end as overdue
  from :told
   and ($9::text is null or :place = $9) and ($10::text is null or e.topic = $10)
   and e.position < $11
 order by e.position desc
 limit $12

-- name: place
case when s.grid is null then e.scope
     else array_to_string((string_to_array(rtrim(e.scope, '.'), '.'))[1:$8::int], '.') || '.' end

-- name: told
:entry e
 cross join lateral (
       select number, category, scope, grid, department, severity, overdue, target from :past p
        where p.id = e.case_id and p.position = e.position
       union all
       select number, category, scope, grid, department, severity, overdue, target from :board n
        where n.id = e.case_id and n.position = e.position) s
 where :window and e.position <= $1 and e.scope >= $4 and e.scope < $5 and e.topic = any($6::text[])
   and ($7::text[] is null or s.category <> all($7))
   and not exists (select from :board n where n.id = e.case_id and n.sensitive)
   and not exists (select from :past p
                    where p.id = e.case_id and p.position >= e.position and p.position <= $1
                      and p.sensitive)
