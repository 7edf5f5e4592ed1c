-- name: standing
select a.* from :schema.alarm a
 where (a.cleared_at is null or a.acknowledged_at is null) and a.scope >= $1 and a.scope < $2
   and not exists (select from :schema.alarm b where b.alarm = a.alarm and b.cycle > a.cycle)
 order by a.raised_at, a.alarm
 limit $3

-- name: latest
select * from :schema.alarm where alarm = $1 order by cycle desc limit 1

-- name: active
select * from :schema.alarm where cleared_at is null

-- name: counts
select priority, count(*)::int as raised,
       count(acknowledged_at)::int as acknowledged,
       (percentile_disc(0.5) within group (order by acknowledged_at - raised_at)
          filter (where acknowledged_at is not null) / 1000000)::bigint as acknowledge_p50_s,
       count(shelved_until)::int as shelved
  from :schema.alarm
 where raised_at >= $1 and raised_at < $2 and scope >= $3 and scope < $4
 group by priority order by priority

-- name: busiest
select coalesce(max(n), 0)::int from (
    select count(*) as n from :schema.alarm
     where raised_at >= $1 and raised_at < $2 and scope >= $3 and scope < $4
     group by raised_at / 600000000) tens

-- name: chattering
select kind, case_id, number, category, scope, count(*)::int as cycles
  from :schema.alarm
 where raised_at >= $1 and raised_at < $2 and scope >= $3 and scope < $4
 group by alarm, kind, case_id, number, category, scope
having count(*) > 1
 order by cycles desc, number, kind
 limit $5
