"""Accounts: who may open, grant and revoke what, and what an account admits."""

from typing import Any

import msgspec
import pytest

from domain.account.commands import (
    CloseAccount,
    EndSessions,
    GrantRole,
    IssueKey,
    LinkIdentity,
    OpenAccount,
    RevokeKey,
    WithdrawRole,
)
from domain.account.decide import ACCOUNT
from domain.account.events import (
    AccountClosed,
    AccountOpened,
    IdentityLinked,
    KeyIssued,
    KeyRevoked,
    RoleGranted,
    RoleWithdrawn,
    SessionsEnded,
)
from domain.account.facts import AccountFacts
from domain.actor import Actor, Role
from domain.event import By
from tests.domain.telling import ADMIN, given

DAY = 86_400_000_000
NOW = 1_800_000_000_000_000
TOWNSHIP = "371602.005."
BY = msgspec.structs.replace(ADMIN, at=NOW)
FACTS = AccountFacts(by=BY)
OPEN = OpenAccount(account="acct:1", kind="person", scope="371602.", name="张三")
OPENED = AccountOpened(account="acct:1", kind="person", scope="371602.", name="张三")
SYSTEM = AccountOpened(account="sys:1", kind="system", scope="371602.")
GRANT = GrantRole(account="acct:1", role="checker", scope=TOWNSHIP)
GRANTED = RoleGranted(account="acct:1", role="checker", scope=TOWNSHIP)
ISSUE = IssueKey(
    account="sys:1", key="hotline1", sha256="b" * 64, role="integrator", scope="371602.",
    expires_at=NOW + 30 * DAY,
)  # fmt: skip
ISSUED = KeyIssued(
    account="sys:1", key="hotline1", sha256="b" * 64, role="integrator", scope="371602.",
    expires_at=NOW + 30 * DAY,
)  # fmt: skip


def issuing(**changes: Any) -> IssueKey:
    return msgspec.structs.replace(ISSUE, **changes)


def granting(**changes: Any) -> GrantRole:
    return msgspec.structs.replace(GRANT, **changes)


def test_opens_an_account_once() -> None:
    given(ACCOUNT, FACTS).when(OPEN).then(OPENED)
    given(ACCOUNT, FACTS, OPENED).when(OPEN).refused("ACCOUNT_USED")
    closed = AccountClosed(account="acct:1", reason="x")
    given(ACCOUNT, FACTS, OPENED, closed).when(OPEN).refused("ACCOUNT_USED")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"account": "Zhang San"}, "ACCOUNT_MALFORMED"),
        ({"kind": "robot"}, "ACCOUNT_KIND_UNKNOWN"),
        ({"scope": "371602"}, "OUT_OF_SCOPE"),
        ({"scope": "371699."}, "OUT_OF_SCOPE"),
    ],
)
def test_refuses_what_is_no_account(changes: dict[str, Any], code: str) -> None:
    given(ACCOUNT, FACTS).when(msgspec.structs.replace(OPEN, **changes)).refused(code)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators(role: Role) -> None:
    facts = AccountFacts(by=By(actor="a", role=role, scope="371602.", at=NOW))
    given(ACCOUNT, facts).when(OPEN).refused("ROLE_NOT_ALLOWED", role=role)
    given(ACCOUNT, facts, OPENED).when(GRANT).refused("ROLE_NOT_ALLOWED", role=role)


def test_a_role_is_granted_and_withdrawn() -> None:
    story = given(ACCOUNT, FACTS, OPENED)
    story.when(GRANT).then(GRANTED)
    given(ACCOUNT, FACTS, OPENED, GRANTED).when(GRANT).then()
    withdraw = WithdrawRole(account="acct:1", role="checker", scope=TOWNSHIP, reason="调岗")
    withdrawn = RoleWithdrawn(account="acct:1", role="checker", scope=TOWNSHIP, reason="调岗")
    given(ACCOUNT, FACTS, OPENED, GRANTED).when(withdraw).then(withdrawn)
    story.when(withdraw).then()
    story.when(msgspec.structs.replace(withdraw, reason="")).refused("REASON_MISSING")


