"""What goes wrong above the rules: top-level errors with `extensions.code`.

    ApiError
    ├── Unauthenticated   no token, or none that holds
    ├── Forbidden         the role or scope may not
    ├── BadInput          the request can't be meant like this
    ├── PurposeRequired   a sensitive field, and no purpose was stated
    ├── Unavailable       the log or a read model can't answer now
    ├── TooMuch           the caller has asked too much of late
    └── StorageFull       nothing can be written until there is room on the disk

Business refusals are data (`userErrors`), never one of these. Everything else is a
bug: masked for the caller, logged under the request id.
"""

from collections.abc import Iterable
from typing import Any, Final

import structlog
from graphql import GraphQLError, GraphQLFormattedError

from eventlog.connection import AWAY
from eventlog.errors import LogBusy, LogFull, LogUnavailable

LOG: Final = structlog.get_logger("quanke.graphql")
MASKED: Final = "internal error"


class ApiError(Exception):
    """Base: a message that may be shown, under a stable code."""

    code = "INTERNAL"


class Unauthenticated(ApiError):
    """Nobody known is asking."""

    code = "UNAUTHENTICATED"


class Forbidden(ApiError):
    """Somebody known is asking for what is not theirs."""

    code = "FORBIDDEN"


class BadInput(ApiError):
    """The request contradicts itself or the schema's conventions."""

    code = "BAD_INPUT"


class PurposeRequired(ApiError):
    """A sensitive field is opened only for a stated purpose."""

    code = "PURPOSE_REQUIRED"


class Unavailable(ApiError):
    """Nothing wrong with the request; come back."""

    code = "UNAVAILABLE"


class TooMuch(ApiError):
    """The caller has asked too much of late."""

    code = "THROTTLED"

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StorageFull(ApiError):
    """Nothing can be written until there is room on the disk; reading goes on."""

    code = "STORAGE_FULL"


def operating(error: BaseException) -> ApiError | None:
    """Return the API's word for an operating error of log or database, None for anything else."""
    if isinstance(error, LogBusy):
        return Unavailable(f"the log is busy; try again in {error.retry_after_s:g} s")
    if isinstance(error, LogFull):
        return StorageFull("there is no room for the log: nothing was written; reading goes on")
    if isinstance(error, LogUnavailable):
        return Unavailable("the log does not answer; send the same clientMutationId again")
    if isinstance(error, AWAY):
        return Unavailable("the database does not answer; try again in a moment")
    return None


def formatted(errors: Iterable[GraphQLError], request_id: str) -> list[GraphQLFormattedError]:
    """Return errors as they may be shown; what nobody foresaw is logged and masked."""
    return [_one(error, request_id) for error in errors]


def _one(error: GraphQLError, request_id: str) -> GraphQLFormattedError:
    shown: Any = dict(error.formatted)
    known, cause = _known(error.original_error), _cause(error)
    if cause is None:
        code = (error.extensions or {}).get("code", "GRAPHQL_VALIDATION_FAILED")
    elif known is not None:
        code, shown["message"] = known.code, str(known)
    else:
        code, shown["message"] = "INTERNAL", MASKED
        LOG.error("unforeseen", request_id=request_id, exc_info=cause)
    shown["extensions"] = {"code": code, "requestId": request_id}
    told: GraphQLFormattedError = shown
    return told


def _cause(error: BaseException) -> BaseException | None:
    """Return what lies below GraphQL's own errors, None where they are all there is."""
    found: BaseException | None = error
    while isinstance(found, GraphQLError):
        found = found.original_error
    return found


def _known(error: BaseException | None) -> ApiError | None:
    while isinstance(error, GraphQLError):
        error = error.original_error
    if error is None or isinstance(error, ApiError):
        return error
    return operating(error)
