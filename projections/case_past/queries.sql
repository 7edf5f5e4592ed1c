-- name: raise_tide
insert into :schema.tide as t
select * from json_populate_recordset(null:::schema.tide, $1::json)
    on conflict (block) do update set at = greatest(t.at, excluded.at), low = least(t.low, excluded.low)
 where excluded.at > t.at or excluded.low < t.low

-- `offset 0` keeps the planner from turning the look-ups, one a span, into a scan of all.

-- name: known
select s.* from generate_series(0, 62) as l
 cross join lateral (
       select * from :schema.past
        where span = l::smallint
          and position > :at - (1::bigint << l) and position <= :at and until > :at
       offset 0
 ) s
 where l <= (select max(span) from :schema.past)

-- name: happened
select s.* from generate_series(0, 62) as l
 cross join lateral (
       select * from :schema.past
        where span_at = l::smallint
          and updated_at > :at - (1::bigint << l) and updated_at <= :at and until_at > :at
       offset 0
 ) s
 where l <= (select max(span_at) from :schema.past)
