-- Made after a rebuild has caught up.
create index board_reported on :schema.board (reported_at desc, id desc);
create index board_updated on :schema.board (updated_at desc, id desc);
create index board_due on :schema.board (due_at, id) where open and due_at is not null;
create index board_open on :schema.board (scope, reported_at desc) where open;
create index board_place on :schema.board (scope, reported_at desc, id desc);
create index board_closed on :schema.board (closed_at desc) where closed_at is not null;
create index board_accepted on :schema.board (accepted_at desc) where accepted_at is not null;
create index board_number on :schema.board (number, id);
create index board_source on :schema.board (source, source_id) where source is not null;
create index board_departments on :schema.board using gin (departments);
create index board_position on :schema.board (position);
create index board_stated on :schema.board (position) where target is not null;
