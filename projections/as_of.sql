-- name: position_at
select quanke_position_at($1::bigint)

-- name: clock
(select coalesce(quanke_recorded_at(:at), 0))

-- name: bound
(select coalesce(max(t.:latest), 0) from :schema.tide t where t.block <= :at >> :block)

-- name: place
select coalesce(quanke_recorded_at($1), 0) as clock,
       coalesce((select max(t.at) from :schema.tide t where t.block <= $2), 0) as bound

-- The present: what has not moved since, and what stood at the moment and has.

-- name: now_by_position
select :now from :among
 where n.position <= :at and :walked <= :bound and :seen_now

-- name: now_by_effective
select :now from :among
 where n.updated_at <= :at and :walked <= :bound and :seen_now

-- name: along_by_position
-- Walked for as long as rows are wanted. What is asked of a row is not null of nearly all, the planner
-- believes; said plainly, it would read and sort all cases of a department rather than walk.
select :now from :among
 where :walked <= :bound and nullif(n.position <= :at and :seen_now, false) is not null

-- name: along_by_effective
select :now from :among
 where :walked <= :bound and nullif(n.updated_at <= :at and :seen_now, false) is not null

-- name: then
select :then from (:stretch) p :unfolded :held_today

-- name: inside
:row.scope >= :low and :row.scope < :high

-- name: theirs
:row.departments && :units

-- name: there
-- In sight where it lay then, or it lies elsewhere now: few are left to be held against today.
(b.scope >= :low and b.scope < :high or b.id in (:has_moved))

-- name: once_theirs
-- Whose case it is today has had it once: the others of what stood are not looked up.
b.id in (select h.id from :schema.had h where h.department = any(:units))

-- name: held_today
join :present t on t.id = p.id and :seen_then

-- name: both
(:half_now union all :half_then)

-- name: of_one
-- Of one case nothing of what stood at the moment is looked through: its own past is found by its id.
select b.* from :source
 cross join lateral (:as_it_was) b
 where n.id = :which

-- name: as_it_was
-- Today's row if it stood at the moment, else the one of the case's own past that did.
select :now where :stood
 union all
(select :then from :whole p
  where not (:stood) and p.id = n.id and :began order by p.position desc limit 1)

-- name: halves
-- A page cut from each half before the two are put together.
select * from ((:page_now) union all (:page_then)) b:ordered

-- name: stood_by_position
n.position <= :at

-- name: stood_by_effective
n.updated_at <= :at

-- name: began_by_position
p.position <= :at

-- name: began_by_effective
p.updated_at <= :at

-- name: once_had
(:once) h cross join lateral (select * from :board n where n.id = h.id offset 0) n

-- name: moved
-- What counts are made of since they were kept: `n` is how often a row counts beside what was
-- kept, `shown` whether its stated target may count. From the past; from the board: what has a
-- target, what came since; what was there and has left.
select true as shown, (p.position > :base)::int as n, :then from (:stretch) p
 union all
select true, 0, :now from :source where n.target is not null and :had
 union all
select false, 1, :now from (:came) n
 union all
select false, -1, :then from (:left) p

-- name: counts
sum(b.n) filter (where b.open) as open,
       sum(case when b.target is null then b.n else b.shown::int end)
           filter (where b.overdue) as overdue,
       sum(b.n) filter (where b.open and b.severity = 'life_safety') as life_safety,
       sum(b.n) filter (where b.closed_at is not null) as closed,
       sum(b.n) as total

-- name: sums
coalesce(sum(s.open), 0)::bigint as open, coalesce(sum(s.overdue), 0)::bigint as overdue,
       coalesce(sum(s.life_safety), 0)::bigint as life_safety,
       coalesce(sum(s.closed), 0)::bigint as closed, sum(s.total)::bigint as total

-- name: had_by_position
n.position <= :at

-- name: had_by_effective
n.updated_at <= :at

-- name: came_near
select n.* from unnest(:starts, :ends) as r (low, high)
 cross join lateral (
       select n.* from :source where n.position > r.low and n.position <= r.high and :had
       offset 0
 ) n

-- name: came
select n.* from :source where n.position > :base and :had

-- name: left_by_position
select * from (:known_at_base) s where s.until <= :at

-- name: left_by_effective
select * from (:known_at_base) s where s.until_at <= :at

-- name: waters
select f.block, array(select t.block from :schema.tide t
                        where t.block >= f.block - $3 and t.low <= $1 order by t.block) as near
  from (select coalesce(min(t.block) filter (where t.at > $1), $2) as block
          from :schema.tide t) f
