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
create policy seen_scope on :schema.:table for select to quanke_sees_scope
 using (scope >= (select quanke_sight('low')) and scope < (select quanke_sight('high')));
grant select on :schema.:table to quanke_sees_scope

-- name: units
create policy seen_units on :schema.:table for select to quanke_sees_units
 using (:units (select quanke_sight('units'))::text[]));
create policy seen_both on :schema.:table for select to quanke_sees_both
 using (scope >= (select quanke_sight('low')) and scope < (select quanke_sight('high'))
        and :units (select quanke_sight('units'))::text[]));
grant select on :schema.:table to quanke_sees_units, quanke_sees_both

-- name: case
create policy seen_case on :schema.:table for select to quanke_sees_case
 using (:case = (select quanke_sight('case'))::uuid);
grant select on :schema.:table to quanke_sees_case

-- name: tables
select c.relname::text as name, c.relrowsecurity as protected,
       has_table_privilege('quanke_sees_all', c.oid, 'select') as granted,
       has_schema_privilege('quanke_sees_all', c.relnamespace, 'usage') as entered
  from pg_class c
 where c.relnamespace = to_regnamespace($1) and c.relkind = 'r'
 order by c.relname
