"""Take the pictures of docs/ anew, from a demo that runs: `python -m tests.browser.retake`.

Only what a person can bring about: addresses, keys, buttons. The replay is the wall's own
time machine, frame by frame, as an animated WebP.
"""

import argparse
import asyncio
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as Late

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.demo.grids import drawings
from api.settings import REPOSITORY, Settings
from tests.browser.phone import SCREEN, chromium

PICTURES: Final = REPOSITORY / "docs" / "pictures"
FLAGS: Final = ("--headless", "--no-sandbox", "--disable-gpu")
FRAMES, EVERY_MS = 24, 400
REPLAY_QUALITY: Final = 38
MANY_PIXELS: Final = 5_000_000
"""From here on a picture of few colours is larger than one with losses that nobody sees."""
DISTRICT, TOWN = "371602.", "371602005"
CONSOLE: Final[dict[str, Any]] = {"viewport": {"width": 1366, "height": 768}}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}
WIDE: Final[dict[str, Any]] = {"viewport": {"width": 1920, "height": 1080}}
LARGE: Final[dict[str, Any]] = {"viewport": {"width": 2560, "height": 1440}}
HALF: Final[dict[str, Any]] = {
    "viewport": {"width": 1920, "height": 1080}, "device_scale_factor": 0.5
}  # fmt: skip
"""The wall as it is laid out at 1920 × 1080, painted at half the size: what a film needs."""


WALLS: Final = {
    "wall-1920-zh": ("lang=zh", 1920, 1080), "wall-1920-en": ("lang=en", 1920, 1080),
    "wall-departments-1920-en": ("scene=departments&lang=en", 1920, 1080),
    "wall-townships-1920-en": ("scene=townships&lang=en&focus=371602.005.", 1920, 1080),
    "wall-incident-1920-zh": ("scene=incident&lang=zh", 1920, 1080),
    "wall-night-1920-zh": ("scene=night&lang=zh", 1920, 1080),
    "wall-3840x1080-zh": ("lang=zh&bezel=60", 3840, 1080),
    "wall-night-3840x1080-zh": ("scene=night&lang=zh&bezel=60", 3840, 1080),
    "wall-overview-3840x2160-zh": ("lang=zh", 3840, 2160),
    "wall-departments-3840x2160-en": ("scene=departments&lang=en", 3840, 2160),
    "wall-townships-3840x2160-en": ("scene=townships&lang=en", 3840, 2160),
    "wall-incident-3840x2160-zh": ("scene=incident&lang=zh", 3840, 2160),
    "wall-night-3840x2160-en": ("scene=night&lang=en", 3840, 2160),
}  # fmt: skip
"""By the name of the picture: what the wall's address says, and the screen's size."""
DANGER: Final = "wall-incident-1920-zh"
"""Is taken only while somebody is in danger."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A browser before a platform."""

    browser: Browser
    address: str
    data: Path

    async def at(
        self, screen: str, kind: dict[str, Any], role: str = "", scope: str = DISTRICT,
        unit: str | None = None,
    ) -> Page:  # fmt: skip
        """Open a screen as somebody; `screen` may have a query."""
        page = await (await self.browser.new_context(**kind)).new_page()
        key = signing_key(Settings(data=self.data).keys_dir)
        token = f"#token={make_token(key, role, scope, unit)}" if role else ""
        await page.goto(f"{self.address}/{screen}{token}")
        return page


async def keep(page: Page, name: str, settle_ms: int = 1_500) -> None:
    """Write a picture, once the page has settled."""
    await page.wait_for_timeout(settle_ms)
    shot = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    if shot.width * shot.height > MANY_PIXELS:
        shot.save(PICTURES / f"{name}.webp", quality=62, method=5)
    else:
        few = shot.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(PICTURES / f"{name}.png", optimize=True)
    await page.context.close()
    print(name)


async def walls(camera: Camera) -> None:
    """The wall's scenes; that of danger needs a case that endangers a life."""
    for name, (query, width, height) in WALLS.items():
        page = await camera.at(f"wall?{query}", {"viewport": {"width": width, "height": height}})
        await page.wait_for_selector('[data-liveness="live"]', timeout=60_000)
        await page.wait_for_function("() => window.quankeDirector")
        if name == DANGER and not await appears(page, "[data-incident]"):
            print(f"{name}: nobody is in danger, the picture stays as it was")
            await page.context.close()
            continue
        await keep(page, name, 3_000)


async def appears(page: Page, what: str) -> bool:
    """Say whether something is on the screen, or comes within five seconds."""
    try:
        await page.wait_for_selector(what, timeout=5_000)
    except Late:
        return False
    return True


DESKS: Final = {
    "zh": (("console-1366-zh", CONSOLE, "dark"), ("console-1440-zh", DESK, "dark"),
           ("console-1920-zh-dark", WIDE, "dark"), ("console-2560-zh", LARGE, "dark")),
    "en": (("console-1366-en", CONSOLE, "light"), ("console-1920-en", WIDE, "light"),
           ("console-2560-en", LARGE, "light")),
}  # fmt: skip


async def console(camera: Camera, lang: str) -> None:
    """The dispatcher's desk on a small laptop, a large screen and a larger one."""
    for name, kind, theme in DESKS[lang]:
        page = await camera.at(f"console?lang={lang}&theme={theme}", kind, "dispatcher")
        await page.wait_for_selector(".suggestion, .timeline", timeout=60_000)
        await keep(page, name)
    if lang == "zh":
        page = await camera.at(f"console?lang={lang}&theme=dark", DESK, "dispatcher")
        await page.wait_for_selector(".suggestion, .timeline", timeout=60_000)
        await page.keyboard.press("!")
        await page.wait_for_selector("dialog[open]")
        await keep(page, "console-alarms-1440-zh")


