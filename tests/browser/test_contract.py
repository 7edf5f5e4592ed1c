"""The document the wall sends is valid against the committed schema."""

import re
from pathlib import Path

from graphql import build_schema, parse, validate

from opscenter import ROOT

SCHEMA = Path(__file__).resolve().parents[2] / "api/graphql/schema.graphql"


def _document() -> str:
    source = (ROOT / "src/feed/messages.ts").read_text("utf-8")
    cells = re.search(r"const CELLS = `([^`]+)`", source)
    asked = re.search(r"WALL_SUBSCRIPTION = `([^`]+)`", source)
    assert cells is not None
    assert asked is not None
    return asked[1].replace("${CELLS}", cells[1])


def test_the_subscription_fits_the_schema() -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    document = parse(_document())
    assert [error.message for error in validate(schema, document)] == []
