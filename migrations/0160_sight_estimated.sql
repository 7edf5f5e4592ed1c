-- The planner took the bounds of a sight for two rows in four hundred and sorted whole tables; inside
-- a coalesce they count as half (projections/sight.sql). Tables made from now on have it so.
do $$
declare
    one record;
begin
    for one in
        select c.oid::regclass as place, p.polname, pg_get_expr(p.polqual, p.polrelid) as held
          from pg_policy p
          join pg_class c on c.oid = p.polrelid
         where p.polname in ('seen_scope', 'seen_both')
           and pg_get_expr(p.polqual, p.polrelid) not ilike '%coalesce%'
    loop
        execute format('alter policy %I on %s using (coalesce(%s, false))',
                       one.polname, one.place, one.held);
    end loop;
end $$;
