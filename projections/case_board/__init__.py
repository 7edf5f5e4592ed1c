"""Which cases are there: filter, sort, page, count, get one."""
