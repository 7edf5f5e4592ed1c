create index on :schema.appeal (position desc);
create index on :schema.appeal (unit, position desc);
