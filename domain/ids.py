"""Names for the identifiers that cross rooms.

Streams and commands are UUIDv7 (time-ordered keys append a third faster), subjects
and keys are v4 (they must not tell when they were made).
"""

from typing import NewType
from uuid import UUID

CaseId = NewType("CaseId", UUID)
GridCode = NewType("GridCode", str)
DepartmentId = NewType("DepartmentId", str)
CategoryCode = NewType("CategoryCode", str)
WorkerId = NewType("WorkerId", str)
AssignmentId = NewType("AssignmentId", str)
