-- name: latest
select * from :schema.feed
 where scope >= $1 and scope < $2
   and ($3::text[] is null or category <> all($3))
   and position > $4
 order by position desc
 limit $5

-- name: known
select e.position, e.case_id, e.at, e.topic, s.number, s.category, s.scope, s.grid,
       s.department, s.severity,
       case when s.target is null then s.overdue else s.target <= e.recorded_at end as overdue
  from :entry e
 cross join lateral (
       select number, category, scope, grid, department, severity, overdue, target from :past p
        where p.id = e.case_id and p.position = e.position
       union all
       select number, category, scope, grid, department, severity, overdue, target from :board n
        where n.id = e.case_id and n.position = e.position) s
 where e.position <= $7 and e.position > $4 and e.topic = any($6::text[])
   and e.scope >= $1 and e.scope < $2
   and ($3::text[] is null or s.category <> all($3))
   and not exists (select from :board n where n.id = e.case_id and n.sensitive)
   and not exists (select from :past p
                    where p.id = e.case_id and p.position >= e.position and p.position <= $7
                      and p.sensitive)
 order by e.position desc
 limit $5

-- name: happened
select e.position, e.case_id, e.at, e.topic, s.number, s.category, s.scope, s.grid,
       s.department, s.severity,
       case when s.target is null then s.overdue else s.target <= e.recorded_at end as overdue
  from :entry e
 cross join lateral (
       select number, category, scope, grid, department, severity, overdue, target from :past p
        where p.id = e.case_id and p.position = e.position
       union all
       select number, category, scope, grid, department, severity, overdue, target from :board n
        where n.id = e.case_id and n.position = e.position) s
 where e.at <= $7 and e.position > $4 and e.topic = any($6::text[])
   and e.scope >= $1 and e.scope < $2
   and ($3::text[] is null or s.category <> all($3))
   and not exists (select from :board n where n.id = e.case_id and n.sensitive)
   and not exists (select from :past p
                    where p.id = e.case_id and p.position >= e.position and p.updated_at <= $7
                      and p.sensitive)
 order by e.at desc, e.position desc
 limit $5
