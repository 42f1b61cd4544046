"""What the battery maker hands over and what two cameras bring home: a spreadsheet of twelve months, sixty photos.

Everything is invented and drawn; the same call writes the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from tests.samples.battery_maker import ELECTRICITY, GAS

# The plant's spreadsheet.

TITLE = "示例电池（东莞）有限公司（虚构） 2025年10月—2026年9月能源消耗统计表"
HEADERS = ("月份", "用电量(万度)", "用气量(万Nm³)", "电费(元)")
TOTAL = "合计"
BILL = "2025-12-26至2026-01-25"
"""The one line that is no calendar month, as the plant writes it."""
_FEN_PER_KWH = 68


class EnergyMonth(NamedTuple):
    """One line of the sheet."""

    month: str
    """As it stands in the sheet."""
    electricity: Decimal
    """10,000 kWh."""
    gas: Decimal
    """10,000 m³."""
    cost: int
    """RMB, for the electricity."""


def energy_months() -> tuple[EnergyMonth, ...]:
    """The twelve lines of the sheet, October 2025 to September 2026; they add up to what the sample visit found."""
    lines = []
    for place, (megawatt_hours, thousand_cubic_metres) in enumerate(zip(ELECTRICITY, GAS, strict=True)):
        year, month = 2025 + (place + 9) // 12, (place + 9) % 12 + 1
        named = BILL if (year, month) == (2026, 1) else f"{year}年{month}月"
        gas = Decimal(str(thousand_cubic_metres)) / 10
        lines.append(EnergyMonth(named, Decimal(megawatt_hours) / 10, gas, megawatt_hours * 10 * _FEN_PER_KWH))
    return tuple(lines)


def write_energy_sheet(path: Path) -> Path:
    """The plant's workbook (.xlsx) at ``path``: a merged title, headers, twelve lines, a total by formulas."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]

    book = Workbook()
    sheet = book.active
    sheet.title = "能耗统计"
    sheet.append([TITLE])
    sheet.merge_cells("A1:D1")
    sheet.append(list(HEADERS))
    months = energy_months()
    for line in months:
        sheet.append([line.month, float(line.electricity), float(line.gas), line.cost])
    last = 2 + len(months)
    sheet.append([TOTAL, *(f"=SUM({column}3:{column}{last})" for column in "BCD")])
    for cell in (sheet["A1"], *sheet[2], *sheet[last + 1]):
        cell.font = Font(name="宋体", bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for row in sheet.iter_rows(min_row=3, max_row=last + 1):
        for cell, shown in zip(row[1:], ("0.0", "0.00", "#,##0.00"), strict=True):
            cell.number_format = shown
    for column, width in zip("ABCD", (26, 14, 16, 16), strict=True):
        sheet.column_dimensions[column].width = width
    kept = io.BytesIO()
    book.save(kept)
    totals = {
        f"B{last + 1}": sum(line.electricity for line in months),
        f"C{last + 1}": sum(line.gas for line in months),
        f"D{last + 1}": sum(line.cost for line in months),
    }
    path.write_bytes(_as_saved(kept.getvalue(), {cell: str(total) for cell, total in totals.items()}))
    return path


def _as_saved(workbook: bytes, results: dict[str, str]) -> bytes:
    """The workbook as a spreadsheet program saves it: formulas with their results, and no trace of this moment."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(parts.namelist()):
            text = parts.read(name)
            if name == "docProps/core.xml":
                text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-10-10T08:00:00Z", text)
            if name == "xl/worksheets/sheet1.xml":
                for cell, result in results.items():
                    pattern = rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v\s*/?>(?:</v>)?'.encode()
                    text, count = re.subn(pattern, rf"\g<1><v>{result}</v>".encode(), text)
                    assert count == 1, cell
            out.writestr(zipfile.ZipInfo(name, (2026, 10, 10, 16, 0, 0)), text)
    return packed.getvalue()


# The photos.

GOOD_CAMERA, SLOW_CAMERA = "SAMPLE CAM A1", "SAMPLE PHONE B2"
"""The lead's camera is right, the assessor's phone is an hour behind."""
BEHIND = timedelta(hours=1)
_DAYS = (("2026-11-12", "09:20"), ("2026-11-13", "09:10"))
_SUBJECTS = (
    ("RTO-1 control panel", (62, 104, 158)), ("RTO-1 name plate", (104, 122, 118)), ("AC-2 door seal", (120, 96, 80)),
    ("AC-2 ledger page", (236, 232, 214)), ("DA002 stack", (150, 170, 186)), ("DA001 sampling port", (150, 170, 186)),
    ("Drum 4 label", (196, 164, 72)), ("Drum store bund", (140, 140, 132)), ("Store notice", (236, 232, 214)),
    ("Incoming meter", (86, 92, 98)), ("Boiler B-1 plate", (104, 122, 118)), ("Compressor display", (30, 60, 70)),
    ("Dry room hygrometer", (220, 226, 230)), ("Coating line 2", (170, 176, 180)), ("Open solvent bin", (150, 90, 70)),
    ("Feeding hood", (170, 176, 180)), ("Treatment plant basin", (90, 130, 120)), ("DW001 outlet", (90, 130, 120)),
    ("Storm drain", (110, 116, 120)), ("East boundary", (120, 150, 110)),
)  # fmt: skip


class Taken(NamedTuple):
    """One photo that was written."""

    path: Path
    shows: str
    camera: str
    """``""`` for a picture without EXIF."""
    said: str
    """When the camera says it was taken, ``2026-11-12 09:20:00``; ``""`` without EXIF."""
    really: str
    """When it was taken."""
    is_clock: bool = False
    """True for the picture of the program's clock."""
    has_place: bool = False
    """True when it carries GPS coordinates."""


def write_photos(folder: Path, count: int = 60) -> tuple[Taken, ...]:
    """The photos, JPEGs of a few kilobytes, in ``folder``; in the order in which they were really taken.

    Two cameras an hour apart; every tenth picture came through a messenger and has lost its EXIF, one has coordinates,
    and the third shows the program's clock, by which the slow camera is set right.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_written(folder, photo, place) for place, photo in enumerate(_photos(folder, count)))


def _photos(folder: Path, count: int) -> Iterator[Taken]:
    numbers = {GOOD_CAMERA: 411, SLOW_CAMERA: 2086}
    first = (count + 1) // 2
    for place in range(count):
        day, at = _DAYS[place >= first]
        inside = place if place < first else place - first
        # Seven hours of walking a day; the steps are uneven, as steps are.
        minutes = inside * 420 // max(first, 1) + inside * 7 % 5
        really = datetime.fromisoformat(f"{day} {at}:00") + timedelta(minutes=minutes, seconds=inside * 37 % 60)
        shows, is_clock = _SUBJECTS[place * 7 % len(_SUBJECTS)][0], place == 2
        camera = SLOW_CAMERA if place % 2 == 0 else GOOD_CAMERA
        numbers[camera] += 1
        without = place % 10 == 9
        said = really - BEHIND if camera == SLOW_CAMERA else really
        name = f"mmexport{count_of(really)}.jpg" if without else _named(camera, numbers[camera], said)
        yield Taken(
            folder / name, "Clock of the program" if is_clock else shows, "" if without else camera,
            "" if without else said.isoformat(" "), really.isoformat(" "), is_clock, place == 4,
        )  # fmt: skip


def count_of(moment: datetime) -> int:
    """Milliseconds since 1970 of a moment in Hong Kong, as messengers name their pictures."""
    epoch = datetime.fromisoformat("1970-01-01 08:00:00")
    return int((moment - epoch) / timedelta(milliseconds=1))


def _named(camera: str, number: int, said: datetime) -> str:
    return f"IMG_{said:%Y%m%d_%H%M%S}.jpg" if camera == SLOW_CAMERA else f"DSC{number:05d}.JPG"


def _written(folder: Path, photo: Taken, place: int) -> Taken:
    from PIL import Image, ImageDraw, ImageFont

    colour = next((colour for shows, colour in _SUBJECTS if shows == photo.shows), (12, 16, 20))
    image = Image.new("RGB", (400, 300), colour)
    draw = ImageDraw.Draw(image)
    ink = (250, 250, 246) if sum(colour) < 380 else (24, 28, 32)
    draw.rectangle((12, 12, 388, 288), outline=ink, width=2)
    if photo.is_clock:
        draw.text((60, 110), photo.really[11:], font=ImageFont.load_default(64), fill=ink)
        draw.text((60, 190), photo.really[:10], font=ImageFont.load_default(28), fill=ink)
    else:
        draw.text((28, 110), photo.shows, font=ImageFont.load_default(26), fill=ink)
        draw.line((28, 150, 28 + 30 + place * 5, 150), fill=ink, width=6)  # no two are alike
    draw.text((28, 258), "INVENTED - DRAWN FOR A TEST", font=ImageFont.load_default(14), fill=ink)
    if not photo.camera:
        image.save(photo.path, "JPEG", quality=72)
        return photo
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = photo.camera.split(" ", 1)
    moment = photo.said.replace("-", ":")
    exif[0x0132] = moment
    exif.get_ifd(0x8769).update({0x9003: moment, 0x9004: moment})
    if photo.has_place:
        # A point in the open sea south of Hong Kong, where there is no factory.
        degrees = [(Fraction(21), Fraction(30), Fraction(0)), (Fraction(114), Fraction(0), Fraction(0))]
        exif.get_ifd(0x8825).update(
            {1: "N", 2: tuple(map(float, degrees[0])), 3: "E", 4: tuple(map(float, degrees[1]))}
        )
    image.save(photo.path, "JPEG", quality=72, exif=exif)
    return photo
