"""Every document the screens send is valid against the committed schema."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from opscenter import ROOT

SCHEMA = Path(__file__).resolve().parents[2] / "api/graphql/schema.graphql"
TEXT = re.compile(r"const ([A-Z_]+) = (?:gql<.*?>\()?`([^`]+)`", re.DOTALL)
OPERATION = re.compile(r"\s*(query|mutation|subscription)\b")


def _documents() -> dict[str, str]:
    """The documents of all screens, by file and name, with the texts they are made of."""
    found = {}
    for path in sorted((ROOT / "src").rglob("*.ts")):
        texts = dict(TEXT.findall(path.read_text("utf-8")))
        for name, text in texts.items():
            if OPERATION.match(text):
                found[f"{path.relative_to(ROOT / 'src')} {name}"] = _filled(text, texts)
    return found


def _filled(text: str, texts: dict[str, str]) -> str:
    """A text with the others of its file in the places that name them."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda used: texts[used[1]], text)


DOCUMENTS = _documents()


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema as it is committed."""
    return build_schema(SCHEMA.read_text("utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_fits_the_schema(schema: GraphQLSchema, name: str) -> None:
    document = parse(DOCUMENTS[name])
    assert [error.message for error in validate(schema, document)] == []


def test_every_document_is_found() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.ts"))
    written = re.findall(r"[=(]`(?:query|mutation|subscription) \w+", re.sub(r"\s`", "`", sources))
    assert len(written) >= 10
    assert len(DOCUMENTS) == len(written)
