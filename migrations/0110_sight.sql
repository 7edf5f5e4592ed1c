-- Who reads, in the database too: the second line behind the rules of domain/access.py.
--
-- Sessions of the reading pool begin as quanke_reader, which may not look at a case at all.
-- Each transaction then says whose sight it has: a role for the kind of sight and settings
-- for its bounds, both of this transaction only. The policies on the read models
-- (projections/sight.sql) hold every row against them. None of these roles owns anything.
--
-- A role belongs to the whole server, so another database may have made it already. Where
-- we may not make roles, an administrator makes them once (docs/security.md).
do $$
declare
    name text;
begin
    foreach name in array array['quanke_reader', 'quanke_sees_all', 'quanke_sees_scope',
                                'quanke_sees_units', 'quanke_sees_both', 'quanke_sees_case'] loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I nologin noinherit', name);
            end if;
        exception
            when duplicate_object or unique_violation then null;
            when insufficient_privilege then
                raise exception 'the role % is missing and % may not make it', name, current_user
                    using errcode = 'insufficient_privilege',
                          hint = format('as an administrator: create role %I nologin noinherit; '
                                        'grant %I to %I', name, name, current_user);
        end;
        if not pg_has_role(session_user, name, 'member') then
            execute format('grant %I to %I', name, current_user);
        end if;
    end loop;
end $$;

-- A bound of the present sight. Not said is an error: neither no rows nor all of them. A
-- session that had it in an earlier transaction remembers it as ''.
create function quanke_sight(name text) returns text language plpgsql stable parallel safe as $$
declare
    said text := current_setting('quanke.' || name, true);
begin
    if said is null or said = '' then
        raise exception 'nobody said whose sight this is: quanke.% is not set', name
            using errcode = 'insufficient_privilege';
    end if;
    return said;
end $$;

grant select on quanke_read_model, quanke_checkpoint, quanke_quarantine, quanke_log
   to quanke_reader, quanke_sees_all, quanke_sees_scope, quanke_sees_units, quanke_sees_both,
      quanke_sees_case;
