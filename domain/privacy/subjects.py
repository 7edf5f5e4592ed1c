"""Whose key: the names of subjects, as they stand in the key table.

`case:<uuid>` is what was said in a case, `contact:<uuid>` how to reach who reported it,
`worker:<id>` a grid worker's name, `account:<id>` the name and the logins of who signs in,
`office:<uuid>` the office's own words in the file about a subject. A person is never a subject
by name or number: the case is what they are known by, and staff by an opaque id.
"""

from typing import Final, NamedTuple
from uuid import UUID, uuid5

from domain.errors import Rejected
from domain.streams import CELL

OFFICE: Final = "office"
KINDS: Final = ("case", "contact", "worker", "account")
OF_CASES: Final = frozenset({"case", "contact"})


class SubjectId(NamedTuple):
    """A subject taken apart."""

    kind: str
    key: str

    def __str__(self) -> str:
        """Return it as the key table has it."""
        return f"{self.kind}:{self.key}"

    @property
    def case(self) -> UUID | None:
        """The case it belongs to, None for a worker or an account."""
        return UUID(self.key) if self.kind in OF_CASES else None


def parse_subject(text: str) -> SubjectId:
    """Take a subject apart. Raises Rejected SUBJECT_MALFORMED."""
    kind, _, key = text.partition(":")
    if kind not in KINDS or not key:
        raise Rejected("SUBJECT_MALFORMED", subject=text)
    if kind in OF_CASES:
        try:
            key = str(UUID(key))
        except ValueError:
            raise Rejected("SUBJECT_MALFORMED", subject=text) from None
    return SubjectId(kind, key)


def login_id(account: str) -> UUID:
    """Return what stands, among the keys of an account, for what signs in beside the log.

    No key has this id. Erasing names it, so that an account with no sealed word at all (a
    password, a key of its own) leaves its mark in the list of what is destroyed as well.
    """
    return uuid5(CELL, f"login:{account}")


def subject_stream(subject: str) -> UUID:
    """Return the stream that holds the file about a subject: holds and erasures."""
    return uuid5(CELL, f"subject:{subject}")


def access_stream(reader: str, day: str) -> UUID:
    """Return the stream of what one account has opened on one day."""
    return uuid5(CELL, f"access:{reader}:{day}")
