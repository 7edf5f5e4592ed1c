"""The screens of a desk: signing in, console, audit and admin, live and in the past."""

import json
from typing import Any, Final, NamedTuple

from api.demo.grids import drawings
from tests.browser.phone import SCREEN
from tests.browser.retake.camera import (
    DESK,
    DISTRICT,
    LAPTOP,
    LARGE,
    PATIENCE_MS,
    SMALL,
    WIDE,
    Camera,
)

TOWN: Final = "371602005"
THEN: Final = "2026-11-20T06:30:00Z"
TALL: Final[dict[str, Any]] = {**SCREEN, "viewport": {"width": 412, "height": 915}}


class View(NamedTuple):
    """What an address shows to a role, on a screen of some size, once something is there."""

    address: str
    kind: dict[str, Any]
    role: str
    there: str
    unit: str | None = None


CASE: Final = ".suggestion, .timeline"
STANDING, STATE = ".standing", ".state"
VIEWS: Final = {
    "sign-in-1366-zh": View("console?lang=zh&theme=light", LAPTOP, "", "#account"),
    "sign-in-1920-zh": View("console?lang=zh&theme=dark", WIDE, "", "#account"),
    "console-1280-zh": View("console?lang=zh&theme=light", SMALL, "dispatcher", CASE),
    "console-1280-en": View("console?lang=en&theme=dark", SMALL, "dispatcher", CASE),
    "console-1366-zh": View("console?lang=zh&theme=dark", LAPTOP, "dispatcher", CASE),
    "console-1366-en": View("console?lang=en&theme=light", LAPTOP, "dispatcher", CASE),
    "console-1440-zh": View("console?lang=zh&theme=dark", DESK, "dispatcher", CASE),
    "console-1920-zh-dark": View("console?lang=zh&theme=dark", WIDE, "dispatcher", CASE),
    "console-1920-en": View("console?lang=en&theme=light", WIDE, "dispatcher", CASE),
    "console-2560-zh": View("console?lang=zh&theme=dark", LARGE, "dispatcher", CASE),
    "console-2560-en": View("console?lang=en&theme=light", LARGE, "dispatcher", CASE),
    "audit-overview-1366-en": View("audit?lang=en&theme=dark", LAPTOP, "auditor", STANDING),
    "audit-overview-1920-zh": View("audit?lang=zh&theme=light", WIDE, "auditor", STANDING),
    "audit-overview-2560-zh": View("audit?lang=zh&theme=light", LARGE, "auditor", STANDING),
    "admin-overview-1366-en": View("admin?lang=en&theme=dark", LAPTOP, "administrator", STATE),
    "admin-overview-1920-zh": View("admin?lang=zh&theme=light", WIDE, "administrator", STATE),
    "admin-overview-2560-en": View("admin?lang=en&theme=dark", LARGE, "administrator", STATE),
    "time-audit-1920-zh": View(
        f"audit?lang=zh&theme=light&at={THEN}", WIDE, "auditor", "[data-then]"
    ),
    "time-admin-1366-en": View(
        f"admin?lang=en&theme=dark&at={THEN}", LAPTOP, "administrator", ".state"
    ),
    "time-field-412-zh": View(
        f"field?lang=zh&theme=light&at={THEN}", TALL, "handler", "a.task", "sanitation"
    ),
    "time-field-412-en": View(
        f"field?lang=en&theme=dark&at={THEN}", TALL, "handler", "a.task", "sanitation"
    ),
}
"""Every picture that needs no more than its address, by its name."""
ALBUM: Final = (
    *VIEWS, "sign-in-1366-en", "console-alarms-1440-zh", "audit-history-zh", "audit-proof-zh",
    "admin-trial-zh", "admin-areas-en",
)  # fmt: skip


async def views(camera: Camera) -> None:
    """What needs no more than its address."""
    for name, view in VIEWS.items():
        page = await camera.at(view.address, view.kind, view.role, DISTRICT, view.unit)
        await page.wait_for_selector(view.there, timeout=PATIENCE_MS)
        await camera.keep(page, name)


async def refused(camera: Camera) -> None:
    """A password that is wrong."""
    page = await camera.at("console?lang=en&theme=dark", LAPTOP)
    await page.locator("#account").fill("acct:zhao")
    await page.locator("#password").fill("not the word")
    await page.keyboard.press("Enter")
    await page.locator("[role=alert]").filter(has_text="wrong").wait_for()
    await camera.keep(page, "sign-in-1366-en")


async def alarms(camera: Camera) -> None:
    """The alarms of the dispatcher's desk."""
    page = await camera.at("console?lang=zh&theme=dark", DESK, "dispatcher")
    await page.wait_for_selector(CASE, timeout=PATIENCE_MS)
    await page.keyboard.press("!")
    await page.wait_for_selector("dialog[open]")
    await camera.keep(page, "console-alarms-1440-zh")


NEWEST: Final = """{ cases(first: 1, filter: { status: [CLOSED] }) { nodes { id number } } }"""
STEPS: Final = "query($id: ID!) { caseTimeline(case: $id, first: 100) { nodes { position } } }"
SEALED_MS: Final = 5_000


async def proof(camera: Camera) -> None:
    """The history of a case that was closed, and the proof of its last step."""
    case = (await camera.ask("auditor", NEWEST))["cases"]["nodes"][0]
    steps = (await camera.ask("auditor", STEPS, id=case["id"]))["caseTimeline"]["nodes"]
    history = f"audit?lang=zh&view=history&subject=case:{case['number']}"
    page = await camera.at(history, LAPTOP, "auditor")
    await page.locator("ol li button").last.click()
    await camera.keep(page, "audit-history-zh")
    page = await camera.at("audit?lang=zh&view=proof", LAPTOP, "auditor")
    await page.wait_for_timeout(SEALED_MS)
    await page.locator("#position").fill(str(steps[-1]["position"]))
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".verdict", timeout=PATIENCE_MS)
    await camera.keep(page, "audit-proof-zh")


async def policy(camera: Camera) -> None:
    """A tighter limit, tried on last month."""
    page = await camera.at("admin?lang=zh&view=policy&part=limits", DESK, "administrator")
    await page.wait_for_selector("tbody tr", timeout=PATIENCE_MS)
    form = page.locator("form.order")
    await form.locator("select").select_option("acknowledge")
    await form.locator("input").nth(1).fill("2H")
    await form.locator("button[type=button]").click()
    await page.wait_for_selector(".trial", timeout=2 * PATIENCE_MS)
    await camera.keep(page, "admin-trial-zh")


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


async def areas(camera: Camera) -> None:
    """Borders that overlap, as the check paints them."""
    given: Any = {
        "name": "pengli.geojson", "mimeType": "application/geo+json",
        "buffer": json.dumps(broken_borders()).encode(),
    }  # fmt: skip
    page = await camera.at("admin?lang=en&view=areas", DESK, "administrator")
    await page.locator("#areas-file").set_input_files(given)
    await page.wait_for_selector(".ground", timeout=PATIENCE_MS)
    await camera.keep(page, "admin-areas-en")
