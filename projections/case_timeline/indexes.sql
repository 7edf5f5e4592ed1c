-- Made after a rebuild has caught up.
create index entry_case on :schema.entry (case_id, version);
