"""docs/audit.md, executed: every command of it, in its order, on a platform of this test."""

import asyncio
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Coroutine, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from arro3.io import read_parquet

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.check.running import Running, start
from api.database import pidfile
from api.database.layout import Layout
from bench.histories import stories
from eventlog.export import export
from eventlog.postgres import PostgresLog
from eventlog.record import Write
from tests import homes
from tests.audit.go import ROOT, environment, require_go
from tests.process.commands import DEADLINE_S, ENV
from tests.process.conftest import wait_until

DOCUMENT = ROOT / "docs" / "audit.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COUNT = 320


async def append(dsn: str) -> None:
    """Append the first event of many cases, each by a command of its own."""
    async with PostgresLog.open(dsn) as log, asyncio.TaskGroup() as tasks:
        for step in islice(stories(COUNT), COUNT):
            tasks.create_task(log.append(uuid4(), "acc-1", [Write(step.stream, 0, (step.new(),))]))


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that any account may pass through, removed afterwards."""
    with homes.home("quanke-a-") as path:
        yield path


@pytest.fixture
def auditor(home: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The auditor's directory and environment, a platform running beside it."""
    require_go()
    data, desk = home / "data", home / "desk"
    (desk / "docs").mkdir(parents=True)
    (desk / "docs" / "audit").symlink_to(ROOT / "docs" / "audit")
    (desk / "quanke").write_text(f'#!/bin/sh\nexec {sys.executable} -P -m api "$@"\n')
    (desk / "quanke").chmod(0o755)
    env = {**ENV, "QUANKE_DATA": str(data)}
    running = start(["--no-demo", "--port", "0"], timeout_s=DEADLINE_S, env=env)
    try:
        _alone(append(Layout(data).dsn()))
        yield desk, {**environment(home), **env, **_given(desk, running, data)}
    finally:
        running.kill()
        wait_until(lambda: not pidfile.running(Layout(data).cluster), "the server ends")


def _given(desk: Path, running: Running, data: Path) -> dict[str, str]:
    """Return what the keeper hands over: an address, a token, an older export."""
    wait_until(lambda: _sealed(running) >= COUNT, "everything sealed")
    _alone(export(Layout(data).dsn(), desk / "held"))
    token = make_token(signing_key(data / "keys"), "auditor")
    return {"PLATFORM": running.url, "TOKEN": token, "SEALER": str(data / "sealer")} | {
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ["PATH"],
    }


def _sealed(running: Running) -> int:
    with urllib.request.urlopen(f"{running.url}/metrics", timeout=10) as answer:
        found = re.search(rb"^quanke_sealed_position (\S+)$", answer.read(), re.MULTILINE)
    return 0 if found is None else int(float(found[1]))


def _alone(work: Coroutine[Any, Any, Any]) -> None:
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


SAID = (
    r"[\d,]+ entries give the signed root",
    r"[\d,]+ events are what their entries commit to",
    r"it extends the checkpoint of [\d,]+ events held before",
    r"ok: position 300 of ",
    r"OK: \d+ entries give the signed root",
    r"OK: extends the checkpoint of \d+ entries",
    r"lies at position 300 of ",
    r"Signature Verified Successfully",
    r"the entry is under the root",
    r"the event is the one of the entry",
    r"attested at position \d+",
    r"ok: \d+ read models are as attested at [\d,]+",
    r"^— bureau\.example ",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_command_of_the_document_does_what_it_says(
    auditor: tuple[Path, dict[str, str]],
) -> None:
    desk, env = auditor
    script = "\n".join(BLOCK.findall(DOCUMENT.read_text("utf-8")))
    done = subprocess.run(
        ["bash", "-euc", "trap 'kill $(jobs -p)' EXIT\n" + script],
        cwd=desk, env=env, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    missing = [said for said in SAID if not re.search(said, done.stdout, re.MULTILINE)]
    assert missing == [], done.stdout
    same_rows(desk / "2026-11")


def same_rows(export: Path) -> None:
    """The Parquet holds the rows of the lines, instants as instants."""
    lines = [json.loads(line) for line in (export / "events.ndjson").read_bytes().splitlines()]
    table = read_parquet(str(export / "events.parquet")).read_all()
    assert table.num_rows == len(lines) >= COUNT
    for name in ("position", "topic", "stream", "actor", "meta", "state"):
        assert table.column(name).to_pylist() == [line[name] for line in lines]
    instants = [f"{one:%Y-%m-%dT%H:%M:%S.%fZ}" for one in table.column("recorded_at").to_pylist()]
    assert instants == [line["recorded_at"] for line in lines]
