-- $1 and $2 bound the scope; $3 is the last position looked at, $4 the last instant.

-- name: open
select stream, alert, device, suggested, scope, grid, certainty, raised_at, position,
       null::text as outcome, null::text as category, null::bigint as decided_at,
       null::text as decided_by, null::bigint as decision
  from :schema.alert
 where scope >= $1 and scope < $2 and position <= $3 and raised_at <= $4
   and (decision is null or decision > $3 or decided_at > $4)
   and position > $5
 order by position limit $6

-- name: decided
select * from :schema.alert
 where scope >= $1 and scope < $2 and decision <= $3 and decided_at <= $4
   and decision < $5 and (outcome = 'confirmed') = $7
 order by decision desc limit $6
