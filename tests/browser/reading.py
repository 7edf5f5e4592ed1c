"""What a viewer would read off the page: every visible text with its box, size and colours."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from playwright.async_api import Page

TEXTS: Final = """
() => {
  const seen = [];
  const backdrop = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'rgb(0, 0, 0)';
  };
  const clips = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== 'visible') {
        const { x, y, width, height } = at.getBoundingClientRect();
        found.push([x, y, width, height]);
      }
    }
    return found;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const parent = node.parentElement;
    if (!text || !parent.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const style = getComputedStyle(parent);
    for (const { x, y, width, height } of range.getClientRects()) {
      if (width === 0) continue;
      seen.push({
        text, x, y, width, height, size: parseFloat(style.fontSize), colour: style.color,
        backdrop: backdrop(parent), clips: clips(parent), kind: parent.className,
        spill: style.display === 'inline' ? 0 : parent.scrollWidth - parent.clientWidth,
      });
    }
  }
  return seen;
}
"""


TAIL: Final = 0.2
"""How far a g or a y reaches below its line, in ems."""


TURNS: Final = """() => {
  const badge = document.querySelector('[data-liveness]');
  window.turns = {};
  new MutationObserver(() => { window.turns[badge.dataset.liveness] ??= Date.now() / 1000; })
    .observe(badge, { attributes: true });
}"""
"""From here on the page notes when its badge first says each word, in seconds since 1970."""


@dataclass(frozen=True)
class Text:
    """One line of text on the page; `box` is that of its glyphs, not of its line."""

    text: str
    box: tuple[float, float, float, float]
    size: float
    contrast: float
    clips: tuple[tuple[float, float, float, float], ...]
    spill: float
    kind: str

    def clipped(self, width: float, height: float) -> bool:
        """Whether an edge of the screen or of a box that clips cuts into it."""
        edges = ((0.0, 0.0, width, height), *self.clips)
        x, y, wide, high = self.box
        with_tails = (x, y, wide, high + TAIL * self.size)
        return self.spill > 1 or not all(_inside(with_tails, edge) for edge in edges)


async def texts(page: Page) -> list[Text]:
    """Every visible text of the page."""
    return [_text(one) for one in await page.evaluate(TEXTS)]


def overlaps(found: list[Text]) -> list[tuple[str, str]]:
    """Pairs of texts whose glyphs lie over one another."""
    return [
        (one.text, other.text)
        for one, other in combinations(found, 2)
        if _shared(one.box, other.box) > 1
    ]


def _text(raw: dict[str, Any]) -> Text:
    size = float(raw["size"])
    top = raw["y"] + (raw["height"] - size) / 2 + 0.06 * size
    return Text(
        text=raw["text"], box=(raw["x"], top, raw["width"], 0.88 * size), size=size,
        contrast=_contrast(_rgb(raw["colour"]), _rgb(raw["backdrop"])),
        clips=tuple(tuple(clip) for clip in raw["clips"]), spill=raw["spill"], kind=raw["kind"],
    )  # fmt: skip


def _inside(box: tuple[float, ...], edge: tuple[float, ...]) -> bool:
    return (
        box[0] >= edge[0] - 1
        and box[1] >= edge[1] - 1
        and box[0] + box[2] <= edge[0] + edge[2] + 1
        and box[1] + box[3] <= edge[1] + edge[3] + 1
    )


def _shared(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def _rgb(colour: str) -> tuple[float, ...]:
    numbers = colour[colour.index("(") + 1 : -1].replace(",", " ").split()
    return tuple(float(number) for number in numbers[:3])


def _contrast(ink: tuple[float, ...], ground: tuple[float, ...]) -> float:
    """Ratio of WCAG 2: 1 to 21."""
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[float, ...]) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def settled(page: Page) -> None:
    """Two frames after fonts and styles are there: rows have been fitted by then."""
    await page.evaluate(
        "document.fonts.ready.then(() => new Promise((done) =>"
        " setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done())), 80)))"
    )
