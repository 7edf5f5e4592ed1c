"""The field app in its modes: each view of a walk, several beside one another in a picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.browser.city import demo
from tests.browser.phone import SCREEN
from tests.browser.retake.camera import DISTRICT, PATIENCE_MS, Camera, beside, both, seen
from tests.browser.retake.street import street
from tests.browser.tongue import Tongue

SMALL, USUAL, TALL = (360, 740), (390, 844), (412, 915)
OUTSIDE: Final = (118.6, 37.9)
"""A place in no grid: a report from there is refused."""
SAID: Final = {
    "zh": ("路边垃圾桶已满，散落一地", "已清运，地面冲洗完毕"),
    "en": ("The bins by the road are full and spill over", "Cleared away, the ground washed"),
}
RESIDENT: Final = {"zh": "我是居民，要上报", "en": "Report as a resident"}
STAFF: Final = {"zh": "工作人员登录", "en": "Staff sign-in"}
WASTE: Final = {"zh": "暴露垃圾", "en": "Exposed rubbish"}
ME: Final = {"zh": "我的", "en": "Me"}
SKIP: Final = {"zh": "不拍照，继续", "en": "Continue without a photo"}


@dataclass(frozen=True, slots=True)
class Strip:
    """A picture of phones: how large they are, in which dress, and which views it shows."""

    size: tuple[int, int]
    lang: str
    theme: str
    rows: Sequence[Sequence[str]]


REPORT: Final = (("photo", "what", "where", "receipt"),)
WORK: Final = (("tasks", "evidence", "refused", "check"),)
RATING: Final = (("rate", "answered", "thanks"), ("given", "gone", "unreachable"))
STRIPS: Final = {
    "field-report-zh": Strip(USUAL, "zh", "light", REPORT),
    "field-report-en": Strip(USUAL, "en", "light", REPORT),
    "field-work-zh": Strip(USUAL, "zh", "light", WORK),
    "field-360-zh": Strip(SMALL, "zh", "light", (
        ("sign-in", "photo", "what", "where", "waiting"),
        ("receipt", "tasks", "task", "me", "gone"),
    )),
    "field-412-en": Strip(TALL, "en", "dark", (
        ("sign-in", "waiting", "receipt", "tasks"), ("task", "check", "failing", "me"),
    )),
    "field-rating-zh": Strip(SMALL, "zh", "light", RATING),
    "field-rating-en": Strip(USUAL, "en", "dark", RATING),
}  # fmt: skip
ALBUM: Final = (*STRIPS, *both(("field-tasks",)))


@dataclass(slots=True)
class Walk:
    """One walk through the app on one kind of phone; what was seen on the way."""

    camera: Camera
    size: tuple[int, int]
    lang: str
    theme: str
    shots: dict[str, Image.Image] = field(default_factory=dict[str, Image.Image])

    async def open(
        self, role: str = "", scope: str = DISTRICT, unit: str | None = None,
        spot: tuple[float, float] | None = None, rate: str = "",
    ) -> Page:  # fmt: skip
        """Take a phone into the hand as somebody."""
        lon, lat = spot or demo().point or (0.0, 0.0)
        kind: dict[str, Any] = {
            **SCREEN, "viewport": {"width": self.size[0], "height": self.size[1]},
            "device_scale_factor": 1, "timezone_id": "Asia/Shanghai",
            "geolocation": {"longitude": lon, "latitude": lat, "accuracy": 12},
        }  # fmt: skip
        query = f"field?lang={self.lang}&theme={self.theme}{rate and f'#rate={rate}'}"
        return await self.camera.at(query, kind, role, scope, unit)

    async def see(self, page: Page, name: str) -> None:
        """Keep what is on the phone."""
        self.shots[name] = await seen(page, 700)

    @property
    def says(self) -> Tongue:
        """What the app calls things."""
        return Tongue(self.lang)

    async def tap(self, page: Page, word: str) -> None:
        """Tap the button that is called so."""
        await page.get_by_role("button", name=self.says(word), exact=True).click()

    async def place(self, page: Page, name: str) -> None:
        """Go to a place of the bar below."""
        bar = page.get_by_role("navigation")
        await bar.get_by_role("button", name=re.compile(rf"^{name}( \d+)?$")).click()


async def field_app(camera: Camera) -> None:
    """Every picture of phones; each kind of phone is walked with once."""
    walked: dict[tuple[tuple[int, int], str, str], Walk] = {}
    for name, strip in STRIPS.items():
        kind = strip.size, strip.lang, strip.theme
        if kind not in walked:
            walked[kind] = await _walk(Walk(camera, *kind))
        shots = walked[kind].shots
        camera.write(beside([[shots[one] for one in row] for row in strip.rows]), name)
    for lang in ("zh", "en"):
        page = await camera.at(f"field?lang={lang}", SCREEN, "handler", DISTRICT, "sanitation")
        await page.wait_for_selector("a.task", timeout=PATIENCE_MS)
        await camera.keep(page, f"field-tasks-{lang}")


async def _walk(walk: Walk) -> Walk:
    for part in (_report, _refused, _tasks, _check, _rate):
        await part(walk)
    return walk


async def _report(walk: Walk) -> None:
    """A resident reports; the network is away when it is sent, and comes back."""
    page = await walk.open()
    await page.get_by_role("button", name=STAFF[walk.lang], exact=True).click()
    await page.wait_for_selector("input[type=password]")
    await walk.see(page, "sign-in")
    await page.reload()
    await page.get_by_role("button", name=RESIDENT[walk.lang], exact=True).click()
    await _shoot(page.locator(".photos").first, littered=True)
    await walk.see(page, "photo")
    await walk.tap(page, "next")
    await page.get_by_label(WASTE[walk.lang]).check()
    await page.get_by_label(walk.says("description"), exact=True).fill(SAID[walk.lang][0])
    await page.evaluate("document.activeElement.blur()")
    await page.evaluate("scrollTo(0, 0)")
    await walk.see(page, "what")
    await walk.tap(page, "next")
    await expect(page.get_by_role("status").filter(has_text=walk.says("near"))).to_be_visible()
    await walk.see(page, "where")
    await page.context.set_offline(True)
    await walk.tap(page, "submit")
    await page.wait_for_selector(".state.waiting, .chip.waiting, .state")
    await walk.see(page, "waiting")
    await page.context.set_offline(False)
    await page.wait_for_selector(".receipt .number:has-text('3')", timeout=PATIENCE_MS)
    await walk.see(page, "receipt")
    await page.context.close()


async def _shoot(section: Locator, *, littered: bool) -> None:
    one: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": street(littered)}
    await section.locator("input[type=file]").set_input_files(one)
    await expect(section.locator("canvas")).to_have_count(1)


async def _refused(walk: Walk) -> None:
    """A report from outside the district comes back."""
    page = await walk.open(spot=OUTSIDE)
    await page.get_by_role("button", name=RESIDENT[walk.lang], exact=True).click()
    await page.get_by_role("button", name=SKIP[walk.lang], exact=True).click()
    await page.get_by_label(WASTE[walk.lang]).check()
    await walk.tap(page, "next")
    await page.wait_for_timeout(1_000)
    await walk.see(page, "nowhere")
    await page.go_back()
    await page.context.set_offline(True)  # nobody can say yet that it lies in no grid
    await walk.tap(page, "next")
    await walk.tap(page, "submit")
    await page.wait_for_selector(".state")
    await page.context.set_offline(False)
    await page.wait_for_selector(".state.refused", timeout=PATIENCE_MS)
    await walk.see(page, "refused")
    await page.context.close()


async def _tasks(walk: Walk) -> None:
    """A department's handler: the list, a task, its evidence, and oneself."""
    page = await walk.open("handler", unit="sanitation")
    await page.wait_for_selector("a.task", timeout=PATIENCE_MS)
    await walk.see(page, "tasks")
    handle = page.get_by_role("button", name=walk.says("handle"), exact=True)
    for number in range(await page.locator("a.task").count()):
        await page.locator("a.task").nth(number).click()
        await page.wait_for_selector(".facts")
        await page.wait_for_timeout(600)
        if await handle.count():
            break
        await page.go_back()
        await page.wait_for_selector("a.task")
    await walk.see(page, "task")
    await handle.click()
    for word, littered in (("before", True), ("after", False)):
        await _shoot(page.get_by_role("region", name=walk.says(word)), littered=littered)
    await page.get_by_label(walk.says("conclusion"), exact=True).fill(SAID[walk.lang][1])
    await page.evaluate("document.activeElement.blur()")
    await page.evaluate("scrollTo(0, 0)")
    await walk.see(page, "evidence")
    await walk.place(page, ME[walk.lang])
    await walk.see(page, "me")
    await page.context.close()