async def field(camera: Camera, lang: str) -> None:
    """The tasks of a department on a phone."""
    page = await camera.at(f"field?lang={lang}", SCREEN, "handler", DISTRICT, "sanitation")
    await page.wait_for_selector("a.task", timeout=60_000)
    await keep(page, f"field-tasks-{lang}")


async def policy(camera: Camera, lang: str) -> None:
    """A tighter limit, tried on last month."""
    page = await camera.at(f"admin?lang={lang}&view=policy&part=limits", DESK, "administrator")
    form = page.locator("form.order")
    await form.locator("select").select_option("acknowledge")
    await form.locator("input").nth(1).fill("2H")
    await form.locator("button[type=button]").click()
    await page.wait_for_selector(".trial", timeout=120_000)
    await keep(page, f"admin-trial-{lang}")


async def overviews(camera: Camera, lang: str) -> None:
    """What audit and admin begin with: Chinese on a large screen, English on a small one."""
    kind, size = (WIDE, 1920) if lang == "zh" else (CONSOLE, 1366)
    theme = "light" if lang == "zh" else "dark"
    for screen, role, there in (
        ("audit", "auditor", ".standing"), ("admin", "administrator", ".state"),
    ):  # fmt: skip
        page = await camera.at(f"{screen}?lang={lang}&theme={theme}", kind, role)
        await page.wait_for_selector(there, timeout=60_000)
        await keep(page, f"{screen}-overview-{size}-{lang}")
        if (screen == "audit") == (lang == "zh"):
            page = await camera.at(f"{screen}?lang={lang}&theme={theme}", LARGE, role)
            await page.wait_for_selector(there, timeout=60_000)
            await keep(page, f"{screen}-overview-2560-{lang}")


PAST: Final = "2026-11-20T06:30:00Z"
TALL: Final[dict[str, Any]] = {**SCREEN, "viewport": {"width": 412, "height": 915}}


async def past(camera: Camera, lang: str) -> None:
    """An instant of the past: audit on a large screen, admin on a small one, tasks on a phone."""
    screen, role, kind, there, size = (
        ("audit", "auditor", WIDE, "[data-then]", 1920) if lang == "zh"
        else ("admin?view=accounts", "administrator", CONSOLE, "tbody tr", 1366)
    )  # fmt: skip
    look = f"lang={lang}&theme={'light' if lang == 'zh' else 'dark'}&at={PAST}"
    mark = "&" if "?" in screen else "?"
    page = await camera.at(f"{screen}{mark}{look}", kind, role)
    await page.wait_for_selector(there, timeout=60_000)
    await keep(page, f"time-{screen.partition('?')[0]}-{size}-{lang}")
    page = await camera.at(f"field?{look}", TALL, "handler", DISTRICT, "sanitation")
    await page.wait_for_selector("a.task", timeout=60_000)
    await keep(page, f"time-field-412-{lang}")


def broken_borders() -> dict[str, Any]:
    """A township's grids, one of them pushed to the east: over its neighbour, and off the other."""
    grids = [one for one in drawings() if one.code.startswith(TOWN)]
    features = []
    for number, one in enumerate(grids):
        push = 2_500 if number == len(grids) // 3 else 0
        rings = [
            [[(x + push) / 1e6, y / 1e6] for x, y in zip(ring[::2], ring[1::2], strict=True)]
            for ring in one.rings
        ]
        polygon = {"type": "Polygon", "coordinates": rings}
        properties = {"code": one.code, "name": one.name}
        features.append({"type": "Feature", "properties": properties, "geometry": polygon})
    return {"type": "FeatureCollection", "features": features}


async def areas(camera: Camera, lang: str) -> None:
    """Borders that overlap, as the check paints them."""
    page = await camera.at(f"admin?lang={lang}&view=areas", DESK, "administrator")
    given: Any = {
        "name": "pengli.geojson", "mimeType": "application/geo+json",
        "buffer": json.dumps(broken_borders()).encode(),
    }  # fmt: skip
    await page.locator("#areas-file").set_input_files(given)
    await page.wait_for_selector(".ground", timeout=60_000)
    await keep(page, f"admin-areas-{lang}")


async def replay(camera: Camera, at: str) -> None:
    """Some hours of a day on the wall, at six hundred times their pace."""
    page = await camera.at(f"wall?lang=zh&at={at}&speed=600", HALF)
    await page.wait_for_selector(".place", state="attached", timeout=60_000)
    await page.wait_for_timeout(2_500)
    frames = []
    for _ in range(FRAMES):
        shot = await page.screenshot(type="jpeg", quality=92)
        frames.append(Image.open(io.BytesIO(shot)).convert("RGB"))
        await page.wait_for_timeout(EVERY_MS)
    path = PICTURES / "replay.webp"
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=EVERY_MS, loop=0,
        quality=REPLAY_QUALITY, method=4,
    )  # fmt: skip
    await page.context.close()
    print(f"replay.webp {path.stat().st_size / 1e3:.0f} kB")


async def main() -> None:
    """Take those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "only", nargs="*", help="walls console field policy areas overviews past replay"
    )
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--at", default="2026-11-20T06:00:00Z", help="where the replay begins")
    given = parser.parse_args()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        camera = Camera(browser, given.address, given.data)
        for take in (console, field, policy, areas, overviews, past):
            if not given.only or take.__name__ in given.only:
                for lang in ("zh", "en"):
                    await take(camera, lang)
        if not given.only or "walls" in given.only:
            await walls(camera)
        if not given.only or "replay" in given.only:
            await replay(camera, given.at)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
