-- name: all
select c.read_model, c.version, c.rebuild, c.position, c.recorded_at, c.leaf, c.holds
  from quanke_checkpoint c
  join unnest($1::text[], $2::text[]::integer[]) as w (read_model, version)
    on c.read_model = w.read_model and c.version = w.version
 order by c.read_model

-- name: locked
select c.read_model, c.version, c.rebuild, c.position, c.recorded_at, c.leaf, c.holds
  from quanke_checkpoint c
  join unnest($1::text[], $2::text[]::integer[]) as w (read_model, version)
    on c.read_model = w.read_model and c.version = w.version
 order by c.read_model
   for update of c

-- name: advance
update quanke_checkpoint c
   set position = $3, recorded_at = $4, leaf = $5, updated_at = clock_timestamp()
  from json_to_recordset($1::json)
       as w (read_model text, version integer, rebuild integer, holds integer)
 where c.read_model = w.read_model and c.version = w.version
   and c.rebuild = w.rebuild and c.holds = w.holds and c.position = $2
returning c.read_model

-- name: place
insert into quanke_checkpoint (read_model, version, rebuild, position, recorded_at, leaf, holds)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (read_model, version) do update
   set rebuild = excluded.rebuild, position = excluded.position,
       recorded_at = excluded.recorded_at, leaf = excluded.leaf, holds = excluded.holds,
       updated_at = clock_timestamp()

-- name: live
insert into quanke_read_model (read_model, version, rebuild) values ($1, $2, $3)
on conflict (read_model) do update
   set version = excluded.version, rebuild = excluded.rebuild, swapped_at = clock_timestamp()

-- name: moved_holds
update quanke_checkpoint set holds = holds + 1 where read_model = $1 and version = $2

-- name: leaves
insert into quanke_leaf (position, sha256)
select * from unnest($1::bigint[], $2::bytea[])
on conflict (position) do nothing

-- name: last_leaf
select coalesce(max(position), 0) from quanke_leaf
