-- Made after a rebuild has caught up.
alter table :schema.past add primary key (until);
create index past_known on :schema.past (span, position);
create index past_happened on :schema.past (span_at, updated_at);
create unique index past_case on :schema.past (id, position);
