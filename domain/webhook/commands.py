"""What an administrator, or the clock, may want of a webhook."""

from domain.event import Command


class RegisterWebhook(Command, frozen=True, kw_only=True):
    """登记推送 Have events of public cases inside a scope posted to an address, from a position."""

    NAME = "webhook.register"
    webhook: str
    url: str
    scope: str
    secret: str
    topics: tuple[str, ...] = ()
    envelope: str = "standard"
    after: int = 0


class RekeyWebhook(Command, frozen=True, kw_only=True):
    """更换推送密钥 Sign with another secret; the former one signs beside it."""

    NAME = "webhook.rekey"
    webhook: str
    secret: str


class PauseWebhook(Command, frozen=True, kw_only=True):
    """暂停推送 Post nothing until it is resumed."""

    NAME = "webhook.pause"
    webhook: str
    reason: str


class ResumeWebhook(Command, frozen=True, kw_only=True):
    """恢复推送 Go on where it stood, or just after a position: an earlier one replays."""

    NAME = "webhook.resume"
    webhook: str
    after: int | None = None


class RetireWebhook(Command, frozen=True, kw_only=True):
    """注销推送 Post nothing any more."""

    NAME = "webhook.retire"
    webhook: str
    reason: str


COMMANDS: tuple[type[Command], ...] = (
    RegisterWebhook, RekeyWebhook, PauseWebhook, ResumeWebhook, RetireWebhook,
)  # fmt: skip
