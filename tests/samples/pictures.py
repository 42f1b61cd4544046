"""Drawn stand-ins for photographs: plain shapes, plainly invented, a few kilobytes each."""
# ruff: noqa: E501 - as in the tables of the samples

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 640)
INK, PAPER, STEEL, DARK, GREEN, RED, AMBER, BLUE = (
    (32, 36, 40), (244, 244, 238), (186, 194, 200), (72, 80, 88), (66, 140, 92), (190, 62, 52), (222, 160, 48),
    (62, 104, 158),
)  # fmt: skip
WALL, FLOOR = (222, 226, 226), (150, 152, 148)
INVENTED = "DRAWN FOR THE SAMPLE - NOT A REAL SITE"

Draw = ImageDraw.ImageDraw


def _text(draw: Draw, at: tuple[int, int], words: str, size: int = 26, fill: tuple[int, int, int] = INK) -> None:
    draw.text(at, words, font=ImageFont.load_default(size), fill=fill)


def _room(draw: Draw) -> None:
    draw.rectangle((0, 0, 960, 430), fill=WALL)
    draw.rectangle((0, 430, 960, 640), fill=FLOOR)
    draw.line((0, 430, 960, 430), fill=DARK, width=4)


def nameplate(draw: Draw) -> None:
    """Name plate of a regenerative thermal oxidiser."""
    draw.rectangle((0, 0, 960, 640), fill=(104, 122, 118))
    draw.rounded_rectangle((110, 70, 850, 570), 24, fill=STEEL, outline=DARK, width=6)
    for corner in ((140, 100), (800, 100), (140, 520), (800, 520)):
        draw.ellipse((*corner, corner[0] + 22, corner[1] + 22), fill=DARK)
    _text(draw, (250, 100), "SAMPLE OXIDISER WORKS", 38)
    draw.line((200, 156, 760, 156), fill=INK, width=3)
    rows = ("Type", "RTO-3T"), ("Tag", "RTO-1"), ("Air flow", "60 000 m3/h"), ("Design temp.", "760 degC"), ("Built", "2021-05"), ("No.", "SAMPLE-2105-07")  # fmt: skip
    for line, (name, value) in enumerate(rows):
        _text(draw, (210, 180 + line * 56), name, 32)
        _text(draw, (470, 180 + line * 56), value, 34)


def control_panel(draw: Draw) -> None:
    """Screen of a control cabinet with temperatures and lamps."""
    draw.rectangle((0, 0, 960, 640), fill=(200, 204, 206))
    draw.rounded_rectangle((90, 50, 870, 590), 18, fill=(120, 128, 134), outline=DARK, width=5)
    draw.rectangle((140, 90, 820, 410), fill=(18, 34, 48), outline=INK, width=5)
    _text(draw, (170, 105), "RTO-1   OVERVIEW", 32, (190, 220, 240))
    rows = ("Combustion chamber", "812 degC"), ("Lowest, 90 days", "768 degC"), ("Air flow", "51 400 m3/h"), ("Fan P-101", "RUN")  # fmt: skip
    for line, (name, value) in enumerate(rows):
        _text(draw, (180, 165 + line * 58), name, 30, (210, 226, 236))
        _text(draw, (560, 165 + line * 58), value, 32, (120, 232, 150) if line != 1 else (246, 196, 86))
    for place, colour in enumerate((GREEN, GREEN, AMBER, RED)):
        left = 200 + place * 150
        draw.ellipse((left, 450, left + 80, 530), fill=colour, outline=INK, width=4)
    for place, word in enumerate(("POWER", "RUN", "ALARM", "STOP")):
        _text(draw, (206 + place * 150, 540), word, 24)


def _drum(draw: Draw, left: int, top: int, colour: tuple[int, int, int], date: str) -> None:
    draw.rectangle((left, top, left + 130, top + 210), fill=colour, outline=INK, width=4)
    draw.ellipse((left, top - 22, left + 130, top + 22), fill=colour, outline=INK, width=4)
    for ring in (70, 140):
        draw.line((left, top + ring, left + 130, top + ring), fill=INK, width=4)
    draw.rectangle((left + 18, top + 78, left + 112, top + 134), fill=AMBER, outline=INK, width=2)
    _text(draw, (left + 24, top + 82), "HW06", 22)
    _text(draw, (left + 24, top + 106), date, 18)


def drums_without_date(draw: Draw) -> None:
    """Hazardous waste store: two of five labels bear no date."""
    _drum_store(draw, ("2026-09", "date ?", "2026-10", "date ?", "2026-11"), "East bay, 12 Nov")


def drums_labelled(draw: Draw) -> None:
    """The same store a day later: every label bears a date."""
    _drum_store(draw, ("2026-09", "2026-10", "2026-10", "2026-11", "2026-11"), "East bay, 13 Nov")


