-- name: inside
select * from :schema.area_load where scope >= $1 and scope < $2 order by scope

-- name: at_depth
select * from :schema.area_load where scope >= $1 and scope < $2 and depth = $3 order by scope

-- name: one
select * from :schema.area_load where scope = $1
