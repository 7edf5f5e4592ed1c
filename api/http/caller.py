"""Who sends a request: by a token or key, or by a display's token with its proof (RFC 9449)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from api.auth.proof import ALGORITHM, InvalidProof, Shown
from api.auth.tokens import ANONYMOUS, Identity, InvalidToken, Tokens
from api.http.answers import problem

SCHEME: Final = "dpop "
PROOF: Final = b"dpop"


def caller(tokens: Tokens, request: Request) -> Identity:
    """Return who sends a request. Raises InvalidToken."""
    return caller_of(tokens, request.scope, dict(request.scope["headers"]))


def caller_of(tokens: Tokens, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Identity:
    """Return who sends a request, by its scope and its headers. Raises InvalidToken."""
    given = headers.get(b"authorization")
    if given is None:
        return ANONYMOUS
    text = given.decode("latin-1")
    if text[: len(SCHEME)].lower() != SCHEME:
        return tokens.bearer(text)
    return tokens.proved(text[len(SCHEME) :].strip(), shown(scope, scope["method"]))


def token_of(request: Request) -> str | None:
    """Return the token or key somebody who was let in came with, None for the public."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None


def unauthenticated(tokens: Tokens, error: InvalidToken) -> Response:
    """Return the refusal of a token; of a display's with what its proof lacked, and a nonce."""
    return problem(HTTPStatus.UNAUTHORIZED, *refusal(tokens, error))


def refusal(tokens: Tokens, error: InvalidToken) -> tuple[str, str, dict[str, str]]:
    """Return code, words and headers that say why a token is refused."""
    if not isinstance(error, InvalidProof):
        return "UNAUTHENTICATED", str(error), {}
    told = f'DPoP error="{error.code.lower()}", algs="{ALGORITHM}"'
    return error.code, str(error), {"www-authenticate": told, "dpop-nonce": tokens.proofs.nonce()}


def shown(scope: Mapping[str, Any], method: str, proof: str | None = None) -> Shown:
    """Return a request as its sender addressed it, with the proof of its head or a given one."""
    heads = scope["headers"]
    hosts = [value for name, value in heads if name == b"host"]
    proofs = [value for name, value in heads if name == PROOF]
    if proof is None and len(proofs) == 1:
        proof = proofs[0].decode("latin-1")
    host = hosts[0].decode("latin-1") if hosts else ""
    return Shown(method, host, scope["path"], proof)
