-- The cases of a grid or a community are found by their place, open or not; a build indexes so from now
-- on. Its newest were looked for among those of the whole district (docs/adr/0053).
do $$
begin
    if to_regclass('rm_case_board_v1.board') is not null then
        create index if not exists board_place on rm_case_board_v1.board (scope, reported_at desc, id desc);
    end if;
end $$;
