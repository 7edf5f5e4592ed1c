"""The map that was painted change by change is the map that is painted at once; its names stay."""

import json
from typing import Any, Final

from playwright.async_api import Browser, Page

from tests.browser.conftest import WALL
from tests.browser.double import Double
from tests.browser.test_platform import until

HASH = """async () => {
  const canvas = document.querySelector('canvas.base');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const hash = await crypto.subtle.digest('SHA-256', data);
  const colours = new Set(new Uint32Array(data.buffer)).size;
  return [quankeMap.cap, colours, [...new Uint8Array(hash)].join()];
}"""
LISTEN = """() => {
  window.told = { times: 0, at: 0 };
  quankeView.store.subscribe(({ kind, grids }) => {
    if (kind !== 'delta' || grids.length === 0) return;
    window.told = { times: told.times + 1, at: performance.now() };
  });
}"""
LOOKS: Final = """() => {
  const { measureText } = CanvasRenderingContext2D.prototype;
  const marks = quankeMap.marks.bind(quankeMap);
  window.looks = 0;
  CanvasRenderingContext2D.prototype.measureText = function (text) {
    window.looks += 1;
    return measureText.call(this, text);
  };
  quankeMap.marks = () => {
    window.looks += 1;
    return marks();
  };
}"""
"""From here on the page counts how often names are measured, or held against the marks."""
PAINTED = "(times) => told.times === times && quankeMap.drawnAt >= told.at"
"""So many changes have come, and nothing of them is still to be painted."""


async def opened(page: Page, address: str) -> None:
    await page.goto(f"{address}/wall")
    await page.wait_for_selector(".place")
    await page.wait_for_selector('[data-liveness="live"]')


async def test_painted_change_by_change_it_is_the_same_to_the_pixel(
    browser: Browser, page: Page, address: str, double: Double
) -> None:
    await opened(page, address)
    before = await page.evaluate(HASH)
    await page.evaluate(LISTEN)
    steps = (1, 3, 40, 200, 2)
    for times, events in enumerate(steps, 1):
        double.step(events)
        await page.wait_for_function(PAINTED, arg=times)
    late = [code for code, count in double.scene.late.items() if count][:9]
    assert late
    for code in late:  # their triangles go
        double.scene.late[code] = 0
    double.tell(double.scene.message(late))
    await page.wait_for_function(PAINTED, arg=len(steps) + 1)
    bit_by_bit: Any = await page.evaluate(HASH)
    other = await (await browser.new_context(viewport=WALL)).new_page()
    await opened(other, address)

    async def same() -> bool:
        return bool(await other.evaluate(HASH) == bit_by_bit)

    await until(same, 20)
    assert bit_by_bit != before
    assert bit_by_bit[1] > 20, "a map has many colours"


async def test_names_of_cards_are_not_measured_again_with_each_change(
    page: Page, address: str, double: Double
) -> None:
    """A city without a survey has cards, whose names stand above them whatever is overdue."""
    unsurveyed = {**double.scene.geometry()}
    unsurveyed["grids"] = [{**grid, "rings": []} for grid in unsurveyed["grids"]]
    await page.route("**/geo.json*", lambda route: route.fulfill(body=json.dumps(unsurveyed)))
    await opened(page, address)
    await page.evaluate("document.fonts.ready.then(() => true)")
    await page.evaluate(LOOKS)
    await page.evaluate(LISTEN)
    late = next(iter(double.scene.open))
    double.scene.late[late] = 1  # the change that makes names give way on a map
    double.tell(double.scene.message([late]))
    await page.wait_for_function(PAINTED, arg=1)
    assert await page.evaluate("window.looks") == 0
