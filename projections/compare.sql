-- name: tables
select table_name from information_schema.tables where table_schema = $1 order by table_name

-- name: keys
select a.attname
  from pg_index i
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
 where i.indrelid = $1::text::regclass and i.indisprimary
 order by array_position(i.indkey::int2[], a.attnum)

-- name: different
select coalesce(:key_l, :key_t) as key
  from :live l
  full join :truth t on :on
 where l is distinct from t
 order by 1
 limit $1

-- name: pair
with rows as (
    select (select to_jsonb(l) from :live l where :key_l = $1) as live,
           (select to_jsonb(t) from :truth t where :key_t = $1) as truth
)
select live, truth, k.name, live -> k.name as live_value, truth -> k.name as truth_value
  from rows
  left join lateral (
       select name from jsonb_object_keys(coalesce(truth, live)) as n (name)
        where live -> name is distinct from truth -> name
        limit 1) k on true
