"""Events in, rows and deltas out.

One folder per question answered (`case_board/ grid_load/ …`): `schema.sql` its tables,
`project.py` from facts to rows, `queries.sql` and `queries.py` what may be asked of it.
`runner.py` is the only loop: it reads the log, folds each page once and writes the rows
and the checkpoint of every read model in one transaction. No side effects in here.
"""
