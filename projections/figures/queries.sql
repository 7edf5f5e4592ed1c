-- A case counts in a window only when it waits still or something happened to it since the
-- window began: the rest are left out before the dear predicates, but their areas are not.
-- Nothing happened to a case since then whose latest event lies before the floor, a position
-- before which every event is earlier than the window (case_past.tide).

-- name: floor
select case when exists (select from quanke_quarantine) then 0
            else coalesce((select min(block) << $2::integer from :tide where at >= $1),
                          9223372036854775807) end

-- name: since
select * from :schema.measure where position >= $5

-- name: waiting
select * from :schema.measure
 where position < $5 and closed_at is null and status not in ('cancelled', 'declined', 'merged')

-- name: departments
select distinct m.department as key
  from :states m
 where m.scope >= $1 and m.scope < $2 and m.department is not null
 order by key

-- name: of_area
select $3::text as key, :columns
  from (select * from :states m where m.scope >= $3 and m.scope < $4 and :alive) m

-- name: by_area
select array_to_string((string_to_array(scope, '.'))[1:$6], '.') || '.' as key, :columns
  from (select * from :states m where m.scope >= $3 and m.scope < $4 and :alive) m
 where array_length(string_to_array(scope, '.'), 1) > $6
 group by 1

-- name: by_department
select department as key, :columns
  from (select * from :states m where m.scope >= $3 and m.scope < $4 and :alive) m
 where department is not null
 group by 1

-- name: alive
(m.closed_at is null and m.status not in ('cancelled', 'declined', 'merged')
    or greatest(m.reported_at, m.accepted_at, m.filed_at, m.dispatched_at, m.acknowledged_at,
                m.handled_at, m.checked_at, m.closed_at) >= $1)

-- name: timed_by_area
select array_to_string((string_to_array(scope, '.'))[1:$6], '.') || '.' as key, pauses, :columns
  from :states m
 where m.scope >= $3 and m.scope < $4
   and array_length(string_to_array(scope, '.'), 1) > $6 and (:wanted)

-- name: timed_by_department
select department as key, pauses, :columns
  from :states m
 where m.scope >= $3 and m.scope < $4 and department is not null and (:wanted)

-- name: cases
select id from :states m
 where m.scope >= $3 and m.scope < $4 and (:columns)
   and ($5::text is null or department = $5)
 order by id
 limit $6

-- name: counted
select id, (:numerator) as counted, (:measure) as value from :states m
 where m.scope >= $3 and m.scope < $4 and (:columns)
   and ($5::text is null or department = $5)
   and ($6::uuid is null or id > $6) and ($1::bigint, $2::bigint) is not null
 order by id
 limit $7

-- name: reached
select position, recorded_at from quanke_checkpoint where read_model = $1 and version = $2
