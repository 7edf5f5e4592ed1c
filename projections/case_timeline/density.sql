-- name: extent
select min(at) as first, max(at) as last from :schema.entry

-- name: by_hour
select (hour - $1) / $2 as bucket, sum(events)::bigint as events
  from :schema.hour
 where hour >= $1 and hour < $3 and ($4 = '' or district = $4)
 group by 1

-- name: by_event
select (at - $1) / $2 as bucket, count(*) as events
  from :schema.entry
 where at >= $1 and at < $3 and scope >= $4 and scope < $5
 group by 1
