"""From a command to the facts its rules need, and to the rules themselves.

One judge per capability. The case needs the reference (category, grid, department,
calendar), sometimes the state of other cases, and a number; the reference
capabilities need only their own stream.
"""

from collections.abc import Mapping

from api.numbering import Numbers
from api.reference import Reference
from api.request import Judge
from domain.event import Command


def judges(reference: Reference, numbers: Numbers) -> Mapping[type[Command], Judge]:
    """Return the judge of every command there is."""
    return {}
