"""The log's own event: a new epoch, after a restore that lost what had been sealed."""

from domain.event import DomainEvent


class EpochOpened(DomainEvent, frozen=True, kw_only=True):
    """日志新纪元: it goes on after position `after`; `checkpoint` is the old epoch's last one.

    What the old epoch held past `after` is lost. Whoever holds it may show it: its checkpoint
    was signed, and is never signed over.
    """

    TOPIC = "log.epoch_opened"
    epoch: int
    was: int
    after: int
    reason: str = "restored"
    checkpoint: str = ""


EVENTS: tuple[type[DomainEvent], ...] = (EpochOpened,)
