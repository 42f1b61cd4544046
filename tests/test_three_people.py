"""Three people share a visit through a folder, from the scheme's key to what is turned away, in the real program."""

import re
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo terminals are a matter of POSIX", allow_module_level=True)

from tests.three_people.__main__ import DOCS, played

PAGE = DOCS / "three_people.md"


def test_the_story_of_the_page_really_happens(tmp_path: Path) -> None:
    telling = played(tmp_path)
    told = PAGE.read_text(encoding="utf-8")

    assert [scene.heading for scene in telling.scenes] == re.findall(r"^## (.+)$", told, re.MULTILINE)
    assert [name for scene in telling.scenes for name, _ in scene.pictures] == re.findall(
        r"three_people/(\S+\.svg)", told
    )
    for scene in telling.scenes:
        assert scene.text.strip() in told
    typed = [each.splitlines()[0] for scene in telling.scenes for each in scene.typed]
    assert [without_numbers(each) for each in typed] == [
        without_numbers(each) for each in re.findall(r"^\w+\$ .+$", told, re.MULTILINE)
    ]


def without_numbers(line: str) -> str:
    """A command without what differs each time: keys, and names made of them."""
    return re.sub(r"[0-9a-f]{4,16}", "0", line)


def test_every_picture_of_the_page_is_there_and_shows_no_path_of_a_computer() -> None:
    told = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"three_people/(\S+\.svg)", told))
    pictures = {
        file.name: file.read_text(encoding="utf-8") for file in (DOCS / "screenshots/three_people").glob("*.svg")
    }

    assert named == pictures.keys()
    for name, text in {**pictures, PAGE.name: told}.items():
        assert not re.search(r"/tmp|/home/|/root|[A-Z]:\\", text), name
