-- name: later
select id from :schema.measure where position > $1

-- name: clock
select (extract(epoch from recorded_at) * 1000000)::bigint from quanke_log
 where notification_id = $1

-- name: by_area
select array_to_string((string_to_array(scope, '.'))[1:$7], '.') || '.' as key, :columns
  from (select * from :schema.measure where position <= $3 and scope >= $4 and scope < $5
        union all
        select * from json_populate_recordset(null:::schema.measure, $6::json)
         where scope >= $4 and scope < $5) m
 where array_length(string_to_array(scope, '.'), 1) > $7
 group by 1 order by 1

-- name: by_department
select department as key, :columns
  from (select * from :schema.measure where position <= $3 and scope >= $4 and scope < $5
        union all
        select * from json_populate_recordset(null:::schema.measure, $6::json)
         where scope >= $4 and scope < $5) m
 where department is not null
 group by 1 order by 1

-- name: timed_by_area
select array_to_string((string_to_array(scope, '.'))[1:$7], '.') || '.' as key, pauses, :columns
  from (select * from :schema.measure where position <= $3 and scope >= $4 and scope < $5
        union all
        select * from json_populate_recordset(null:::schema.measure, $6::json)
         where scope >= $4 and scope < $5) m
 where array_length(string_to_array(scope, '.'), 1) > $7 and (:wanted)

-- name: timed_by_department
select department as key, pauses, :columns
  from (select * from :schema.measure where position <= $3 and scope >= $4 and scope < $5
        union all
        select * from json_populate_recordset(null:::schema.measure, $6::json)
         where scope >= $4 and scope < $5) m
 where department is not null and (:wanted)

-- name: cases
select id
  from (select * from :schema.measure where position <= $3 and scope >= $4 and scope < $5
        union all
        select * from json_populate_recordset(null:::schema.measure, $6::json)
         where scope >= $4 and scope < $5) m
 where (:columns) and ($7::text is null or department = $7)
 order by id limit $8

-- name: reached
select position from quanke_checkpoint where read_model = $1 and version = $2
