-- What a list of cases is asked for, a condition each (`projections/select.py`): columns in braces,
-- arguments by number. What nobody asks costs nothing, neither a row nor when a statement is planned.
--
-- `nearly_all` is `scope` of a whole district: nearly all cases are inside, where the planner takes any
-- range for one row in two hundred; in a coalesce it takes it for half, and walks the order's index
-- (docs/adr/0030). `open` has no argument, which would hide it from the indexes of what is open, once a
-- plan serves all. `running` is what an order by what is due next begins with; `after_…` a later page.
-- `open_or_moved` is asked of today's row where open cases of a moment are walked along today's: of one
-- that had ended by then nothing is looked up.

-- name: scope
{scope} >= {0} and {scope} < {1}

-- name: nearly_all
coalesce({scope} >= {0} and {scope} < {1}, false)

-- name: statuses
{status} = any({0})

-- name: category
{category} = {0}

-- name: departments
{departments} && {0}

-- name: leads
{department} = any({0})

-- name: overdue
{overdue} = {0}

-- name: severity
{severity} = {0}

-- name: number
{number} >= {0} and {number} < {0} || chr(1114111)

-- name: reported_from
{reported_at} >= {0}

-- name: reported_before
{reported_at} < {0}

-- name: open
{open}

-- name: ended
not {open}

-- name: running
{open} and {due_at} is not null

-- name: open_or_moved
n.open or not (:stood)

-- name: after_reported
({reported_at}, {id}) < ({0}, {1}::uuid)

-- name: after_updated
({updated_at}, {id}) < ({0}, {1}::uuid)

-- name: after_due
({due_at}, {id}) > ({0}, {1}::uuid)
