-- name: inside
select * from :schema.grid_load where scope >= $1 and scope < $2 order by code

-- name: one
select * from :schema.grid_load where code = $1
