-- Made after a rebuild has caught up. What ends a stretch, and what orders and filters a page, lies in
-- the index: of the hundreds that stood at a moment no row is read but those on the page.
alter table :schema.past add primary key (until);
create index past_known on :schema.past (span, position)
    include (until, id, scope, reported_at, updated_at, due_at, open, status);
create index past_happened on :schema.past (span_at, updated_at)
    include (until_at, until, id, scope, reported_at, due_at, open, status);
create unique index past_case on :schema.past (id, position);
