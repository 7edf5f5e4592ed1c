"""The example without any build, run as it lies in the documentation."""

from pathlib import Path

from playwright.async_api import Browser

from tests.browser.cell import running
from tests.browser.test_platform import until

PAGE = Path(__file__).parents[2] / "docs" / "examples" / "follow.html"


async def test_thirty_lines_follow_a_district(
    browser: Browser, database: str, tmp_path: Path
) -> None:
    assert len(PAGE.read_text("utf-8").splitlines()) <= 30
    async with running(database, tmp_path) as cell:
        page = await browser.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        text = PAGE.read_text("utf-8")
        given = {"body": text, "content_type": "text/html"}
        await page.route("**/follow.html", lambda route: route.fulfill(**given))
        await page.goto(f"{cell.address}/follow.html")

        async def shows(name: str, wanted: str) -> bool:
            return await page.text_content(name) == wanted

        await until(lambda: shows("#name", "滨城区"), 10)
        assert await shows("#open", "0")
        await cell.report()
        await until(lambda: shows("#open", "1"), 10)
        assert await page.locator("#feed li").count() == 1
        await page.context.set_offline(True)
        await page.evaluate("source.dispatchEvent(new Event('error'))")
        await cell.report()
        await page.context.set_offline(False)
        await until(lambda: shows("#open", "2"), 10)
        assert await page.locator("#feed li").count() == 2
        await until(lambda: shows("#age", "0 ms behind"), 10)
        assert complaints == []
        await page.close()
