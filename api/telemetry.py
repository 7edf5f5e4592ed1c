"""Logs as lines of JSON on standard error, ours and those of the libraries alike."""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Final

import structlog

from api.database.errors import DatabaseError
from eventlog.errors import LogError

_TIMESTAMP: Final = structlog.processors.TimeStamper(fmt="iso", utc=True)

SPOKEN: Final = (LogError, DatabaseError, OSError)
"""Errors whose words are our own or the system's; what others say may quote a person."""
SILENT: Final = {
    "strawberry": logging.CRITICAL,  # it repeats values of variables in its errors
    "websockets": logging.WARNING,  # it prints the frames it receives
    "uvicorn": logging.WARNING,  # it prints addresses and headers
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
}
"""Libraries that would write down what people say to us, and the least they may say."""


def log_as_json(level: str) -> None:
    """Configure structlog and the standard library to one stream and one form."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _TIMESTAMP,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                frames_only,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=threshold, handlers=[handler], force=True)
    for name, least in SILENT.items():
        logging.getLogger(name).setLevel(max(least, threshold))


def frames_only(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Write an exception down as where and of what kind, without its words.

    The words of an error may be somebody's own: a value that could not be read, a text that
    was too long. Those we have written ourselves stay.
    """
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()[1]
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["exception"] = "".join(_told(found))
    return event


def _told(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _told(cause)
        yield "\nwhich led to\n\n"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _told(one)
    yield from traceback.format_tb(error.__traceback__)
    words = f": {error}" if isinstance(error, SPOKEN) else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{words}\n"
