-- name: open
grant select on :schema.:table to quanke_sees_all, quanke_sees_scope, quanke_sees_units,
                                  quanke_sees_both, quanke_sees_case

-- name: usage
grant usage on schema :schema to quanke_sees_all, quanke_sees_scope, quanke_sees_units,
                                 quanke_sees_both, quanke_sees_case

-- name: all
alter table :schema.:table enable row level security;
alter table :schema.:table force row level security;
create policy written on :schema.:table to current_user using (true) with check (true);
create policy seen_all on :schema.:table for select to quanke_sees_all using (true);
grant select on :schema.:table to quanke_sees_all

-- name: scope
-- Bounds known only when a query runs count as two rows in four hundred for the planner, which
-- then sorts a whole table instead of walking an index. Inside a coalesce they count as half; an
-- index is for the query's own bounds, which it knows.
create policy seen_scope on :schema.:table for select to quanke_sees_scope
 using (coalesce(scope >= (select quanke_sight('low')) and scope < (select quanke_sight('high')),
                 false));
grant select on :schema.:table to quanke_sees_scope

-- name: units
create policy seen_units on :schema.:table for select to quanke_sees_units
 using (:units (select quanke_sight('units'))::text[]));
create policy seen_both on :schema.:table for select to quanke_sees_both
 using (coalesce(scope >= (select quanke_sight('low')) and scope < (select quanke_sight('high')),
                 false)
        and :units (select quanke_sight('units'))::text[]));
grant select on :schema.:table to quanke_sees_units, quanke_sees_both

-- name: case
create policy seen_case on :schema.:table for select to quanke_sees_case
 using (:case = (select quanke_sight('case'))::uuid);
grant select on :schema.:table to quanke_sees_case

-- name: shown
alter table :schema.:table enable row level security;
create policy seen_all on :schema.:table for select to quanke_sees_all using (true);
create policy seen on :schema.:table for select
    to quanke_sees_scope, quanke_sees_units, quanke_sees_both, quanke_sees_case
 using (:case::text = current_setting('quanke.shown', true) or quanke_shown(:case));
grant select on :schema.:table to quanke_sees_all, quanke_sees_scope, quanke_sees_units,
                                  quanke_sees_both, quanke_sees_case

-- name: board
create or replace function quanke_shown(shown uuid) returns boolean
language plpgsql stable parallel restricted as $$:body$$

-- name: asked
begin
    if exists (select from :board b where b.id = shown) then
        perform set_config('quanke.shown', shown::text, true);
        return true;
    end if;
    return false;
end

-- name: shown_now
select prosrc from pg_proc where oid = 'quanke_shown(uuid)'::regprocedure

-- name: bare
alter table :schema.:table disable row level security;
alter table :schema.:table no force row level security

-- name: drop
drop policy :policy on :schema.:table

-- name: tables
select c.relname::text as name, c.relrowsecurity as protected,
       array(select polname::text from pg_policy where polrelid = c.oid) as policies,
       has_table_privilege('quanke_sees_all', c.oid, 'select') as granted,
       has_schema_privilege('quanke_sees_all', c.relnamespace, 'usage') as entered
  from pg_class c
 where c.relnamespace = to_regnamespace($1) and c.relkind = 'r'
 order by c.relname
