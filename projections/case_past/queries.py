"""Where the past lies, and what bounds a walk through it. What it answers: `as_of.py`."""

from pathlib import Path
from typing import Final

from projections.named import Queries, live_schema

NAME: Final = "case_past"
VERSION: Final = 7
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
BLOCK: Final = 10
"""Positions of a block of the tide, in bits."""
SHORTEST: Final = 6
"""Stretches of fewer positions than 2^this are put together, and found by one look-up."""
SHORTEST_AT: Final = 31
"""The same of effective time: 36 minutes, in which few things happen."""
