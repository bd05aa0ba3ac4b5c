# SPDX-License-Identifier: Apache-2.0
"""Small drawn pictures for the generated day: plainly no photographs, and each says so."""

import io
from functools import cache
from random import Random

from PIL import Image, ImageDraw

KINDS = 12
_SIZE = (480, 360)
_LABEL = "GENERATED - demonstration only"


@cache
def picture(kind: int) -> bytes:
    """One of KINDS pictures of a street with something on it, as JPEG."""
    choice = Random(kind)
    image = Image.new("RGB", _SIZE, (205 - kind * 4, 215, 225))
    draw = ImageDraw.Draw(image)
    width, height = _SIZE
    horizon = height // 2 + choice.randint(-20, 20)
    for x in range(0, width, 80):
        top = horizon - choice.randint(50, 150)
        shade = choice.randint(120, 190)
        draw.rectangle((x, top, x + 70, horizon), fill=(shade, shade - 10, shade - 25))
    draw.polygon(
        [(0, height), (width, height), (width * 0.6, horizon), (width * 0.4, horizon)], fill=(95, 95, 100)
    )
    x, y, size = choice.randint(120, 360), choice.randint(horizon + 40, height - 60), choice.randint(25, 55)
    colour = (choice.randint(120, 220), choice.randint(60, 140), choice.randint(30, 90))
    draw.ellipse(
        (x - size, y - size // 2, x + size, y + size // 2), fill=colour, outline=(40, 40, 40), width=3
    )
    draw.rectangle((0, height - 22, width, height), fill=(30, 30, 30))
    draw.text((8, height - 18), _LABEL, fill=(255, 255, 255))
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=70)
    return encoded.getvalue()
