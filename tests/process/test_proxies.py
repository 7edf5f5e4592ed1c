"""Whom a proxy names is who asks, where the proxy is one of ours; nobody else is believed."""

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api.cli.failure import Failed
from api.cli.serving import free_socket, networks, serving
from api.http.address import address_of


async def told(scope: Scope, _receive: Receive, send: Send) -> None:
    said = f"{address_of(scope)} {scope['scheme']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": said})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "said"),
    [
        (None, "203.0.113.9", "127.0.0.1 http"),
        ("10.0.0.0/8", "203.0.113.9", "127.0.0.1 http"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9 https"),
        ("10.0.0.0/8, 127.0.0.1", "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9 https"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::/64 https"),
        ("127.0.0.1", "", "127.0.0.1 https"),
    ],
)
async def test_who_asks(proxies: str | None, forwarded: str, said: str) -> None:
    listening = free_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    headers = {"x-forwarded-for": forwarded, "x-forwarded-proto": "https"}
    async with serving(told, listening, proxies), httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(url, headers=headers)).text == said


@pytest.mark.parametrize("text", ["*", "proxy.example", "0.0.0.0/0", "::/0", "10.0.0.1/8"])
def test_not_everybody_is_a_proxy(text: str) -> None:
    with pytest.raises(Failed, match="QUANKE_PROXIES"):
        networks(text)
