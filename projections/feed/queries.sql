-- name: latest
select * from :schema.feed
 where scope >= $1 and scope < $2
   and ($3::text[] is null or category <> all($3))
   and position > $4
 order by position desc
 limit $5
