-- Made after a rebuild has caught up.
create index deadline_due on :schema.deadline (due, case_id, clock);
create index deadline_department on :schema.deadline (department, due);
