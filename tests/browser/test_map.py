"""The map that was painted change by change is the map that is painted at once."""

from playwright.async_api import Browser, Page

from tests.browser.conftest import WALL
from tests.browser.double import Double

HASH = """async () => {
  await new Promise((done) => setTimeout(done, 300));
  const canvas = document.querySelector('canvas.base');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const hash = await crypto.subtle.digest('SHA-256', data);
  const colours = new Set(new Uint32Array(data.buffer)).size;
  return [quankeMap.cap, colours, [...new Uint8Array(hash)].join()];
}"""


async def opened(page: Page, address: str) -> None:
    await page.goto(f"{address}/wall")
    await page.wait_for_selector(".place")
    await page.wait_for_selector('[data-liveness="live"]')


async def test_painted_change_by_change_it_is_the_same_to_the_pixel(
    browser: Browser, page: Page, address: str, double: Double
) -> None:
    await opened(page, address)
    before = await page.evaluate(HASH)
    for events in (1, 3, 40, 200, 2):
        double.step(events)
        await page.wait_for_function(
            "(position) => quankeView.store.state.position === position",
            arg=double.scene.position,
        )
        await page.wait_for_timeout(60)
    late = [code for code, count in double.scene.late.items() if count][:9]
    for code in late:  # their triangles go
        double.scene.late[code] = 0
    double.tell(double.scene.message(late))
    bit_by_bit = await page.evaluate(HASH)
    other = await (await browser.new_context(viewport=WALL)).new_page()  # type: ignore[arg-type]
    await opened(other, address)
    assert bit_by_bit == await other.evaluate(HASH)
    assert bit_by_bit != before
    assert bit_by_bit[1] > 20, "a map has many colours"
