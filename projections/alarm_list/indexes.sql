-- Made after a rebuild has caught up.
create index alarm_standing on :schema.alarm (scope)
 where cleared_at is null or acknowledged_at is null;
create index alarm_raised on :schema.alarm (raised_at);
