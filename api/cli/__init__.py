"""The command line: one small file per command, loaded only when it is called.

Answers go to standard output, progress and errors to standard error. A failure is one
message a person can act on and an exit code other than 0; what we did not foresee says
so, and shows its trace with QUANKE_TRACE=1.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

from cyclopts import App

from api.cli.failure import Failed, message_of
from eventlog.collector import collector_paused

COMMANDS: Final = {
    "run": "api.cli.run:run",
    "import": "api.cli.importing:import_file",
    "replay": "api.cli.importing:replay",
    "events": "api.cli.events:events",
    "psql": "api.cli.psql:psql",
    "token": "api.cli.token:token",
    "account": "api.cli.account:app",
    "verify": "api.cli.verify:verify",
    "sealer": "api.cli.sealer:sealer",
    "export": "api.cli.export:export",
    "audit": "api.cli.audit:app",
    "witness": "api.cli.witness:witness",
    "rebuild": "api.cli.rebuild:rebuild",
    "quarantine": "api.cli.quarantine:app",
    "backup": "api.cli.backup:backup",
    "restore": "api.cli.backup:restore",
    "subject": "api.cli.subject:app",
    "keys": "api.cli.keys:app",
    "migrate": "api.cli.migrate:migrate",
    "bench": "api.cli.bench:bench",
    "check": "api.cli.check:check",
    "test": "api.cli.test:test",
    "lint": "api.cli.test:lint",
    "sdk": "api.cli.sdk:sdk",
    "graphiql": "api.cli.graphiql:graphiql",
    "doctor": "api.cli.doctor:doctor",
    "demo": "api.cli.demo:demo",
}
"""Command → where its function is."""

INTERRUPTED: Final = 130


def make_app() -> App:
    """Return the command line with every command, none of them imported yet."""
    app = App(
        name="quanke",
        help="全科 · an event-sourced operations platform for all-in-one-grid city governance.",
        version_flags=[],
        result_action="return_value",
    )
    for name, place in COMMANDS.items():
        app.command(place, name=name)
    return app


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        _load(arguments)
        answer = make_app()(list(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except BaseExceptionGroup as group:
        return _report(group)
    except Exception as error:  # the edge: everything becomes a message
        return _report(error)
    return answer if isinstance(answer, int) else 0


def _load(arguments: Sequence[str]) -> None:
    """Import the command that is named. Modules leave no cycles to look for: a tenth of a start."""
    place = COMMANDS.get(arguments[0]) if arguments else None
    if place is not None:
        with collector_paused():
            importlib.import_module(place.partition(":")[0])


def _report(error: BaseException) -> int:
    known = message_of(error)
    if known is None or os.environ.get("QUANKE_TRACE"):
        traceback.print_exception(error)
    if known is not None:
        print(f"quanke: {known}", file=sys.stderr)
    return error.code if isinstance(error, Failed) else 1


def _reader_gone() -> int:
    """`quanke events | head`: nobody reads on, which is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
