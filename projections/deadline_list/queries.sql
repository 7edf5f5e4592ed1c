-- name: page
select * from :states b
 where ($1::text is null or b.scope >= $1 and b.scope < $2)
   and ($3::text is null or b.clock = $3)
   and ($4::text is null or b.department = $4)
   and ($5::boolean is null or b.passed = $5)
   and ($6::bigint is null or b.due < $6)
   and ($7::bigint is null or (b.due, b.case_id, b.clock) > ($7, $8::uuid, $9::text))
 order by b.due, b.case_id, b.clock
 limit $10

-- name: of_case
select * from :states b where b.case_id = $1 order by b.due, b.clock
