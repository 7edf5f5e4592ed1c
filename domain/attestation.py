"""The log's own event that read models stand as the log says: a digest of each, at a position."""

from domain.event import DomainEvent


class ReadModelsAttested(DomainEvent, frozen=True, kw_only=True):
    """读模型存证: the rows of each read model, as of `position`, had this digest.

    `digests` is by read model and version (`case_board v1`). Who replays the log up to that
    position has to find the same; so what screens showed is under the log's seal too.
    """

    TOPIC = "log.read_models_attested"
    position: int
    digests: dict[str, str]


EVENTS: tuple[type[DomainEvent], ...] = (ReadModelsAttested,)
