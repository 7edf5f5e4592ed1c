"""The wall: its scenes at each size, a danger to life, and a morning as a film."""

from typing import Any, Final

from playwright.async_api import Page

from tests.browser.retake.camera import PATIENCE_MS, Camera, appears, seen

FRAMES, EVERY_MS = 24, 400
REPLAY_QUALITY: Final = 38
SETTLE_MS: Final = 3_000
MORNING: Final = "2026-11-20T06:00:00Z"
HALF: Final[dict[str, Any]] = {
    "viewport": {"width": 1920, "height": 1080}, "device_scale_factor": 0.5
}  # fmt: skip
"""The wall as it is laid out at 1920 × 1080, painted at half the size: what a film needs."""

CALM: Final = {
    "wall-1920-zh": ("lang=zh", 1920, 1080), "wall-1920-en": ("lang=en", 1920, 1080),
    "wall-departments-1920-en": ("scene=departments&lang=en", 1920, 1080),
    "wall-townships-1920-en": ("scene=townships&lang=en&focus=371602.005.", 1920, 1080),
    "wall-night-1920-zh": ("scene=night&lang=zh", 1920, 1080),
    "wall-55in-5m-1920-zh": ("lang=zh&diag=55&dist=5", 1920, 1080),
    "wall-3840x1080-zh": ("lang=zh&bezel=60", 3840, 1080),
    "wall-night-3840x1080-zh": ("scene=night&lang=zh&bezel=60", 3840, 1080),
    "wall-overview-3840x2160-zh": ("lang=zh", 3840, 2160),
    "wall-departments-3840x2160-en": ("scene=departments&lang=en", 3840, 2160),
    "wall-townships-3840x2160-en": ("scene=townships&lang=en", 3840, 2160),
    "wall-incident-3840x2160-zh": ("scene=incident&lang=zh", 3840, 2160),
    "wall-night-3840x2160-en": ("scene=night&lang=en", 3840, 2160),
}  # fmt: skip
"""By the name of the picture: what the wall's address says, and the screen's size."""
DANGER: Final = {
    "wall-incident-1920-zh": ("scene=incident&lang=zh", 1920, 1080),
    "wall-danger-3840x2160-zh": ("scene=incident&lang=zh", 3840, 2160),
}  # fmt: skip
PAST: Final = {
    "wall-replay-1920-zh": (f"lang=zh&at={MORNING}&speed=600", 1920, 1080),
}  # fmt: skip
ALBUM: Final = (*CALM, *DANGER, *PAST, "replay")
PLACES: Final = '{ grids(first: 1, scope: "371602.001.") { nodes { code } } }'
"""Where a danger is reported: in the middle of the district."""
SAID: Final = (
    "（模拟）井盖缺失，有人坠落 / (synthetic) a manhole cover is missing, somebody fell in"
)
STANDING: Final = "{ wall { overview { lifeSafety } } }"


async def walls(camera: Camera) -> None:
    """The wall's scenes, first without a danger to life and then with one."""
    for name, (query, width, height) in CALM.items():
        await camera.keep(await _wall(camera, query, width, height), name, SETTLE_MS)
    await _endanger(camera)
    for name, (query, width, height) in DANGER.items():
        page = await _wall(camera, query, width, height)
        if not await appears(page, "[data-incident]"):
            raise LookupError(f"{name}: nobody is in danger")
        await camera.keep(page, name, SETTLE_MS)


async def _wall(camera: Camera, query: str, width: int, height: int) -> Page:
    page = await camera.at(f"wall?{query}", {"viewport": {"width": width, "height": height}})
    await page.wait_for_selector('[data-liveness="live"]', timeout=PATIENCE_MS)
    await page.wait_for_function("() => window.quankeDirector")
    return page


async def _endanger(camera: Camera) -> None:
    """Report a danger to life, and accept it, as a leader does, where the demo has none just now.

    One is enough: a second one beside it would be told of the district as well.
    """
    if (await camera.ask("dispatcher", STANDING))["wall"]["overview"]["lifeSafety"] > 0:
        return
    grids = (await camera.ask("dispatcher", PLACES))["grids"]["nodes"]
    case = await camera.send(
        "duty_leader", "reportCase", channel="LEADER", category="01001", severity="LIFE_SAFETY",
        place={"grid": grids[0]["code"]}, description=SAID,
    )  # fmt: skip
    await camera.send("duty_leader", "acceptCase", case=case["id"])


async def replay(camera: Camera) -> None:
    """Some hours of a day on the wall, at six hundred times their pace: a picture and a film."""
    for name, (query, width, height) in PAST.items():
        page = await camera.at(f"wall?{query}", {"viewport": {"width": width, "height": height}})
        await page.wait_for_selector(".place", state="attached", timeout=PATIENCE_MS)
        await camera.keep(page, name, SETTLE_MS)
    page = await camera.at(f"wall?{PAST['wall-replay-1920-zh'][0]}", HALF)
    await page.wait_for_selector(".place", state="attached", timeout=PATIENCE_MS)
    await page.wait_for_timeout(SETTLE_MS)
    frames = [await seen(page, EVERY_MS) for _ in range(FRAMES)]
    frames[0].save(
        camera.into / "replay.webp", save_all=True, append_images=frames[1:], duration=EVERY_MS,
        loop=0, quality=REPLAY_QUALITY, method=4,
    )  # fmt: skip
    await page.context.close()
    print("replay", flush=True)
