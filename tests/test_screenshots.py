"""Every page looks as it does in the documentation: whole screens of the sample sites, with a fixed clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.i18n import LANGUAGES, set_language
from assessor_tui.tui.app import PAGES
from tests.screenshots import FOLDER, SIZES, drawn, languages_of, name_of, sample

PICTURES = [(place, language, size) for place in PAGES for size in SIZES for language in languages_of(place)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("pictures") / "data"
    yield folder, sample(folder)
    set_language(LANGUAGES[0])


@pytest.mark.parametrize(("place", "language", "size"), PICTURES)
def test_a_page_looks_as_documented(
    place: str, language: str, size: tuple[int, int], site: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    now = drawn(site[0], place, site[1], language, size)

    expected = (FOLDER / name_of(place, language, size)).read_text(encoding="utf-8")
    assert now == expected, "look at it, then run: python -m tests.screenshots"


def test_there_are_no_pictures_of_pages_that_are_gone() -> None:
    assert {path.name for path in FOLDER.glob("*.svg")} == {name_of(*each) for each in PICTURES}
