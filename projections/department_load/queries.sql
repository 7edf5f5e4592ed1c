-- name: all
select * from :schema.department_load order by id

-- name: one
select * from :schema.department_load where id = $1
