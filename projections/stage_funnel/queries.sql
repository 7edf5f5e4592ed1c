-- name: of_scope
select * from :schema.stage_funnel where scope = $1 and cases > 0 order by status
