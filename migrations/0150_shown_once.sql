-- A case that the board has shown in this transaction, under this sight, is not asked for again.
--
-- The function notes it in a setting of the transaction; whoever changes the sight clears it
-- (projections/reading.sql).
alter policy seen on quanke_log
 using (originator_id::text = current_setting('quanke.shown', true) or quanke_shown(originator_id));
