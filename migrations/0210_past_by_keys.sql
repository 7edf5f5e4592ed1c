-- What stood at a moment is found by an index that ends each stretch and says what orders and filters a
-- page, so that no row of the past is read for it; a build indexes so from now on (docs/adr/0012).
do $$
begin
    if to_regclass('rm_case_past_v3.past') is not null then
        drop index if exists rm_case_past_v3.past_known, rm_case_past_v3.past_happened;
        create index past_known on rm_case_past_v3.past (span, position)
            include (until, id, updated_at, due_at, open, status);
        create index past_happened on rm_case_past_v3.past (span_at, updated_at)
            include (until_at, until, id, due_at, open, status);
    end if;
end $$;
