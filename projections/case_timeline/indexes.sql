-- Made after a rebuild has caught up. By `at` a replay goes on; by scope a small area is counted.
alter table :schema.entry add primary key (position);
create index entry_case on :schema.entry (case_id, version);
create index entry_at on :schema.entry (at, position);
create index entry_scope on :schema.entry (scope, at);
