-- name: tables
select table_name from information_schema.tables where table_schema = $1 order by table_name

-- name: rows
select encode(sha256(coalesce(string_agg(hash, ''::bytea order by hash), ''::bytea)), 'hex')
  from (select sha256(convert_to(t::text, 'UTF8')) as hash from :table t) hashed
