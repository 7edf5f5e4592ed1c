-- name: position_at
select quanke_position_at($1::bigint)

-- name: place
select coalesce(quanke_recorded_at($1), 0) as clock,
       coalesce((select max(t.at) from :schema.tide t where t.block <= $2), 0) as bound

-- name: now_by_position
select :now from :among
 where n.position <= :at and :walked <= :bound and :seen_now

-- name: now_by_effective
select :now from :among
 where n.updated_at <= :at and :walked <= :bound and :seen_now

-- name: then
select :then from (:stretch) p :unfolded:seen_today

-- name: inside
:row.scope >= :low and :row.scope < :high

-- name: theirs
:row.departments && :units

-- name: seen_today
 join :present t on t.id = :past.id and :seen

-- name: stood_by_position
n.position <= :at

-- name: stood_by_effective
n.updated_at <= :at

-- name: began_by_position
p.position <= :at

-- name: began_by_effective
p.updated_at <= :at

-- name: walked
-- Today's rows in an order that no event changes, each as its case was at the moment.
select b.* from :among
 cross join lateral (
       select :now where :stood
        union all
       (select :then from :whole p
         where not (:stood) and p.id = n.id and :began order by p.position desc limit 1)
 ) b
 where :walked <= :bound and :seen_now

-- name: once_had
(:had) h cross join lateral (select * from :board n where n.id = h.id offset 0) n

-- name: keyed
-- The keys of a page first: from the past, then from the present no further than a full page of
-- the past reaches. The bound of two is an index's, and not taken for a short stretch by the
-- planner; without a subquery it would leak past row policies, which then come first.
with past_page as materialized (
       :past_page
), page as (
       select * from past_page
        union all
       (:present_page)
        order by 1:way, 2:way limit :limit
)
select b.* from page
 cross join lateral (
       select :now from :source where page.place is null and n.id = page.id
        union all
       select :then from :whole p where p.until = page.place
 ) b
 order by page.key:way, page.id:way

-- name: no_further_back
(n.:key, n.id) >= (
       (select coalesce((select key from past_page offset :limit - 1 limit 1),
                        '-9223372036854775808'::bigint)),
       '00000000-0000-0000-0000-000000000000'::uuid)

-- name: no_further_on
(n.:key, n.id) <= (
       (select coalesce((select key from past_page offset :limit - 1 limit 1),
                        '9223372036854775807'::bigint)),
       'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)

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
