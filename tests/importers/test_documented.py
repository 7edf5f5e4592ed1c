"""Every rule that can flag a row is explained, and no other."""

import re
from pathlib import Path

from api.importers.reading import UNREADABLE
from api.importers.stated import DUPLICATE
from api.importers.times import AMBIGUOUS, NONEXISTENT

ROOT = Path(__file__).parents[2]
RAISED = re.compile(r'(?:flag\(\s*|closed_at, |target, )"([a-z_]+)"')


def test_flags_are_explained_in_both_languages() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "api/importers").glob("*.py")
    )
    raised = {*RAISED.findall(code), UNREADABLE, DUPLICATE, AMBIGUOUS, NONEXISTENT}
    text = (ROOT / "docs/importing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert {rule for rule, _, _ in rows} == raised
    assert all(re.search(r"[\u4e00-\u9fff]", chinese) for _, chinese, _ in rows)
