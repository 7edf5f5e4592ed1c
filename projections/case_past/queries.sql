-- name: raise_tide
insert into :schema.tide as t
select * from json_populate_recordset(null:::schema.tide, $1::json)
    on conflict (block) do update set at = greatest(t.at, excluded.at), low = least(t.low, excluded.low),
                                      reported = greatest(t.reported, excluded.reported)
 where excluded.at > t.at or excluded.low < t.low or excluded.reported > t.reported

-- name: had
-- A department that comes back to a case is there already.
insert into :schema.had
select * from json_populate_recordset(null:::schema.had, $1::json)
    on conflict do nothing

-- name: moved
insert into :schema.moved
select * from json_populate_recordset(null:::schema.moved, $1::json)
    on conflict do nothing

-- What stood at a moment, `:read` of each row. `offset 0` keeps the planner from turning the look-ups,
-- one a span, into a scan of all. The shortest spans there are: `SHORTEST`, `SHORTEST_AT`.

-- name: known
select s.* from generate_series(6, 62) as l
 cross join lateral (
       select :read from :schema.past
        where span = l::smallint
          and position > :at - (1::bigint << l) and position <= :at and until > :at
       offset 0
 ) s
 where l <= (select max(span) from :schema.past)

-- name: happened
select s.* from generate_series(31, 62) as l
 cross join lateral (
       select :read from :schema.past
        where span_at = l::smallint
          and updated_at > :at - (1::bigint << l) and updated_at <= :at and until_at > :at
       offset 0
 ) s
 where l <= (select max(span_at) from :schema.past)

-- name: had_by_one
select h.reported_at, h.id from :schema.had h
 where h.department = (:departments)[1] and h.reported_at <= :bound

-- name: had_by_any
select distinct h.reported_at, h.id from :schema.had h
 where h.department = any(:departments::text[]) and h.reported_at <= :bound
 order by h.reported_at desc, h.id desc

-- name: has_moved
select m.id from :schema.moved m
