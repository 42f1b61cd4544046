"""Texts of a form in the language wanted, or in the nearest that it has."""

import pytest

from assessor_tui.form.model import in_language


@pytest.mark.parametrize(
    ("there", "wanted", "taken"),
    [
        (("en-HK", "zh-Hant-HK"), "zh-Hant-HK", "zh-Hant-HK"),
        (("en", "zh-Hant", "zh-Hans"), "zh-Hant-HK", "zh-Hant"),
        (("en", "zh"), "zh-Hant-HK", "zh"),
        (("en", "zh-Hant-TW"), "zh-Hant-HK", "zh-Hant-TW"),
        (("en", "zh-Hans-CN"), "zh-Hant-HK", "zh-Hans-CN"),
        (("zh-Hans", "zh-Hant"), "zh-Hans-CN", "zh-Hans"),
        (("fr", "en"), "en-HK", "en"),
        (("fr", "en-GB"), "en-HK", "en-GB"),
        (("fr", "und"), "en-HK", "und"),
        (("fr", "de"), "en-HK", "fr"),
        (("fr", "en-HK"), "zh-Hant-HK", "en-HK"),
        (("x-old-norse", "fr"), "x-old-saxon", "x-old-norse"),
        (("fr",), "", "fr"),
    ],
)
def test_a_text_comes_in_the_nearest_language(there: tuple[str, ...], wanted: str, taken: str) -> None:
    assert in_language({tag: tag for tag in there}, wanted) == taken


def test_no_text_is_none_in_every_language() -> None:
    assert in_language({}, "en-HK") == ""
