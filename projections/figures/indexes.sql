-- Made after a rebuild has caught up.
create index measure_scope on :schema.measure (scope);
create index measure_department on :schema.measure (department);
create index measure_position on :schema.measure (position);
