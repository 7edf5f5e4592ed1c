"""`quanke demo`: let the demo district live on a running platform; draw its borders anew."""

from pathlib import Path
from typing import Final

from cyclopts import App

from api.auth.signing import signing_key
from api.auth.tokens import Tokens
from api.cli.options import Data, read_settings, wait_for
from api.demo.bincheng import GRID_DATA
from api.demo.live import drive as let_live
from api.demo.pace import Share
from domain.actor import Actor

demo: Final = App(
    name="demo",
    help="The demo district: live arrivals, and its schematic borders.",
    result_action="return_value",
)


@demo.command
def drive(url: str, *, every: float = 4.0, compress: float = 60.0, data: Data = None) -> None:
    """Send reports and work them off as simulated people, until Ctrl-C.

    Parameters
    ----------
    url
        The running platform, http://127.0.0.1:8000.
    every
        Mean seconds between two reports.
    compress
        By how much waits are divided: 60 makes an hour a minute.
    """
    settings = read_settings(data)
    tokens = Tokens(signing_key(settings.keys_dir))

    def token(actor: Actor) -> str:
        return tokens.issue(actor, basis="simulated")

    wait_for(let_live(url, token, every_s=every, compress=compress))


@demo.command(show=False)
def tell(
    pace: Path, *, rest: int, tellers: int, days_back: int, a_year: int, data: Data = None
) -> None:
    """Tell a share of the demo's year beside `run`, which starts this on a first start."""
    from api.cli.telling import tell_share

    share = Share(rest, tellers)
    wait_for(tell_share(read_settings(data), pace, share, days_back=days_back, a_year=a_year))


@demo.command
def borders() -> None:
    """Draw the 1,182 schematic grids again and keep them in the repository's data file."""
    from api.demo.borders import draw

    GRID_DATA.write_text(draw(), encoding="utf-8")
    print(GRID_DATA)
