-- name: page
select * from :schema.deadline d
 where ($1::text is null or d.scope >= $1 and d.scope < $2)
   and ($3::text is null or d.clock = $3)
   and ($4::text is null or d.department = $4)
   and ($5::boolean is null or d.passed = $5)
   and ($6::bigint is null or d.due < $6)
   and ($7::bigint is null or (d.due, d.case_id, d.clock) > ($7, $8::uuid, $9::text))
 order by d.due, d.case_id, d.clock
 limit $10

-- name: of_case
select * from :schema.deadline where case_id = $1 order by due, clock