@pytest.mark.parametrize(
    ("changes", "facts", "code"),
    [
        ({"role": "clock"}, {}, "ROLE_NOT_GRANTABLE"),
        ({"role": "import"}, {}, "ROLE_NOT_GRANTABLE"),
        ({"role": "display"}, {}, "ROLE_NOT_GRANTABLE"),
        ({"role": "boss"}, {}, "ROLE_NOT_GRANTABLE"),
        ({"role": "handler"}, {}, "UNIT_UNFIT"),
        ({"role": "checker", "unit": "urban"}, {}, "UNIT_UNFIT"),
        ({"role": "handler", "unit": "gone"}, {"unit_known": False}, "UNIT_UNFIT"),
        ({"scope": "371699."}, {}, "OUT_OF_SCOPE"),
        ({"scope": "371602"}, {}, "SCOPE_MALFORMED"),
    ],
)
def test_refuses_roles_that_do_not_fit(
    changes: dict[str, Any], facts: dict[str, Any], code: str
) -> None:
    story = given(ACCOUNT, AccountFacts(by=BY, **facts), OPENED)
    story.when(granting(**changes)).refused(code)


def test_nothing_without_an_account_or_on_a_closed_one() -> None:
    given(ACCOUNT, FACTS).when(GRANT).refused("OUT_OF_SCOPE")
    everywhere = AccountFacts(by=By(actor="a", role=Role.ADMINISTRATOR, at=NOW))
    given(ACCOUNT, everywhere).when(GRANT).refused("UNKNOWN")
    closed = AccountClosed(account="acct:1", reason="x")
    given(ACCOUNT, FACTS, OPENED, closed).when(GRANT).refused("RETIRED")


def test_two_keys_live_at_once_and_no_third() -> None:
    second = msgspec.structs.replace(ISSUED, key="hotline2")
    third = issuing(key="hotline3")
    given(ACCOUNT, FACTS, SYSTEM).when(ISSUE).then(ISSUED)
    given(ACCOUNT, FACTS, SYSTEM, ISSUED).when(ISSUE).refused("KEY_USED")
    both = (SYSTEM, ISSUED, second)
    given(ACCOUNT, FACTS, *both).when(third).refused("KEYS_ENOUGH", live=["hotline1", "hotline2"])
    revoked = KeyRevoked(account="sys:1", key="hotline1", reason="轮换")
    issued = msgspec.structs.replace(ISSUED, key="hotline3")
    given(ACCOUNT, FACTS, *both, revoked).when(third).then(issued)
    ended = AccountFacts(by=msgspec.structs.replace(BY, at=NOW + 31 * DAY))
    later = issuing(key="hotline3", expires_at=NOW + 60 * DAY)
    assert given(ACCOUNT, ended, *both).when(later).story.state.keys.keys() == {
        "hotline1", "hotline2",
    }  # fmt: skip
    given(ACCOUNT, ended, *both).when(later).then(
        msgspec.structs.replace(issued, expires_at=NOW + 60 * DAY)
    )


@pytest.mark.parametrize(
    ("changes", "facts", "code"),
    [
        ({"key": "UPPER"}, {}, "KEY_MALFORMED"),
        ({"sha256": "b" * 63}, {}, "KEY_MALFORMED"),
        ({"expires_at": NOW}, {}, "KEY_LIFETIME"),
        ({"expires_at": NOW + 401 * DAY}, {}, "KEY_LIFETIME"),
        ({"role": "dispatcher"}, {}, "ROLE_NOT_GRANTABLE"),
        ({"role": "administrator"}, {}, "ROLE_NOT_GRANTABLE"),
        ({}, {"key_taken": True}, "KEY_USED"),
    ],
)
def test_refuses_keys_that_do_not_fit(
    changes: dict[str, Any], facts: dict[str, Any], code: str
) -> None:
    story = given(ACCOUNT, AccountFacts(by=BY, **facts), SYSTEM)
    story.when(issuing(**changes)).refused(code)


