"""What the phones photograph: a street, drawn, with rubbish on it and without."""

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

SIZE: Final = (1600, 1200)
WALL, BRICK, KERB, ROAD = (168, 142, 118), (156, 128, 104), (178, 178, 174), (116, 118, 120)
BAG, SHINE, SCRAP = (38, 42, 52), (66, 72, 86), (214, 208, 190)
BAGS: Final = ((520, 700, 170), (700, 660, 200), (880, 720, 180), (760, 800, 150), (1040, 780, 120))
SCRAPS: Final = ((430, 930), (610, 980), (980, 960), (1180, 930), (820, 1010), (1290, 1000))


def street(littered: bool) -> bytes:
    """Return a photo of the same wall and pavement, before or after."""
    image = Image.new("RGB", SIZE, WALL)
    paint = ImageDraw.Draw(image)
    for row in range(10):
        for column in range(-1, 12):
            left, top = column * 160 + 80 * (row % 2), row * 64
            paint.rectangle((left, top, left + 154, top + 58), BRICK)
    paint.rectangle((0, 640, 1600, 690), KERB)
    paint.rectangle((0, 690, *SIZE), ROAD)
    if littered:
        _litter(paint)
    written = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(2)).save(written, "JPEG", quality=88)
    return written.getvalue()


def _litter(paint: ImageDraw.ImageDraw) -> None:
    for x, y, size in BAGS:
        paint.ellipse((x - size, y - size * 0.8, x + size, y + size), BAG)
        paint.polygon([(x - 30, y - size * 0.7), (x + 30, y - size * 0.7), (x, y - size)], BAG)
        paint.arc((x - size * 0.7, y - size * 0.6, x, y + size * 0.3), 190, 280, SHINE, 14)
    for x, y in SCRAPS:
        paint.polygon([(x, y), (x + 46, y + 10), (x + 30, y + 34), (x - 12, y + 26)], SCRAP)
