-- What is not about cases (areas, grids, staff, policy, calendars) is folded into memory at
-- every start: some thousand events among all the cases' millions.
create index quanke_log_reference on quanke_log (notification_id)
    where topic not like 'case.%';
