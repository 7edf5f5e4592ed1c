"""Every relative link and picture in the documents leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOUND = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md"))
DOCUMENTS = sorted(one for one in FOUND if "node_modules" not in one.parts)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_the_readme_names_every_command_it_shows() -> None:
    from api.cli import COMMANDS

    shown = set(re.findall(r"\./quanke ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert shown <= set(COMMANDS)
    assert {"run", "test", "import", "replay", "verify", "rebuild"} <= shown
