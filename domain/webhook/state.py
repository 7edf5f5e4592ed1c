"""What a webhook is now: the fold of its own stream. Its secrets stay sealed."""

from dataclasses import dataclass

from domain.codes import covers
from domain.event import Text


@dataclass(frozen=True, slots=True)
class Secret:
    """A sealed secret and the topic of the event that brought it, to which it is bound."""

    topic: str
    value: Text


@dataclass(frozen=True, slots=True)
class WebhookState:
    """One webhook. `after` is where it began or was last told to go on, at `generation`."""

    webhook: str = ""
    url: str = ""
    scope: str = ""
    topics: tuple[str, ...] = ()
    envelope: str = "standard"
    secrets: tuple[Secret, ...] = ()
    """The present one first, then the former one."""
    after: int = 0
    generation: int = 0
    """Grows whenever `after` was set: the sender then forgets where it stood."""
    paused: str | None = None
    registered: bool = False
    retired: bool = False

    @property
    def live(self) -> bool:
        """Whether it may be changed."""
        return self.registered and not self.retired

    @property
    def sending(self) -> bool:
        """Whether anything is posted."""
        return self.live and self.paused is None

    def wants(self, topic: str) -> bool:
        """Tell whether an event's topic is one of its own."""
        return not self.topics or any(covers(pattern, topic) for pattern in self.topics)


def no_webhook() -> WebhookState:
    """Return a webhook before its first event."""
    return WebhookState()
