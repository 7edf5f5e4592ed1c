"""The one error of the domain: a rule said no.

    Rejected        code + facts; its words for people are in `words/refusals.py`

Everything else that goes wrong in here is a bug and an `assert`.
"""

from typing import Any


class Rejected(Exception):
    """A rule refused the command: which one, and the facts it looked at."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
