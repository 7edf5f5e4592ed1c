"""`quanke check NAME`: proofs too long for every test run."""

import importlib
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from api.cli.failure import Failed

CHECKS: Final = {
    "kill": "kill app, sealer, projector, backends, postmaster under load: nothing is lost",
    "asof": "answers as of an earlier position: those of a log that ended there",
    "tamper": "change history as superuser, with and without the key: every attack is found",
    "offline": "reports written offline, browser and server killed: each arrives, once",
    "outage": "the wall without its server: stale in time, back within a second, all right",
    "documents": "generated documents by every fast way: the same answers as the stock executor",
    "fuzz": "drawn documents, bent commands, bytes that are no protocol: no 5xx, no trace",
    "cut": "connections cut between question and answer: nothing is lost or done twice",
    "disk": "a full disk: writes refused, reads live, recovery unaided",
    "why": "work every figure out again from the events it names, by other code",
    "axe": "axe-core on every state of every screen, in both languages and themes",
    "sdk": "both SDKs installed by pip and npm in fresh places: the conformance script from there",
    "mutants": "change the guards of the case and the clock: the tests must notice",
}


def check(
    name: str | None = None, *arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]
) -> int:
    """Run a check; without a name, list them.

    Parameters
    ----------
    name
        kill, asof, tamper, offline, mutants …
    arguments
        What the check takes; --help tells.
    """
    if name is None:
        print("\n".join(f"{known:<10}{said}" for known, said in CHECKS.items()))
        return 0
    if name not in CHECKS:
        raise Failed(f"there is no check {name}; there are: {', '.join(CHECKS)}")
    code = importlib.import_module(f"api.check.{name}").main(list(arguments))
    return msgspec.convert(code or 0, int)
