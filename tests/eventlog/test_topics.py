"""docs/topics.md, the code and the committed list say the same; the list only grows."""

import json
import re
from pathlib import Path

from domain.topics import EVENT_TYPES, RESERVED

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `([a-z_.]+)` \| (\d+) \| (.+) \|$", re.MULTILINE)
NAME = re.compile(r"[a-z]+\.[a-z_]+")
COMMITTED = json.loads((ROOT / "tests/vectors/topics.json").read_text())


def page() -> dict[str, int]:
    rows = ROW.findall((ROOT / "docs/topics.md").read_text())
    assert len({topic for topic, _, _ in rows}) == len(rows)
    return {topic: int(schema) for topic, schema, _ in rows}


def test_the_page_lists_every_topic_with_its_schema() -> None:
    known = {topic: event.SCHEMA for topic, event in EVENT_TYPES.items()}
    assert page() == known | dict.fromkeys(RESERVED, 1)


def test_no_topic_ever_goes_and_no_schema_shrinks() -> None:
    for topic, schema in COMMITTED["topics"].items():
        assert topic in EVENT_TYPES, f"{topic} was released once and has to stay"
        assert schema <= EVENT_TYPES[topic].SCHEMA


def test_new_topics_are_committed() -> None:
    known = {topic: event.SCHEMA for topic, event in EVENT_TYPES.items()}
    assert known == COMMITTED["topics"], "add the new ones to tests/vectors/topics.json"
    assert list(RESERVED) == COMMITTED["reserved"]


def test_topics_are_names() -> None:
    assert all(NAME.fullmatch(topic) for topic in (*EVENT_TYPES, *RESERVED))
    assert not set(EVENT_TYPES).intersection(RESERVED)
