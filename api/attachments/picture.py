"""A picture as it comes in, made anew: nothing of the sent file survives but its pixels.

Decoding and encoding again drops EXIF, GPS, comments, colour profiles, thumbnails and
whatever else hides in a file that is also something else. Two copies are made: the whole
one for those who work on the case, and a small one for others who may see it.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE: Final = "image/jpeg"
MAX_PIXELS: Final = 40_000_000
WHOLE_EDGE: Final = 2_560
REDUCED_EDGE: Final = 480
WHOLE_QUALITY, REDUCED_QUALITY = 85, 70

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NotAPicture(Exception):
    """The bytes are no picture we take; the message may be shown."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Both copies as JPEG, and the size of the whole one in pixels."""

    whole: bytes
    reduced: bytes
    width: int
    height: int


def remade(sent: bytes) -> Picture:
    """Return a picture made anew from its pixels, upright. Raises NotAPicture.

    Costs up to half a second of CPU for a phone's photo: call it from a thread.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            clean = _pixels(sent)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(f"a picture has at most {MAX_PIXELS:,} pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, EOFError):
        raise NotAPicture(f"send a whole {', '.join(FORMATS)} picture") from None
    reduced = clean.copy()
    reduced.thumbnail((REDUCED_EDGE, REDUCED_EDGE))
    return Picture(
        _jpeg(clean, WHOLE_QUALITY), _jpeg(reduced, REDUCED_QUALITY), clean.width, clean.height
    )


def _pixels(sent: bytes) -> Image.Image:
    """Return a new image that has the pixels, upright and not too large, and nothing else."""
    with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
        opened.draft("RGB", (WHOLE_EDGE, WHOLE_EDGE))  # a large JPEG is decoded smaller at once
        upright = ImageOps.exif_transpose(opened)
        shown = upright.convert("RGBA") if "A" in upright.getbands() else upright.convert("RGB")
    shown.thumbnail((WHOLE_EDGE, WHOLE_EDGE))
    clean = Image.new("RGB", shown.size, "white")
    clean.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    return clean


def _jpeg(image: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
    return written.getvalue()
