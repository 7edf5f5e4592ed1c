create index on :schema.alert (position) where decision is null;
create index on :schema.alert (decision);
