-- An alarm is of a case: where it is, and who sees it, the case's row on the board says today.
-- name: standing
select :shown
  from :schema.alarm a join :board b on b.id = a.case_id
 where (a.cleared_at is null or a.acknowledged_at is null)
   and b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and not exists (select from :schema.alarm c where c.alarm = a.alarm and c.cycle > a.cycle)
 order by a.raised_at, a.alarm
 limit $4

-- name: latest
select :shown
  from :schema.alarm a join :board b on b.id = a.case_id
 where a.alarm = $4
   and b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
 order by a.cycle desc limit 1

-- name: of_cases
select distinct on (a.alarm) :shown
  from :schema.alarm a join :board b on b.id = a.case_id
 where a.case_id = any($4::uuid[])
   and b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
 order by a.alarm, a.cycle desc

-- name: active
select * from :schema.alarm where cleared_at is null

-- Figures count `:alarms`: the table, or what it was at a moment (`then_by_…`).
-- name: counts
select a.priority, count(*)::int as raised,
       count(a.acknowledged_at)::int as acknowledged,
       (percentile_disc(0.5) within group (order by a.acknowledged_at - a.raised_at)
          filter (where a.acknowledged_at is not null) / 1000000)::bigint as acknowledge_p50_s,
       count(a.shelved_until)::int as shelved
  from (:alarms) a join :board b on b.id = a.case_id
 where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and a.raised_at >= $4 and a.raised_at < $5
 group by a.priority order by a.priority

-- name: busiest
select coalesce(max(n), 0)::int from (
    select count(*) as n
      from (:alarms) a join :board b on b.id = a.case_id
     where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
       and a.raised_at >= $4 and a.raised_at < $5
     group by a.raised_at / 600000000) tens

-- name: chattering
select a.kind, a.case_id, a.number, a.category, b.scope, count(*)::int as cycles
  from (:alarms) a join :board b on b.id = a.case_id
 where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and a.raised_at >= $4 and a.raised_at < $5
 group by a.alarm, a.kind, a.case_id, a.number, a.category, b.scope
having count(*) > 1
 order by cycles desc, a.number, a.kind
 limit $6

-- Alarms that may have stood at a moment: first raised by then, and not over by then for good.
-- name: perhaps_by_position
select distinct on (a.alarm) a.alarm, b.scope
  from :schema.alarm a join :board b on b.id = a.case_id
  join :schema.alarm f on f.alarm = a.alarm and f.cycle = 1 and f.raised_at <= $5
 where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and (a.position > $4 or a.cleared_at is null or a.acknowledged_at is null)

-- name: perhaps_by_effective
select distinct on (a.alarm) a.alarm, b.scope
  from :schema.alarm a join :board b on b.id = a.case_id
  join :schema.alarm f on f.alarm = a.alarm and f.cycle = 1 and f.raised_at <= $5
 where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and (a.cleared_at is null or a.acknowledged_at is null
        or greatest(a.cleared_at, a.acknowledged_at) > $4)

-- Which of the window's alarms the table can no longer tell about: they may have moved since.
-- name: moved_by_position
select a.alarm, a.cycle
  from :schema.alarm a join :board b on b.id = a.case_id
 where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and a.raised_at >= $4 and a.raised_at < $5 and a.raised_at <= $7 and a.position > $6

-- name: moved_by_effective
select a.alarm, a.cycle
  from :schema.alarm a join :board b on b.id = a.case_id
 where b.scope >= $1 and b.scope < $2 and ($3::text[] is null or b.departments && $3)
   and a.raised_at >= $4 and a.raised_at < $5 and a.raised_at <= least($6::bigint, $7)
   and (a.cleared_at is null or a.acknowledged_at is null
        or greatest(a.cleared_at, a.acknowledged_at) > $6)

-- name: then_by_position
select * from :schema.alarm where position <= :moment
 union all
select * from json_populate_recordset(null:::schema.alarm, :changed::json)

-- name: then_by_effective
select * from :schema.alarm
 where cleared_at is not null and acknowledged_at is not null
   and greatest(cleared_at, acknowledged_at) <= :moment
 union all
select * from json_populate_recordset(null:::schema.alarm, :changed::json)
