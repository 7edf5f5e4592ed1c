-- name: page
select * from :schema.reading
 where position < $1
   and ($2::text[] is null or subject = any ($2))
   and ($3::text is null or reader = $3)
   and ($4::text is null or purpose = $4)
   and ($6::bigint is null or position <= $6)
   and ($7::bigint is null or at <= $7)
 order by position desc
 limit $5
