"""The release before this one reads and writes beside it, in a process of its own.

Its code comes out of git: the last tag's, or the last commit's while nothing is tagged (then
this only shows that the test works). What it writes this release reads, and what this
release writes it reads, or says plainly that it does not know the version.
"""

import json
import subprocess
import sys
from pathlib import Path

from domain.topics import EVENT_TYPES, decode, encode
from tests.corpus.write import RECORDS, file_of

OTHER = """
import json, sys
from domain.topics import EVENT_TYPES, UnknownTopic, decode, encode
answers = {}
for name, (topic, schema, state) in json.load(sys.stdin).items():
    try:
        event = decode(topic, schema, state.encode())
    except UnknownTopic:
        answers[name] = None
    else:
        answers[name] = [EVENT_TYPES[topic].SCHEMA, encode(event).decode()]
json.dump({"known": {t: k.SCHEMA for t, k in EVENT_TYPES.items()}, "answers": answers}, sys.stdout)
"""


def test_the_release_before_reads_and_writes_beside_this_one(earlier: Path) -> None:
    records = {path.stem: json.loads(path.read_text()) for path in RECORDS.iterdir()}
    asked = {name: (one["topic"], one["schema"], one["state"]) for name, one in records.items()}
    done = subprocess.run(
        [sys.executable, "-c", OTHER], cwd=earlier, env={"PYTHONPATH": str(earlier)},
        input=json.dumps(asked).encode(), capture_output=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert set(found["known"]) <= set(EVENT_TYPES), "topics are never taken away"
    for topic, schema in found["known"].items():
        for version in range(1, schema + 1):
            schema_now, written = found["answers"][file_of(topic, version).stem]
            assert schema_now == schema <= EVENT_TYPES[topic].SCHEMA, topic
            event = decode(topic, schema, written.encode())  # its writer, our reader
            if schema == EVENT_TYPES[topic].SCHEMA:
                assert encode(event).decode() == written, topic
    newer = {n for n, (t, s, _) in asked.items() if s > found["known"].get(t, 0)}
    assert {name for name, answer in found["answers"].items() if answer is None} == newer
