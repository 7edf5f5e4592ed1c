"""Who signs in elsewhere as whom: opened from the log when somebody signs in, never on disk.

The log holds an identity sealed under its account's key, so that erasing the account is
forgetting the login. What has been opened is kept in memory, in the reference, until then.
"""

from api.dispatch.sealing import open_events
from api.reference import Reference
from domain.account.events import IdentityLinked
from domain.event import Sealed
from domain.streams import account_stream
from eventlog.vault import Vault


async def learn_logins(reference: Reference, vault: Vault) -> None:
    """Open the logins that were not needed before. Whose key is destroyed is nobody's.

    Raises the vault's errors; asked again, it goes on.
    """
    waiting = list(reference.sealed_logins)
    if not waiting:
        return
    await vault.keys([e.identity.key for e in waiting if isinstance(e.identity, Sealed)])
    for link in waiting:
        (opened,) = await open_events(vault, account_stream(link.account), [link])
        assert isinstance(opened, IdentityLinked)
        if link not in reference.sealed_logins:  # opened, or forgotten, meanwhile
            continue
        reference.sealed_logins.remove(link)
        if isinstance(opened.identity, str):
            reference.identities[opened.identity] = link.account


def forget_logins(reference: Reference, account: str) -> None:
    """Forget the logins of an account."""
    links = reference.sealed_logins
    links[:] = [link for link in links if link.account != account]
    for identity in [one for one, owner in reference.identities.items() if owner == account]:
        del reference.identities[identity]
