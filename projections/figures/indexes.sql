-- Made after a rebuild has caught up.
create index measure_scope on :schema.measure (scope);
create index measure_department on :schema.measure (department);
create index measure_position on :schema.measure (position);
create index measure_waiting on :schema.measure (position)
 where closed_at is null and status not in ('cancelled', 'declined', 'merged');
