"""The example without any build, run as it lies in the documentation."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.cell import running

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

        opened = page.locator("#open")
        await expect(page.locator("#name")).to_have_text("滨城区")
        await expect(opened).to_have_text("0")
        await cell.report()
        await expect(opened).to_have_text("1")
        await expect(page.locator("#feed li")).to_have_count(1)
        await page.context.set_offline(True)
        await page.evaluate("source.dispatchEvent(new Event('error'))")
        await cell.report()
        await page.context.set_offline(False)
        await expect(opened).to_have_text("2")
        await expect(page.locator("#feed li")).to_have_count(2)
        await expect(page.locator("#age")).to_have_text("0 ms behind")
        assert complaints == []
        await page.close()
