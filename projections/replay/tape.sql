-- name: effective
select l.notification_id, l.originator_id, l.originator_version, l.topic, l.schema,
       (extract(epoch from l.recorded_at) * 1000000)::bigint, l.command_id, l.command_index,
       l.actor, l.meta, l.state
  from (select e.at, e.position from :schema.entry e
         where (e.at, e.position) > ($1, $2) and e.at <= $3 and e.position <= $5
         order by e.at, e.position limit $4) e
  join quanke_log l on l.notification_id = e.position
 order by e.at, e.position

-- name: recorded
select l.notification_id, l.originator_id, l.originator_version, l.topic, l.schema,
       e.recorded_at, l.command_id, l.command_index, l.actor, l.meta, l.state
  from (select e.recorded_at, e.position from :schema.entry e
         where e.position > $2 and e.position <= least($5, quanke_position_at($3))
           and $1::bigint >= 0
         order by e.position limit $4) e
  join quanke_log l on l.notification_id = e.position
 order by e.position

-- name: effective_place
select count(*) from :schema.entry where at <= $1 and position <= $2

-- name: recorded_place
select least(quanke_position_at($1), $2)
