-- What has moved since counts were kept is found on the board itself, which a build indexes so from
-- now on: by the position of each case's latest event (docs/adr/0040).
do $$
begin
    if to_regclass('rm_case_board_v1.board') is not null then
        create index if not exists board_position on rm_case_board_v1.board (position);
    end if;
end $$;
