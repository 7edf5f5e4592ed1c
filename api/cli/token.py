"""`quanke token`: a signed token for this data directory. Needs no database."""

import re
from typing import Final

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.cli.failure import Failed
from api.cli.options import Data, read_settings
from api.settings import Settings

UNITS_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def token(
    *,
    role: str,
    scope: str = "",
    unit: str | None = None,
    subject: str | None = None,
    ttl: str = "30d",
    data: Data = None,
) -> None:
    """Print a signed token: Authorization: Bearer TOKEN.

    Parameters
    ----------
    role
        What the bearer is: grid_worker, dispatcher, handler, checker, auditor …
    scope
        Where: area codes joined and ended by dots, 371602.005. (empty: everywhere).
    unit
        The department a handler acts for.
    subject
        An account id of your own; a random one when left out. Never a name.
    ttl
        How long it holds: 45m, 12h, 30d.
    """
    settings = read_settings(data)
    make_keys_dir(settings)
    try:
        text = make_token(
            signing_key(settings.keys_dir), role, scope, unit, subject, lifetime_s(ttl)
        )
    except ValueError as error:
        raise Failed(str(error)) from error
    print(text)


def make_keys_dir(settings: Settings) -> None:
    """Make the data directory (open to pass through for root's server) before the keys in it."""
    from api.database.account import server_account
    from api.database.layout import Layout
    from api.database.opening import make_data_dir

    layout = Layout(settings.data_dir)
    make_data_dir(layout, server_account(layout.data))


def lifetime_s(text: str) -> int:
    """Return seconds for 90s, 45m, 12h or 30d. Raises ValueError."""
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text)
    if match is None:
        raise ValueError(f"--ttl {text}: expected a number and s, m, h or d, such as 12h")
    return int(match[1]) * UNITS_S[match[2]]
