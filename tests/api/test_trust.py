"""Certificates' authorities are read once a process, whoever asks something elsewhere."""

import ast
from pathlib import Path

import httpx

from api.trust import authorities

API = Path(__file__).resolve().parents[2] / "api"
OWN_PACKAGE = API / "sdk"


def clients(source: str) -> list[ast.Call]:
    calls = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Call)]
    return [one for one in calls if ast.unparse(one.func) in ("httpx.AsyncClient", "httpx.Client")]


def reads_anew(client: ast.Call) -> bool:
    return not {"verify", "transport"} & {str(given.arg) for given in client.keywords}


def test_no_client_of_the_platform_reads_them_anew() -> None:
    files = [one for one in API.rglob("*.py") if OWN_PACKAGE not in one.parents]
    found = {str(one.relative_to(API)): clients(one.read_text("utf-8")) for one in files}
    asking = {name for name, calls in found.items() if calls}
    assert {"webhooks/sender.py", "auth/oidc.py", "reactors/canary.py"} <= asking
    assert [name for name, calls in found.items() if any(map(reads_anew, calls))] == []
    assert reads_anew(*clients("httpx.Client(timeout=1)"))


def test_it_believes_those_that_the_library_would() -> None:
    told = httpx.create_ssl_context(trust_env=False)
    assert authorities() is authorities()
    assert authorities().verify_mode == told.verify_mode
    assert authorities().check_hostname
    assert len(authorities().get_ca_certs()) == len(told.get_ca_certs()) > 100
