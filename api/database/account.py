"""As whom the server runs. PostgreSQL refuses root, so root lends it an account.

The owner of the data directory if that is not root, else an account that is there
already: `postgres`, else `nobody`. None is ever created, and no directory above the
data directory is ever opened for it: where it can't pass, we say so.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.database.errors import DataDirectoryClosed

LENT = ("postgres", "nobody")
CHECK_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine; `lent` when it is not our own."""

    uid: int
    gid: int
    name: str
    lent: bool

    def popen(self) -> dict[str, Any]:
        """Return the keyword arguments by which `subprocess` takes on this account."""
        if not self.lent:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make the account the owner of a directory of ours, where it is not us."""
        if self.lent:
            os.chown(path, self.uid, self.gid)


def server_account(data: Path) -> Account:
    """Return the account for the server of a data directory (which may not exist yet)."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(os.geteuid()), lent=False)
    owner = _owner(data)
    if owner is not None:
        return owner
    for name in LENT:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name, lent=True)
    raise DataDirectoryClosed(
        f"PostgreSQL will not run as root and this machine has no account {' or '.join(LENT)}; "
        f"start as another user, or make one the owner of {data}"
    )


def _owner(data: Path) -> Account | None:
    if not data.exists():
        return None
    found = data.stat()
    if found.st_uid == 0:
        return None
    return Account(found.st_uid, found.st_gid, f"uid {found.st_uid}", lent=True)


def can(account: Account, test: str, path: Path) -> bool:
    """Tell whether the account passes a test(1), e.g. `-x` or `-r`, on a path.

    The account itself is asked, so that groups, ACLs and mount options count.
    """
    command = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, str(path)]
    return _runs(command, account)


def require_entry(account: Account, there: Path, data: Path) -> None:
    """Make sure that the account can pass into a directory on the way to the data.

    Raises DataDirectoryClosed naming the directory that stops it.
    """
    if not account.lent or can(account, "-x", there):
        return
    closed = next(
        layer for layer in (*reversed(there.parents), there) if not can(account, "-x", layer)
    )
    raise DataDirectoryClosed(
        f"the data directory {data} cannot be used: the database does not run as root but as "
        f"{account.name}, and {account.name} cannot enter {closed}.\n"
        f"Choose a place that it can enter with --data (none given: one is found), or open this "
        f"one yourself: chmod o+x {closed}\n"
        "Nothing was changed."
    )


def _runs(command: Sequence[str], account: Account) -> bool:
    done = subprocess.run(command, cwd="/", timeout=CHECK_TIMEOUT_S, check=False, **account.popen())
    return done.returncode == 0
