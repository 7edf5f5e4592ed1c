-- name: of_scope
select * from :schema.stage_funnel where scope = $1 and cases > 0 order by status

-- name: of_scope_as_of
select $3::text as scope, b.status, count(*) as cases
  from :states b
 where b.scope >= $1 and b.scope < $2
 group by b.status
 order by b.status
