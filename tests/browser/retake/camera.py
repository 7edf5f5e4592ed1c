"""A browser before a platform, and what becomes of its pictures."""

import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.async_api import Browser, Page
from playwright.async_api import TimeoutError as Late

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.settings import REPOSITORY, Settings

PICTURES: Final = REPOSITORY / "docs" / "pictures"
MANY_PIXELS: Final = 5_000_000
"""From here on a picture of few colours is larger than one with losses that nobody sees."""
COLOURS, COMMON = 224, 96
"""How many colours a small picture keeps; so many of them are the most frequent, as they are:
a palette that is chosen for all of them tints the grounds."""
SETTLE_MS: Final = 1_500
PATIENCE_MS: Final = 60_000
GAP_PX: Final = 12
"""Between the phones of one picture."""
GAP_INK: Final = (184, 196, 208)
DISTRICT: Final = "371602."
SMALL: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 720}}
LAPTOP: Final[dict[str, Any]] = {"viewport": {"width": 1366, "height": 768}}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}
WIDE: Final[dict[str, Any]] = {"viewport": {"width": 1920, "height": 1080}}
LARGE: Final[dict[str, Any]] = {"viewport": {"width": 2560, "height": 1440}}


@dataclass(frozen=True, slots=True)
class Camera:
    """A browser before a platform; where its pictures go."""

    browser: Browser
    address: str
    data: Path
    into: Path = PICTURES

    def token(
        self, role: str, scope: str = DISTRICT, unit: str | None = None, account: str | None = None
    ) -> str:
        """What somebody signs in with."""
        key = signing_key(Settings(data=self.data).keys_dir)
        return make_token(key, role, scope, unit, account)

    async def at(
        self, screen: str, kind: dict[str, Any], role: str = "", scope: str = DISTRICT,
        unit: str | None = None,
    ) -> Page:  # fmt: skip
        """Open a screen as somebody; `screen` may have a query."""
        page = await (await self.browser.new_context(**kind)).new_page()
        token = f"#token={self.token(role, scope, unit)}" if role else ""
        await page.goto(f"{self.address}/{screen}{token}")
        return page

    async def ask(self, role: str, query: str, **variables: Any) -> dict[str, Any]:
        """Ask the interface as somebody of the district."""
        body = {"query": query, "variables": variables}
        bearer = {"authorization": f"Bearer {self.token(role)}"}
        async with httpx.AsyncClient(timeout=PATIENCE_MS / 1000) as http:
            answer = await http.post(f"{self.address}/graphql", json=body, headers=bearer)
        data: dict[str, Any] = answer.raise_for_status().json()["data"]
        return data

    async def send(self, role: str, mutation: str, **given: Any) -> dict[str, Any]:
        """Send a command as somebody of the district; the case it is about."""
        kind = mutation[0].upper() + mutation[1:]
        query = f"""mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{
            case {{ id number }} userErrors {{ message }} }} }}"""
        given = {"clientMutationId": str(uuid4()), **given}
        done = (await self.ask(role, query, input=given))[mutation]
        if done["userErrors"]:
            raise ValueError(done["userErrors"])
        case: dict[str, Any] = done["case"]
        return case

    async def keep(self, page: Page, name: str, settle_ms: int = SETTLE_MS) -> None:
        """Write the picture of a page that has settled, and close it."""
        shot = await seen(page, settle_ms)
        await page.context.close()
        self.write(shot, name)

    def write(self, shot: Image.Image, name: str) -> None:
        """Write a picture, small enough for a repository."""
        if shot.width * shot.height > MANY_PIXELS:
            shot.save(self.into / f"{name}.webp", quality=62, method=5)
        else:
            of_few_colours(shot).save(self.into / f"{name}.png", optimize=True)
        print(name, flush=True)


def of_few_colours(shot: Image.Image) -> Image.Image:
    """Return a picture with a palette; its most frequent colours stay exactly what they are."""
    packed = np.asarray(shot, np.uint32) @ np.array([65_536, 256, 1], np.uint32)
    colours, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    common = colours[np.argsort(-counts.astype(np.int64))[:COMMON]]
    rest = shot.quantize(COLOURS - COMMON, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette = np.concatenate([_parts(common), np.array(rest.getpalette(), np.int32).reshape(-1, 3)])
    nearest = [
        np.abs(_parts(some)[:, None] - palette).sum(axis=2).argmin(axis=1)
        for some in np.array_split(colours, 1 + len(colours) // 4_096)
    ]
    indices = np.concatenate(nearest).astype(np.uint8)[where].reshape(shot.height, shot.width)
    few = Image.fromarray(indices, "P")
    few.putpalette(palette[:256].astype(np.uint8).tobytes())
    return few


def _parts(packed: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """Return red, green and blue of colours that are one number each."""
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1).astype(np.int32)


async def seen(page: Page, settle_ms: int = SETTLE_MS) -> Image.Image:
    """Return what is on the screen once it has settled."""
    await page.wait_for_timeout(settle_ms)
    return Image.open(io.BytesIO(await page.screenshot())).convert("RGB")


async def appears(page: Page, what: str) -> bool:
    """Say whether something is on the screen, or comes within five seconds."""
    with suppress(Late):
        await page.wait_for_selector(what, timeout=5_000)
        return True
    return False


def beside(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """Return screens of one size as one picture, row by row."""
    wide, high = rows[0][0].size
    across = max(len(row) for row in rows)
    whole = Image.new("RGB", (_span(wide, across), _span(high, len(rows))), GAP_INK)
    for down, row in enumerate(rows):
        for right, shot in enumerate(row):
            whole.paste(shot, (right * (wide + GAP_PX), down * (high + GAP_PX)))
    return whole


def _span(one: int, count: int) -> int:
    return count * one + (count - 1) * GAP_PX


def both(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of pictures in both languages."""
    return tuple(f"{name}-{lang}" for name in names for lang in ("zh", "en"))
