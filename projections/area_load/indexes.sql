-- Made after a rebuild has caught up.
create index target_due on :schema.target (due);
