"""The material of the two days' story: a plant's spreadsheet and sixty photos, the same bytes in every run."""

from fractions import Fraction
from pathlib import Path

from PIL import Image

from assessor_tui.ledger.months import month_of
from assessor_tui.sheets import read_sheet
from tests.samples.battery_maker import ELECTRICITY, GAS
from tests.two_days.material import (
    BILL,
    GOOD_CAMERA,
    HEADERS,
    SLOW_CAMERA,
    TITLE,
    TOTAL,
    energy_months,
    write_energy_sheet,
    write_photos,
)


def test_the_spreadsheet_has_a_title_headers_twelve_lines_and_a_total_that_is_known(tmp_path: Path) -> None:
    sheet = read_sheet(write_energy_sheet(tmp_path / "energy.xlsx"))
    assert sheet.rows[0][0] == TITLE
    assert sheet.rows[1] == HEADERS
    assert len(sheet.rows) == 15
    assert {problem.code for problem in sheet.problems} <= {"sheet.merged"}
    total = sheet.rows[-1]
    assert total[0] == TOTAL
    assert Fraction(total[1]) == Fraction(sum(ELECTRICITY), 10)
    assert Fraction(total[2]) == sum(Fraction(str(each)) for each in GAS) / 10


def test_its_lines_are_the_months_of_the_visit_and_one_billing_period() -> None:
    months = [month_of(line.month, first="2025-10-01", last="2026-09-30") for line in energy_months()]
    assert months[3] == "2025-12-26..2026-01-25"
    assert months[:3] + months[4:] == [
        "2025-10", "2025-11", "2025-12", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08",
        "2026-09",
    ]  # fmt: skip
    assert sum(line.month == BILL for line in energy_months()) == 1


def test_the_spreadsheet_is_the_same_bytes_in_every_run(tmp_path: Path) -> None:
    one, other = write_energy_sheet(tmp_path / "1.xlsx"), write_energy_sheet(tmp_path / "2.xlsx")
    assert one.read_bytes() == other.read_bytes()


def test_sixty_photos_are_small_and_the_same_bytes_in_every_run(tmp_path: Path) -> None:
    one, other = write_photos(tmp_path / "1"), write_photos(tmp_path / "2")
    assert len({photo.path.name for photo in one}) == len(one) == 60
    assert [photo.path.read_bytes() for photo in one] == [photo.path.read_bytes() for photo in other]
    assert len({photo.path.read_bytes() for photo in one}) == 60
    assert all(photo.path.stat().st_size < 20_000 for photo in one)


def test_two_cameras_are_an_hour_apart_and_some_pictures_do_not_say_when(tmp_path: Path) -> None:
    photos = write_photos(tmp_path)
    assert {photo.camera for photo in photos} == {GOOD_CAMERA, SLOW_CAMERA, ""}
    for photo in photos:
        with Image.open(photo.path) as image:
            exif = image.getexif()
            assert exif.get_ifd(0x8769).get(0x9003, "").replace(":", "-", 2) == photo.said
            assert bool(exif.get_ifd(0x8825)) == photo.has_place
        late = {"": None, GOOD_CAMERA: 0, SLOW_CAMERA: 1}[photo.camera]
        if late is not None:
            assert int(photo.really[11:13]) - int(photo.said[11:13]) == late
    assert sum(not photo.camera for photo in photos) == 6
    assert [photo.camera for photo in photos if photo.is_clock] == [SLOW_CAMERA]
    assert sum(photo.has_place for photo in photos) == 1
    assert [photo.really for photo in photos] == sorted(photo.really for photo in photos)