def _drum_store(draw: Draw, dates: tuple[str, ...], words: str) -> None:
    _room(draw)
    draw.rectangle((320, 60, 670, 150), fill=AMBER, outline=INK, width=4)
    _text(draw, (350, 88), "HAZARDOUS WASTE", 30)
    draw.rectangle((40, 540, 920, 580), fill=(92, 96, 92), outline=INK, width=3)
    for place, date in enumerate(dates):
        _drum(draw, 80 + place * 165, 330, BLUE, date)
    _text(draw, (60, 180), words, 30)


def meter(draw: Draw) -> None:
    """Electricity meter in the substation."""
    draw.rectangle((0, 0, 960, 640), fill=(176, 182, 178))
    draw.rounded_rectangle((230, 50, 730, 590), 30, fill=PAPER, outline=DARK, width=6)
    draw.rectangle((290, 120, 670, 250), fill=(196, 212, 190), outline=INK, width=4)
    _text(draw, (316, 150), "04 618 307.2", 54)
    _text(draw, (600, 262), "kWh", 28)
    draw.ellipse((420, 320, 540, 440), fill=(226, 226, 220), outline=INK, width=4)
    draw.line((480, 380, 528, 350), fill=RED, width=6)
    _text(draw, (300, 470), "3x220/380 V  5(100) A", 28)
    _text(draw, (300, 515), "No. SAMPLE-E-01", 28)
    draw.rectangle((600, 460, 690, 560), fill=GREEN, outline=INK, width=3)
    _text(draw, (608, 482), "CAL", 26, PAPER)
    _text(draw, (608, 512), "2027", 26, PAPER)


def stack(draw: Draw) -> None:
    """Stack with its outlet sign and sampling platform."""
    draw.rectangle((0, 0, 960, 500), fill=(196, 216, 232))
    draw.rectangle((0, 500, 960, 640), fill=(142, 144, 140))
    draw.rectangle((430, 20, 530, 520), fill=STEEL, outline=DARK, width=5)
    draw.rectangle((330, 250, 630, 270), fill=DARK)
    for post in range(330, 631, 50):
        draw.line((post, 190, post, 250), fill=DARK, width=5)
    draw.line((330, 190, 630, 190), fill=DARK, width=5)
    draw.rectangle((600, 380, 820, 500), fill=GREEN, outline=INK, width=4)
    _text(draw, (632, 396), "DA002", 44, PAPER)
    _text(draw, (628, 452), "NMHC  15 m", 26, PAPER)
    draw.rectangle((60, 360, 380, 520), fill=(168, 172, 168), outline=DARK, width=5)
    draw.line((380, 430, 430, 430), fill=DARK, width=40)
    _text(draw, (120, 420), "AC-2", 44)


def plating_line(draw: Draw) -> None:
    """Plating tanks with rinses in a row."""
    _room(draw)
    for place, (word, colour) in enumerate((("Ni 1", GREEN), ("Ni 2", GREEN), ("RINSE 1", BLUE), ("RINSE 2", BLUE), ("RINSE 3", BLUE))):  # fmt: skip
        left = 50 + place * 175
        draw.rectangle((left, 330, left + 155, 520), fill=STEEL, outline=INK, width=4)
        draw.rectangle((left + 10, 345, left + 145, 400), fill=colour)
        _text(draw, (left + 20, 440), word, 28)
    draw.line((30, 120, 930, 120), fill=DARK, width=14)
    for left in (210, 560):
        draw.line((left, 120, left, 340), fill=DARK, width=6)
        draw.rectangle((left - 50, 250, left + 50, 340), outline=DARK, width=5)
    _text(draw, (60, 40), "Line 2, barrel nickel", 30)


def scrubber_gauge(draw: Draw) -> None:
    """pH display of a scrubber."""
    draw.rectangle((0, 0, 960, 640), fill=(188, 196, 196))
    draw.rounded_rectangle((250, 110, 710, 530), 26, fill=(60, 70, 78), outline=INK, width=6)
    draw.rectangle((310, 170, 650, 330), fill=(18, 34, 48))
    _text(draw, (350, 200), "pH 9.4", 86, (120, 232, 150))
    _text(draw, (320, 370), "SCRUBBER  WS-1", 36, PAPER)
    _text(draw, (320, 430), "set 9.0 .. 10.0", 32, PAPER)


PICTURES: dict[str, Callable[[Draw], None]] = {
    "nameplate-rto-1.png": nameplate,
    "control-panel-rto-1.png": control_panel,
    "drum-store-day-1.png": drums_without_date,
    "drum-store-day-2.png": drums_labelled,
    "meter-substation.png": meter,
    "stack-da002.png": stack,
    "plating-line-2.png": plating_line,
    "scrubber-ws-1.png": scrubber_gauge,
}
"""File name -> what draws it."""


def draw_picture(path: Path) -> None:
    """Nothing; the picture of that name stands at ``path``."""
    image = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(image)
    PICTURES[path.name](draw)
    _text(draw, (16, 606), INVENTED, 20)
    image.quantize(48, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
