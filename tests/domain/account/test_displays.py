"""A display's role is bound to the key of its screen: no other key, and no key that is copied."""

from typing import Any

import msgspec
import pytest

from domain.account.commands import GrantRole, IssueKey, WithdrawRole
from domain.account.decide import ACCOUNT
from domain.account.events import AccountOpened, RoleGranted, RoleWithdrawn
from domain.account.evolve import evolve
from domain.account.facts import AccountFacts
from domain.account.state import Grant, no_account
from domain.actor import Actor, Role
from domain.event import By
from domain.topics import decode
from tests.domain.telling import ADMIN, given

NOW = 1_800_000_000_000_000
BY: By = msgspec.structs.replace(ADMIN, at=NOW)
FACTS = AccountFacts(by=BY)
SCOPE = "371602."
KEY, OTHER = "cJzsI18jKP4t7IV6b4hdueHfhreZvZVYLXVwVKzX3qY", "x" * 43
OPENED = AccountOpened(account="display:1", kind="display", scope=SCOPE)
GRANT = GrantRole(account="display:1", role="display", scope=SCOPE, thumbprint=KEY)
GRANTED = RoleGranted(account="display:1", role="display", scope=SCOPE, thumbprint=KEY)
WALL = Actor(id="display:1", role=Role.DISPLAY, scope=SCOPE)


def test_a_display_has_its_role_with_its_key() -> None:
    given(ACCOUNT, FACTS, OPENED).when(GRANT).then(GRANTED)
    given(ACCOUNT, FACTS, OPENED, GRANTED).when(GRANT).then()


@pytest.mark.parametrize("thumbprint", [None, "", "short", KEY + "=", "字" * 43, KEY[:-1] + "+"])
def test_a_display_without_a_key_gets_no_role(thumbprint: str | None) -> None:
    unbound = msgspec.structs.replace(GRANT, thumbprint=thumbprint)
    given(ACCOUNT, FACTS, OPENED).when(unbound).refused("THUMBPRINT_UNFIT", role="display")


def test_no_other_role_has_a_key() -> None:
    person = AccountOpened(account="acct:1", kind="person", scope=SCOPE)
    bound = GrantRole(account="acct:1", role="checker", scope=SCOPE, thumbprint=KEY)
    given(ACCOUNT, FACTS, person).when(bound).refused("THUMBPRINT_UNFIT", role="checker")


def test_a_display_has_no_key_that_could_be_copied() -> None:
    issue = IssueKey(
        account="display:1", key="wallkey1", sha256="b" * 64, role="display", scope=SCOPE,
        expires_at=NOW + 86_400_000_000,
    )  # fmt: skip
    given(ACCOUNT, FACTS, OPENED).when(issue).refused("ROLE_NOT_GRANTABLE")


def _after(*events: Any) -> Any:
    state = no_account()
    for event in events:
        state = evolve(state, event, BY)
    return state


def test_it_admits_that_key_only() -> None:
    account = _after(OPENED, GRANTED)
    assert account.admits(WALL, NOW, KEY)
    assert not account.admits(WALL, NOW, OTHER)
    assert not account.admits(WALL, NOW)


def test_another_key_takes_the_place_of_the_first() -> None:
    account = _after(OPENED, GRANTED, msgspec.structs.replace(GRANTED, thumbprint=OTHER))
    assert account.admits(WALL, NOW, OTHER)
    assert not account.admits(WALL, NOW, KEY)


def test_withdrawn_it_admits_nobody() -> None:
    withdraw = WithdrawRole(account="display:1", role="display", scope=SCOPE, reason="拆除")
    withdrawn = RoleWithdrawn(account="display:1", role="display", scope=SCOPE, reason="拆除")
    given(ACCOUNT, FACTS, OPENED, GRANTED).when(withdraw).then(withdrawn)
    assert not _after(OPENED, GRANTED, withdrawn).admits(WALL, NOW, KEY)


def test_a_grant_written_before_there_were_keys_is_read_and_bound_to_none() -> None:
    state = b'{"account":"display:1","role":"display","scope":"371602."}'
    account = _after(OPENED, decode("account.role_granted", 1, state))
    assert account.grants == (Grant("display", SCOPE),)
    assert not account.admits(WALL, NOW, KEY)
