"""A small district in a server of its own, people to ask it as, and values that are there.

The server is `quanke run` in another process, on a real socket. What it says goes to a file,
and what it holds (memory, open files) is read from the kernel.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.check.decorated import Pools
from api.check.running import Running
from api.graphql.ids import encode_id
from api.trust import authorities
from domain.actor import Role
from tests.api.ground import COMMUNITY, DISTRICT, GRID, OTHER_GRID, TOWN
from tests.api.steps import WHO
from tests.process.platform import found_district, running

PATIENCE_S: Final = 20.0
KEPT_S: Final = 1.0
"""A connection unused for longer is not used again: drawing takes its time, and the server lets go
of one after 5 s, which may be the moment of the next request."""
PEOPLE: Final = {
    **WHO,
    "auditor": (Role.AUDITOR, DISTRICT, None),
    "officer": (Role.PRIVACY_OFFICER, DISTRICT, None),
}
NOT_FORESEEN: Final = ("Traceback", '"level": "error"', '"level": "critical"', "never retrieved")
"""What stands in the server's words when something happened that nobody thought of."""


@dataclass
class Tally:
    """How often each operation was asked and accepted, and what must never have happened."""

    asked: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, operation: str, accepted: bool) -> None:
        """Count one answer."""
        self.asked[operation] += 1
        self.accepted[operation] += accepted

    @property
    def share(self) -> float:
        """Which share of everything asked was accepted."""
        return self.accepted.total() / max(1, self.asked.total())

    @property
    def never(self) -> list[str]:
        """Operations that were asked and never accepted."""
        return sorted(name for name in self.asked if not self.accepted[name])


class World:
    """A running platform."""

    def __init__(self, platform: Running, data: Path, log: Path) -> None:
        self.url = platform.url
        self.pid = platform.pid
        self._log = log
        key = signing_key(data / "keys")
        self.tokens = {
            who: make_token(key, role.value, scope, unit, f"acct:{who}", basis="simulated")
            for who, (role, scope, unit) in PEOPLE.items()
        }
        self._http = httpx.Client(
            base_url=self.url, trust_env=False, timeout=PATIENCE_S,
            limits=httpx.Limits(keepalive_expiry=KEPT_S),
        )  # fmt: skip

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def post(self, who: str | None, query: str, variables: Mapping[str, Any]) -> httpx.Response:
        """Ask as somebody, or as nobody."""
        headers = {} if who is None else {"authorization": f"Bearer {self.tokens[who]}"}
        body = {"query": query, "variables": variables}
        return self._http.post("/graphql", json=body, headers=headers)

    def ask(self, who: str, query: str, **variables: Any) -> dict[str, Any]:
        """Ask what must be answered."""
        answer = self.post(who, query, variables).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def ready(self) -> bool:
        """Tell whether the platform answers somebody new, soon."""
        with httpx.Client(
            base_url=self.url, trust_env=False, timeout=5.0, verify=authorities()
        ) as http:
            return http.get("/ready").status_code == httpx.codes.OK

    def rss_kb(self) -> int:
        """Return the server's resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def open_files(self) -> int:
        """Return how many files and sockets the server holds."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def unforeseen(self) -> list[str]:
        """Return what the server has said about things nobody thought of."""
        said = self._log.read_text(errors="replace").splitlines()
        return [line[:2_000] for line in said if any(one in line for one in NOT_FORESEEN)]

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def judged(answer: httpx.Response, asked: str) -> tuple[bool, str | None]:
    """Return whether an answer accepts what was asked, and what is wrong with it, if anything."""
    told = f"{answer.status_code} to {asked[:1_500]}: {answer.text[:500]}"
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or "Traceback" in answer.text:
        return False, told
    try:
        body = answer.json()
    except ValueError:
        return False, f"not JSON: {told}"
    errors = body.get("errors", [])
    if any(one.get("extensions", {}).get("code") == "INTERNAL" for one in errors):
        return False, told
    refused = any(
        isinstance(payload, dict) and payload.get("userErrors")
        for payload in (body.get("data") or {}).values()
    )
    return not errors and not refused, None


class Fresh(Sequence[str]):
    """As many ids as one likes, none given twice."""

    def __len__(self) -> int:
        return 1 << 20

    def __getitem__(self, _: Any) -> Any:
        return str(uuid4())


def pools(world: World, cases: Sequence[str]) -> Pools:
    """Return values that exist, by the argument or input field they are for."""
    head = world.ask("auditor", "{ log { head } }")["log"]["head"]
    numbers = [
        one["number"]
        for one in world.ask("leader", "{ cases(first: 9) { nodes { number } } }")["cases"]["nodes"]
    ]
    alarms = [one["id"] for one in world.ask("leader", "{ alarms { id } }")["alarms"]]
    nothing: list[Any] = [None] * 9
    limit = {"clientMutationId": str(uuid4()), "owner": "371602", "clock": "accept", "limit": "2U"}
    past, soon, future = "2020-01-01T00:00:00Z", "2020-01-01T01:00:00Z", "2031-01-01T00:00:00Z"
    things = [
        encode_id("Grid", GRID), encode_id("Area", DISTRICT), encode_id("Department", "urban"),
    ]  # fmt: skip
    return {
        "clientMutationId": Fresh(), "expectedVersion": [*nothing, 1], "occurredAt": [None],
        "first": [1, 5, 20], "after": nothing, "id": [*cases, *things], "ids": [things, [*cases]],
        "case": cases, "into": cases, "other": cases, "alarm": alarms,
        "number": [*nothing, *numbers], "status": [*nothing, ["CLOSED"]],
        "scope": [DISTRICT, TOWN, COMMUNITY, None], "key": ["371602", "w1", "sanitation"],
        "department": ["sanitation", "urban", None], "depth": [None, 1, 2],
        "since": [past], "from": [past], "to": [future], "until": [soon, future],
        "replyDue": [future], "reviewAt": [future], "expiresAt": [future],
        "buckets": [1, 12], "codes": [None, ["K1", "K7"]], "code": ["K1", GRID, "06010"],
        "lon": [118.005], "lat": [37.405], "owner": ["371602"],
        "asOf": [*nothing, {"position": head}], "category": ["06010", "06036", None],
        "grid": [GRID, OTHER_GRID], "place": [{"grid": GRID}],
        "channel": ["HOTLINE", "GRID_WORKER"], "evidence": [None], "worker": ["w1"],
        "speed": [60.0, 600.0], "subject": [f"case:{uuid4()}", *cases], "hold": ["h1"],
        "streams": nothing, "types": [*nothing, ["case.reported"]], "severity": ["NORMAL", None],
        "reader": nothing, "minPosition": nothing, "timeoutMs": nothing, "purpose": nothing,
        "reportedFrom": [None, past], "reportedBefore": [None, future], "dueBefore": nothing,
        "clock": [*nothing, "TOTAL"], "passed": nothing, "categories": [["06*"]],
        "change": [{"setStageLimit": limit}], "days": [30],
        "topics": [["case.closed"]], "rings": [[[118_030_000, 37_400_000] * 4]],
    }  # fmt: skip


@contextmanager
def world(home: Path, **env: str) -> Iterator[World]:
    """Found the small district and run a platform on it."""
    data, log = home / "data", home / "log"
    found_district(data)
    chosen = {"QUANKE_RATE_LIMIT": "false", "QUANKE_SEALER": "false", **env}
    with running(data, log, **chosen) as platform:
        made = World(platform, data, log)
        try:
            yield made
        finally:
            made.close()
