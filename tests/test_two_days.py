"""Two working days of two assessors, from the list of visits to the reminder, in the real program by keys."""

import re
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo terminals are a matter of POSIX", allow_module_level=True)

from tests.two_days.__main__ import DOCS, played

PAGE = DOCS / "two_days.md"


def test_the_two_days_of_the_page_really_happen(tmp_path: Path) -> None:
    telling = played(tmp_path)
    told = PAGE.read_text(encoding="utf-8")

    assert [scene.heading for scene in telling.scenes] == re.findall(r"^## (.+)$", told, re.MULTILINE)
    assert [name for scene in telling.scenes for name, _ in scene.pictures] == re.findall(r"two_days/(\S+\.svg)", told)
    for scene in telling.scenes:
        assert scene.text.strip() in told


def test_every_picture_of_the_page_is_there_and_shows_no_path_of_a_computer() -> None:
    named = set(re.findall(r"two_days/(\S+\.svg)", PAGE.read_text(encoding="utf-8")))
    pictures = {file.name: file.read_text(encoding="utf-8") for file in (DOCS / "screenshots/two_days").glob("*.svg")}

    assert named == pictures.keys()
    for name, picture in pictures.items():
        assert not re.search(r"/tmp|/home/|/root|/work|[A-Z]:\\", picture), name
