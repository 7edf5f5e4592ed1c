"""A client of Quanke: typed questions and commands, and collections that stay live.

`Quanke` asks and follows whatever document it is given; `quanke_client.typed.Typed`, made
from the schema, is the same with a method for every document and every command.
"""

from .asking import Quanke, Refused, Unreachable
from .collection import Change, LiveCollection, Reading
from .feeds import READINGS
from .line import Asked, Line
from .progress import Progress, Step

__all__ = [
    "READINGS",
    "Asked",
    "Change",
    "Line",
    "LiveCollection",
    "Progress",
    "Quanke",
    "Reading",
    "Refused",
    "Step",
    "Unreachable",
]
