"""The docs show no picture that nothing takes anew, and none is taken that nobody shows."""

import re
from typing import Final

from api.settings import REPOSITORY
from tests.browser.retake import desks, phones, walls
from tests.browser.retake.camera import PICTURES

SHOWN: Final = re.compile(r"pictures/([\w-]+)\.(?:png|webp)")


def test_every_picture_of_the_docs_is_taken_by_the_camera() -> None:
    pages = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    shown = {name for page in pages for name in SHOWN.findall(page.read_text("utf-8"))}
    taken = [*walls.ALBUM, *desks.ALBUM, *phones.ALBUM]
    assert len(taken) == len(set(taken))
    assert shown == set(taken)
    assert {path.stem for path in PICTURES.iterdir()} == shown
