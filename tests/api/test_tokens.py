"""Signed tokens and the key they are signed with."""

import os
from pathlib import Path
from typing import Any

import pytest
import time_machine

from api.auth.signing import SigningKeyError, derived, signing_key
from api.auth.tokens import ANONYMOUS, Identity, InvalidToken, Tokens, make_token
from domain.actor import Actor, Role

KEY = b"k" * 32
HANDLER = Actor(id="acct:1", role=Role.HANDLER, scope="371602.", unit="sanitation")


def test_a_token_says_who_bears_it() -> None:
    tokens = Tokens(KEY)
    identity = tokens.bearer(f"Bearer {tokens.issue(HANDLER, 60)}")
    assert (identity.actor, identity.basis) == (HANDLER, "observed")
    assert Tokens(KEY).read(tokens.issue(HANDLER, 60, "simulated")).basis == "simulated"
    assert tokens.bearer(None) == ANONYMOUS == Identity(Actor(id="public", role=Role.PUBLIC))


def test_another_key_an_altered_or_an_unsigned_token_is_refused() -> None:
    token = Tokens(KEY).issue(HANDLER, 60)
    head, body, _ = token.split(".")
    unsigned = f"{'eyJhbGciOiJub25lIn0'}.{body}."
    for bad in (token[:-2], f"{head}.{body}x.{token[-8:]}", unsigned, "", "a.b.c"):
        with pytest.raises(InvalidToken):
            Tokens(KEY).read(bad)
    with pytest.raises(InvalidToken):
        Tokens(b"x" * 32).read(token)


def test_a_token_ends_even_where_it_is_remembered() -> None:
    tokens = Tokens(KEY)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        token = tokens.issue(HANDLER, 60)
        assert tokens.read(token).expires_at == 1_800_000_060
        clock.shift(61)
        with pytest.raises(InvalidToken):
            tokens.read(token)


@pytest.mark.parametrize("role", ["clock", "public"])
def test_nobody_may_bear_the_clocks_role(role: str) -> None:
    with pytest.raises(ValueError, match=f"no token carries the role {role}"):
        make_token(KEY, role)


def test_the_command_lines_token_says_what_is_wrong() -> None:
    assert Tokens(KEY).read(make_token(KEY, "auditor")).actor.role is Role.AUDITOR
    cases: list[tuple[dict[str, Any], str]] = [
        ({"role": "boss"}, "there is no role 'boss'"),
        ({"role": "auditor", "scope": "371602"}, "a scope is area codes"),
        ({"role": "auditor", "subject": "Zhang San"}, "a subject is"),
        ({"role": "auditor", "basis": "source"}, "basis is one of"),
    ]
    for given, message in cases:
        with pytest.raises(ValueError, match=message):
            make_token(KEY, **given)


def test_the_key_is_made_once_and_kept_to_ourselves(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    key = signing_key(keys)
    assert signing_key(keys) == key
    assert [(path.name, path.stat().st_mode & 0o777) for path in keys.iterdir()] == [
        ("tokens.key", 0o600)
    ]
    assert derived(key, "commands") != derived(key, "other") != key
    (keys / "tokens.key").chmod(0o644)
    with pytest.raises(SigningKeyError, match="chmod 600"):
        signing_key(keys)
    (keys / "tokens.key").chmod(0o600)
    os.truncate(keys / "tokens.key", 5)
    with pytest.raises(SigningKeyError, match="restore it"):
        signing_key(keys)
