-- name: of_scope
select * from :schema.stage_funnel where scope = $1 and cases > 0 order by status

-- name: of_scope_as_of
select $3::text as scope, s.status, sum(s.cases)::bigint as cases
  from (select b.status, sum(b.n) as cases
          from :moved b
         where b.scope >= $1 and b.scope < $2
         group by b.status
         union all
        select e.status, e.cases from :schema.earlier e where e.at = :base and e.scope = $3) s
 group by s.status
having sum(s.cases) > 0
 order by s.status
