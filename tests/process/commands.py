"""Commands of the platform as a person types them, without the seconds that importing takes.

One process for each test process imports the command line once; every command is a fork of
it: a process of its own, with its own standard streams and exit code. How the interpreter
itself is started is proven by `test_script.py` and by every `quanke run` of these tests.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ENV: Final = {
    **{
        key: value
        for key, value in os.environ.items()
        if not key.startswith("QUANKE_") and key not in ("PYTHONDONTWRITEBYTECODE", "DATABASE_URL")
    },
    "PYTHONPATH": str(ROOT),
    "QUANKE_CANARY": "0",  # who counts events wants none but its own
}
DEADLINE_S: Final = 60.0
COMMAND_S: Final = 110.0
STREAMS: Final = ("in", "out", "err")
FORKING: Final = """
import gc, importlib, json, os, sys
from api.cli import COMMANDS, main

for place in COMMANDS.values():
    importlib.import_module(place.partition(":")[0])
gc.freeze()
while line := sys.stdin.readline():
    asked = json.loads(line)
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    for number, path in enumerate(asked["streams"]):
        os.dup2(os.open(path, os.O_RDWR), number)
    sys.exit(main(asked["arguments"]))
"""


def quanke(
    *arguments: object, said: str = "", timeout_s: float = COMMAND_S
) -> subprocess.CompletedProcess[str]:
    """Run one command of the platform; `said` is its standard input."""
    with tempfile.TemporaryDirectory(prefix="quanke-c-") as home:
        streams = [Path(home) / name for name in STREAMS]
        for stream, text in zip(streams, (said, "", ""), strict=True):
            stream.write_text(text)
        given = {"arguments": list(map(str, arguments)), "streams": list(map(str, streams))}
        code = _asked(json.dumps(given), timeout_s)
        _, out, err = (stream.read_text() for stream in streams)
    return subprocess.CompletedProcess(given["arguments"], code, out, err)


def _asked(line: str, timeout_s: float) -> int:
    forking = _forking()
    assert forking.stdin is not None
    assert forking.stdout is not None
    forking.stdin.write(f"{line}\n")
    forking.stdin.flush()
    readable, _, _ = select.select([forking.stdout], [], [], timeout_s)
    if not readable:
        os.killpg(forking.pid, signal.SIGKILL)
        _forking.cache_clear()
        raise subprocess.TimeoutExpired(line, timeout_s)
    return int(forking.stdout.readline())


@cache
def _forking() -> "subprocess.Popen[str]":
    """Start the process that forks; it ends when our end of its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", FORKING], cwd=ROOT, env=ENV, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
