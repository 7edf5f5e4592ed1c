-- name: drop
drop schema if exists :schema cascade

-- name: create
create schema :schema

-- name: exists
select exists (select from pg_namespace where nspname = $1)

-- name: tables
select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = $1

-- name: head
select coalesce(max(notification_id), 0) from quanke_log

-- name: read_all
select notification_id, originator_id, originator_version, topic, schema,
       (extract(epoch from recorded_at) * 1000000)::bigint,
       command_id, command_index, actor, meta, state
  from quanke_log
 where notification_id > $1
 order by notification_id
 limit $2

-- name: read_reference
select notification_id, originator_id, originator_version, topic, schema,
       (extract(epoch from recorded_at) * 1000000)::bigint,
       command_id, command_index, actor, meta, state
  from quanke_log
 where notification_id > $1 and topic not like 'case.%' and topic not like 'access.%'
 order by notification_id
 limit $2

-- name: read_streams
select notification_id, originator_id, originator_version, topic, schema,
       (extract(epoch from recorded_at) * 1000000)::bigint,
       command_id, command_index, actor, meta, state
  from quanke_log
 where originator_id = any($1::uuid[])
 order by originator_id, originator_version
