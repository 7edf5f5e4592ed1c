"""`quanke check disk`: a full disk refuses writing, leaves reading alone, and heals by itself.

The data directory lies on a small file system of its own (tmpfs; mounting needs root). It
is filled under load, first so far that the reserve is touched, then to the last byte. While
it is full every report is refused as STORAGE_FULL and every query is answered; when room is
made again reports are taken without anybody's help, and nothing acknowledged is lost.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from api.check.kept import Found, inspect
from api.check.kill import launch, prepare, scratch, settings_in
from api.check.witness import Plan

SIZE_MB: Final = 1_200
RESERVE_MB: Final = 128
MEGABYTE: Final = 1_000_000
PATIENCE_S: Final = 60.0
ASKED: Final = 40
REPORT: Final = """mutation($i: ReportCaseInput!) { reportCase(input: $i) {
    event { position } userErrors { code } } }"""
CASES: Final = "{ cases(first: 5) { nodes { number status } } }"


class CannotMount(Exception):
    """There is no small file system to be had here."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What was answered while the disk was so full."""

    free_mb: int
    refused: int
    other: int
    """Reports that were neither refused as STORAGE_FULL …"""
    read: int
    unread: int
    """… and queries that were not answered."""
    recovered_s: float


def main(arguments: Sequence[str]) -> int:
    """Run the check; 0 when writes were refused, reads lived, and all healed."""
    parser = argparse.ArgumentParser(prog="quanke check disk", description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        phases, found = check()
    except CannotMount as error:
        print(f"not checked: {error}", file=sys.stderr)
        return 2
    good = found.clean and all(not one.other and not one.unread for one in phases)
    told = {"phases": [asdict(one) for one in phases], **asdict(found)}
    print(json.dumps(told) if asked.json else _table(phases, found))
    return 0 if good else 1


def check() -> tuple[list[Phase], Found]:
    """Fill the disk twice; return what was answered, and what the log holds in the end."""
    with scratch() as home, _small(home / "data"):
        plan = prepare(home, clients=1, seed=1)
        os.environ["QUANKE_RESERVE_MB"] = str(RESERVE_MB)
        platform = launch(home, plan)
        try:
            with Path(plan.acknowledged).open("ab", buffering=0) as answered:
                door = _Door(plan, answered.write)
                door.taken()
                phases = [
                    _filled(home / "data", door, RESERVE_MB // 2 * MEGABYTE),
                    _filled(home / "data", door, 0),
                ]
        finally:
            platform.stop()
            del os.environ["QUANKE_RESERVE_MB"]
        return phases, inspect(settings_in(home), Path(plan.acknowledged))


@contextmanager
def _small(folder: Path) -> Iterator[None]:
    """Mount a tmpfs for the block. Raises CannotMount."""
    folder.mkdir(mode=0o711)
    options = f"size={SIZE_MB}m,mode=0711"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "quanke-check", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotMount(done.stderr.strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


class _Door:
    """Reports and queries, one at a time; what was acknowledged is written down."""

    def __init__(self, plan: Plan, acknowledged: Callable[[bytes], Any]) -> None:
        self._plan = plan
        self._acknowledged = acknowledged
        self._headers = {"authorization": f"Bearer {plan.token}"}

    def _post(self, query: str, **variables: Any) -> dict[str, Any]:
        where = f"http://{self._plan.host}:{self._plan.port}/graphql"
        answer = httpx.post(
            where, json={"query": query, "variables": variables}, headers=self._headers,
            timeout=PATIENCE_S, trust_env=False,
        )  # fmt: skip
        found: dict[str, Any] = answer.json()
        return found

    def report(self) -> str:
        """Send a report; return "taken" or the code of the error."""
        command = str(uuid4())
        given = {
            "clientMutationId": command, "channel": "HOTLINE",
            "category": self._plan.categories[0], "place": {"grid": self._plan.grids[0]},
            "description": "合成数据 synthetic " * 40,
        }  # fmt: skip
        found = self._post(REPORT, i=given)
        if "errors" in found:
            code: str = found["errors"][0]["extensions"]["code"]
            return code
        position = int(found["data"]["reportCase"]["event"]["position"])
        self._acknowledged(json.dumps([command, position]).encode() + b"\n")
        return "taken"

    def read(self) -> bool:
        """Ask for cases; tell whether there were any."""
        data = self._post(CASES).get("data") or {"cases": {"nodes": []}}
        return bool(data["cases"]["nodes"])

    def taken(self) -> float:
        """Report until one is taken; return how long that took. Raises TimeoutError."""
        began = time.monotonic()
        while self.report() != "taken":
            if time.monotonic() - began > PATIENCE_S:
                raise TimeoutError("nothing was taken any more")
            time.sleep(0.1)
        return time.monotonic() - began


def _filled(folder: Path, door: _Door, leave: int) -> Phase:
    ballast = folder / "ballast"
    _fill(ballast, leave)
    _until_refused(door)
    free = _free(folder)
    answers = [(door.report(), door.read()) for _ in range(ASKED)]
    ballast.unlink()
    refused = sum(said == "STORAGE_FULL" for said, _ in answers)
    read = sum(was for _, was in answers)
    return Phase(free // MEGABYTE, refused, ASKED - refused, read, ASKED - read, door.taken())


def _until_refused(door: _Door) -> None:
    """The disk is looked at five times a second: a few reports may still be taken."""
    give_up = time.monotonic() + PATIENCE_S
    while door.report() == "taken":
        if time.monotonic() > give_up:
            raise TimeoutError("a full disk was not noticed")


def _fill(ballast: Path, leave: int) -> None:
    with ballast.open("wb") as file:
        while (free := _free(ballast.parent)) > leave:
            try:
                file.write(b"\0" * min(MEGABYTE, free - leave))
                file.flush()
            except OSError:
                return


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _table(phases: Sequence[Phase], found: Found) -> str:
    lines = [
        f"{one.free_mb:>5} MB free: {one.refused} reports refused as STORAGE_FULL, {one.other} "
        f"otherwise; {one.read} queries answered, {one.unread} not; taken again after "
        f"{one.recovered_s:.2f} s"
        for one in phases
    ]
    return "\n".join([
        *lines, f"acknowledged {found.acknowledged:,}, lost {found.lost}, gaps {found.gaps}",
    ])  # fmt: skip
