create index on :schema.reading (subject, position);
create index on :schema.reading (reader, position);
