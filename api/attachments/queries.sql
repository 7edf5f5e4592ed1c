-- name: by_upload
select * from quanke_attachment where actor = $1 and upload = $2

-- name: by_id
select * from quanke_attachment where id = $1

-- name: waiting
select count(*) from quanke_attachment where actor = $1 and stream is null and state <> 'refused'

-- name: anything_loose
select exists (select from quanke_attachment where stream is null)

-- name: insert
insert into quanke_attachment
       (id, actor, upload, sent, sha256, width, height, size, object, wrapped, state)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (actor, upload) do nothing
returning *

-- name: known
select sha256 from quanke_attachment
 where sha256 = any($3) and state <> 'refused'
   and (actor = $1 and (stream is null or command = $4) or stream = $2)

-- name: loose
select * from quanke_attachment
 where actor = $1 and sha256 = $2 and stream is null and state <> 'refused'
 order by received_at limit 1

-- name: bound_at
select * from quanke_attachment where stream = $1 and position = $2 and sha256 = $3

-- name: bind
update quanke_attachment set stream = $2, position = $3, command = $4, kind = $5, wrapped = $6
 where id = $1 and stream is null

-- name: of_case
select * from quanke_attachment where stream = $1 order by position, received_at, id

-- name: erase
update quanke_attachment set object = null, wrapped = null, state = 'erased'
 where id = any($1)

-- name: judged
update quanke_attachment set state = $2 where id = $1 and state = 'quarantined'

-- name: quarantined
select * from quanke_attachment where state = 'quarantined' order by received_at limit $1

-- name: stale
select * from quanke_attachment
 where stream is null and received_at < clock_timestamp() - $1::interval
 order by received_at limit $2

-- name: forget
delete from quanke_attachment where id = any($1) and stream is null

-- name: older_than
select clock_timestamp() - $1::interval

-- name: objects
select object from quanke_attachment where object = any($1)

-- name: reader
select position from quanke_attachment_reader

-- name: read_to
update quanke_attachment_reader set position = greatest(position, $1)
