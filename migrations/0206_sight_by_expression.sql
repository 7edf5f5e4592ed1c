-- Whose sight a statement has, as an expression that the planner takes in: the first call of a function
-- of PL/pgSQL costs a transaction more than finding a row by its key does.
create function quanke_sight_unset(name text) returns text language plpgsql stable parallel safe as $$
begin
    raise exception 'nobody said whose sight this is: quanke.% is not set', name
        using errcode = 'insufficient_privilege';
end $$;

create or replace function quanke_sight(name text) returns text language sql stable parallel safe
return coalesce(nullif(current_setting('quanke.' || name, true), ''), quanke_sight_unset(name));
