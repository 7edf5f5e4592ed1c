-- A page of cases as of a moment. Words of the page itself (`:conditions`, `:order`, `:limit` …) are those
-- of `projections/select.py`, all others those of `as_of.py`.

-- name: walked
-- Today's rows in an order that no event changes, each as its case was at the moment.
select b.* from :among
 cross join lateral (:as_it_was) b
 where :walked <= :bound and :seen_now:conditions
 order by :order
 limit :limit

-- name: keyed
-- The keys of a page first: from the past, then from the present no further than a full page of
-- the past reaches. The bound of two is an index's, and not taken for a short stretch by the
-- planner; without a subquery it would leak past row policies, which then come first.
with past_page as materialized (
       :past_page
), page as (
       select * from past_page
        union all
       (select b.:key as key, b.id, null::bigint as place from (:half_now:further) b
         where true:conditions
         order by :order
         limit :limit)
        order by 1:way, 2:way limit :limit
)
select b.* from page
 cross join lateral (
       select :now from :source where page.place is null and n.id = page.id
        union all
       select :then from :whole p where p.until = page.place
 ) b
 order by page.key:way, page.id:way

-- name: past_page
select b.:key as key, b.id, b.place from (:thin) b
 where true:conditions
 order by :order
 limit :limit

-- name: past_page_seen
-- Held against today in the page's order, until the page is full: looked up one by one, as `offset 0`
-- says, for the planner would rather read all of a department's cases.
select b.:key as key, b.id, b.place
  from (select b.* from (:thin) b where :seen_there:conditions order by :order) b
 cross join lateral (select from :present t where t.id = b.id and :seen_then offset 0) t
 order by :order
 limit :limit

-- name: thin
-- Of what stood at the moment what orders and filters the page, no more.
select :columns, p.until as place from (:stretch) p

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
