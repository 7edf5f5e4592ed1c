"""From what a provider says of somebody to an account with roles.

Each sign-in brings the account in line: a row that fits gives its role, one that fits no
longer takes it away, which ends tokens and connections within seconds. Roles that no row
names are an administrator's and stay.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from api.auth.logins import learn_logins
from api.auth.rows import Named, Row
from api.auth.tokens import new_subject
from api.dispatch.dispatcher import Dispatcher
from api.reference import Reference
from domain.account.commands import GrantRole, LinkIdentity, OpenAccount, WithdrawRole
from domain.account.state import AccountState
from domain.actor import Actor, Role
from domain.event import Command

KEEPER: Final = Actor(id="system:oidc", role=Role.ADMINISTRATOR)


class Groups:
    """Keeps accounts in line with what the provider says."""

    def __init__(self, rows: Sequence[Row], dispatcher: Dispatcher, reference: Reference) -> None:
        self._rows = rows
        self._dispatcher = dispatcher
        self._reference = reference

    async def account(
        self, issuer: str, identity: str, claims: Mapping[str, Any]
    ) -> AccountState | None:
        """Return who signs in: a linked account, or a new one where a row fits. Raises Rejected.

        None for somebody whom neither an administrator nor a row knows.
        """
        await learn_logins(self._reference, self._dispatcher.vault)
        name = self._reference.identities.get(identity)
        wanted = {row.named for row in self._rows if row.fits(claims)}
        if name is None:
            if not wanted:
                return None
            name = new_subject()
            await self._give(OpenAccount(account=name, kind="person", scope=""))
            await self._give(LinkIdentity(account=name, issuer=issuer, identity=identity))
        account = self._reference.accounts[name]
        if not account.live:
            return None
        await self._align(account, wanted)
        return self._reference.accounts[name]

    async def _align(self, account: AccountState, wanted: set[Named]) -> None:
        has = {(one.role, one.scope, one.unit) for one in account.grants}
        kept = {row.named for row in self._rows}
        for role, scope, unit in sorted(wanted - has, key=str):
            await self._give(GrantRole(account=account.account, role=role, scope=scope, unit=unit))
        for role, scope, unit in sorted((has & kept) - wanted, key=str):
            await self._give(
                WithdrawRole(
                    account=account.account, role=role, scope=scope, unit=unit,
                    reason="no longer so at the identity provider",
                )
            )  # fmt: skip

    async def _give(self, command: Command) -> None:
        await self._dispatcher.dispatch(command, actor=KEEPER, command_id=uuid4())
