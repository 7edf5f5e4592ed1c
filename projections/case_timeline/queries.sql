-- name: of_case
select e.position, e.case_id, e.version, e.topic, e.at, e.recorded_at,
       e.actor, e.role, e.unit, e.basis, l.schema, l.state, l.meta
  from :schema.entry e
  join quanke_log l on l.originator_id = e.case_id and l.originator_version = e.version
 where e.case_id = $1 and e.version > $2
   and exists (select from :board b where b.id = $1)
   and ($4::bigint is null or e.position <= $4) and ($5::bigint is null or e.at <= $5)
   and ($6::bigint is null or e.version <= $6)
 order by e.version
 limit $3

-- name: up_to
select e.position, e.case_id, e.version, e.topic, e.at, e.recorded_at,
       e.actor, e.role, e.unit, e.basis, l.schema, l.state, l.meta
  from :schema.entry e
  join quanke_log l on l.originator_id = e.case_id and l.originator_version = e.version
 where e.case_id = $1 and e.position <= $2
 order by e.version
 limit $3

-- name: below
select e.position, e.case_id, e.version, e.topic, e.at, e.recorded_at,
       e.actor, e.role, e.unit, e.basis
  from :schema.entry e
 where e.case_id = o.id and e.version > :after and (o.version is null or e.version <= o.version)
   and (:position is null or e.position <= :position)
   and (:effective_at is null or e.at <= :effective_at)
 order by e.version
 limit :limit

-- name: below_with_state
select e.position, e.case_id, e.version, e.topic, e.at, e.recorded_at,
       e.actor, e.role, e.unit, e.basis, l.state
  from :schema.entry e
  join quanke_log l on l.originator_id = e.case_id and l.originator_version = e.version
 where e.case_id = o.id and e.version > :after and (o.version is null or e.version <= o.version)
   and (:position is null or e.position <= :position)
   and (:effective_at is null or e.at <= :effective_at)
 order by e.version
 limit :limit
