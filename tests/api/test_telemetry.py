"""What is logged of an error: where it happened and of what kind, never a person's words."""

from typing import Any

import pytest

from api.telemetry import frames_only
from api.wiring import App
from domain.actor import Role
from eventlog.errors import LogUnavailable
from tests.api.client import Client
from tests.api.ground import DISTRICT


def logged(error: Exception) -> str:
    event: Any = frames_only(None, "error", {"event": "unforeseen", "exc_info": error})
    text: str = event["exception"]
    return text


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_words_of_an_error_are_left_out_and_its_place_stays() -> None:
    text = logged(raised(ValueError("王小明 13800000000"), raised(KeyError("王小明"))))
    assert "王小明" not in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_telemetry.py" in text


def test_our_own_words_stay() -> None:
    text = logged(raised(LogUnavailable("the database does not answer")))
    assert text.endswith("eventlog.errors.LogUnavailable: the database does not answer\n")


@pytest.mark.parametrize("value", ["abc", "15046237798", 1.5])
async def test_a_value_of_the_wrong_type_is_the_callers_mistake(
    app: App, client: Client, value: object
) -> None:
    asking = client.acting(Role.ACCEPTOR, DISTRICT)
    query = "query($n: Int!) { cases(first: $n) { nodes { id } } }"
    assert await asking.refused(query, n=value) == "GRAPHQL_VALIDATION_FAILED"