def test_a_key_is_revoked_once() -> None:
    revoke = RevokeKey(account="sys:1", key="hotline1", reason="泄露")
    revoked = KeyRevoked(account="sys:1", key="hotline1", reason="泄露")
    given(ACCOUNT, FACTS, SYSTEM, ISSUED).when(revoke).then(revoked)
    given(ACCOUNT, FACTS, SYSTEM, ISSUED, revoked).when(revoke).then()
    given(ACCOUNT, FACTS, SYSTEM).when(revoke).refused("UNKNOWN", which="hotline1")


def test_an_identity_belongs_to_one_account() -> None:
    link = LinkIdentity(account="acct:1", issuer="https://id", identity="a" * 64)
    linked = IdentityLinked(account="acct:1", issuer="https://id", identity="a" * 64)
    given(ACCOUNT, FACTS, OPENED).when(link).then(linked)
    mine, others = (AccountFacts(by=BY, linked_to=to) for to in ("acct:1", "acct:2"))
    given(ACCOUNT, mine, OPENED, linked).when(link).then()
    given(ACCOUNT, others, OPENED).when(link).refused("IDENTITY_LINKED")


def test_an_id_that_was_never_opened_can_be_closed() -> None:
    everywhere = AccountFacts(by=By(actor="a", role=Role.ADMINISTRATOR, at=NOW))
    close = CloseAccount(account="acct:lost", reason="遗失")
    given(ACCOUNT, everywhere).when(close).then(AccountClosed(account="acct:lost", reason="遗失"))
    given(ACCOUNT, FACTS).when(close).refused("OUT_OF_SCOPE")


@pytest.mark.parametrize(
    ("actor", "at", "admitted"),
    [
        ({}, NOW, True),
        ({"scope": "371602.005.036."}, NOW, True),
        ({"scope": "371602."}, NOW, False),
        ({"scope": ""}, NOW, False),
        ({"role": Role.DISPATCHER}, NOW, False),
        ({"unit": "urban"}, NOW, False),
        ({}, NOW + DAY, False),
    ],
)
def test_admits_inside_its_grants_and_not_a_moment_longer(
    actor: dict[str, Any], at: int, admitted: bool
) -> None:
    granted = msgspec.structs.replace(GRANTED, until=NOW + DAY)
    state = given(ACCOUNT, FACTS, OPENED, granted).state
    asked = Actor(**{"id": "acct:1", "role": Role.CHECKER, "scope": TOWNSHIP, **actor})
    assert state.admits(asked, at) is admitted


def test_one_ends_the_own_sessions_and_an_administrator_those_of_the_place() -> None:
    end = EndSessions(account="acct:1", reason="x")
    ended = SessionsEnded(account="acct:1", ended_at=NOW, reason="x")
    own = AccountFacts(by=By(actor="acct:1", role=Role.CHECKER, at=NOW))
    for facts in (own, FACTS):
        given(ACCOUNT, facts, OPENED).when(end).then(ended)
    other = AccountFacts(by=By(actor="acct:2", role=Role.CHECKER, at=NOW))
    given(ACCOUNT, other, OPENED).when(end).refused("ROLE_NOT_ALLOWED")
    given(ACCOUNT, FACTS, OPENED).when(EndSessions(account="acct:1", reason="")).refused(
        "REASON_MISSING"
    )
    closed = AccountClosed(account="acct:1", reason="x")
    given(ACCOUNT, own, OPENED, closed).when(end).then()


def test_sessions_that_have_ended_stay_so_when_the_account_is_opened() -> None:
    ended = SessionsEnded(account="acct:1", ended_at=NOW, reason="x")
    earlier = SessionsEnded(account="acct:1", ended_at=NOW - 1, reason="x")
    state = given(ACCOUNT, FACTS, ended, earlier, OPENED).state
    assert (state.opened, state.sessions_ended_at) == (True, NOW)
