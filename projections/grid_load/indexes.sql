-- Made after a rebuild has caught up.
create index grid_load_scope on :schema.grid_load (scope);
create index target_due on :schema.target (due);
