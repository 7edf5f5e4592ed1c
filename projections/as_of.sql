-- name: position_at
select quanke_position_at($1::bigint)

-- name: place
select coalesce((select (extract(epoch from l.recorded_at) * 1000000)::bigint
                   from quanke_log l where l.notification_id = $1), 0) as clock,
       coalesce((select max(t.at) from :schema.tide t where t.block <= $2), 0) as bound

-- name: now_by_position
select :now from :source
 where n.position <= :at and :walked <= :bound and :seen_now

-- name: now_by_effective
select :now from :source
 where n.updated_at <= :at and :walked <= :bound and :seen_now

-- name: then
select :then from (:stretch) p :unfolded:seen_today

-- name: seen
(:low is null or :row.scope >= :low and :row.scope < :high)
   and (:units is null or :row.departments && :units)

-- name: seen_today
 join :present t on t.id = p.id and :seen
