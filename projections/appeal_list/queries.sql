-- name: page
-- $1 and $2 bound the scope, $3 is the department (null: any), $4 the last position looked at,
-- $5 the last instant, $6 the position before which the page begins, $7 its size; $8 whether
-- only decided ones (true), only undecided ones (false) or both (null) are wanted; $9 which one
-- alone (null: all); $10 whether those of departments (true) or of grids (false).
select appeal, case_id, number, scope, sensitive, unit, figure, filed_at, filed_by, position,
       case when told then upheld end as upheld, case when told then decided_at end as decided_at,
       case when told then decided_by end as decided_by, case when told then decision end as decision
  from (select *, coalesce(decision <= $4 and decided_at <= $5, false) as told
          from :schema.appeal
         where scope >= $1 and scope < $2 and ($3::text is null or unit = $3)
           and position <= $4 and filed_at <= $5 and position < $6
           and ($9::text is null or appeal = $9)
           and ($10::boolean is null or (unit is not null) = $10)) one
 where $8::boolean is null or told = $8
 order by position desc limit $7