async def _check(walk: Walk) -> None:
    """A checker: a case to check, and what is asked when it is not right."""
    page = await walk.open("checker")
    await page.wait_for_selector("a.task", timeout=PATIENCE_MS)
    await page.locator("a.task").first.click()
    await page.get_by_role("button", name=walk.says("fail"), exact=True).wait_for()
    await walk.see(page, "check")
    await walk.tap(page, "fail")
    await page.wait_for_selector("textarea")
    await walk.see(page, "failing")
    await page.context.close()


CLOSED: Final = """{ cases(first: 40, filter: { status: [CLOSED] }) {
  nodes { id allowed rateLink } } }"""
LINK: Final = "query($id: ID!) { case(id: $id) { rateLink } }"


async def _link(camera: Camera) -> str:
    """Send a reporter the link to rate a case that was closed."""
    for one in (await camera.ask("acceptor", CLOSED))["cases"]["nodes"]:
        if "sendFollowUp" in one["allowed"] and not one["rateLink"]:
            await camera.send("acceptor", "sendFollowUp", case=one["id"])
            found = (await camera.ask("acceptor", LINK, id=one["id"]))["case"]["rateLink"]
            if found:
                return str(found).partition("#rate=")[2]
    raise LookupError("no closed case to rate")


async def _rate(walk: Walk) -> None:
    """Whoever reported it rates by link; what the link says without a network, later, and never."""
    link = await _link(walk.camera)
    page = await walk.open(rate=link)
    await page.wait_for_selector("form")
    await walk.see(page, "rate")
    await page.get_by_label(walk.says("solved"), exact=True).check()
    await page.get_by_label(walk.says("satisfied"), exact=True).check()
    await page.evaluate("document.activeElement.blur()")
    await walk.see(page, "answered")
    await page.context.set_offline(True)
    await walk.tap(page, "rate")
    await page.wait_for_selector(".problem")
    await walk.see(page, "unsent")
    await page.context.set_offline(False)
    await walk.tap(page, "rate")
    await page.get_by_role("heading", name=walk.says("thanks")).wait_for()
    await walk.see(page, "thanks")
    await page.reload()
    await page.get_by_text(walk.says("rated-already")).wait_for()
    await walk.see(page, "given")
    await page.context.close()
    page = await walk.open(rate="nothing")
    await page.wait_for_selector(".problem")
    await walk.see(page, "gone")
    await page.route("**/field/rating", lambda route: route.abort())
    await page.reload()
    await page.wait_for_selector(".problem")
    await walk.see(page, "unreachable")
    await page.context.close()
