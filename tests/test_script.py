"""In which of our languages a person's text can be read."""

import pytest

from assessor_tui.form.script import is_in

EN, HANT, HANS = "en-HK", "zh-Hant-HK", "zh-Hans-CN"


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Three labels have no date.", {EN}),
        ("危險廢物倉庫三個標籤沒有日期。", {HANT}),
        ("危险废物仓库三个标签没有日期。", {HANS}),
        ("Line 3 (2021) has no acceptance. 3號線未驗收。", {EN, HANT}),
        ("VOC在線監測儀 DA002 沒有校準", {HANT}),
        ("The operator of line 3 said 好", {EN}),
        ("王", {HANT, HANS}),
        ("12.5 %", {EN, HANT, HANS}),
        ("", {EN, HANT, HANS}),
        ("DA002", {EN}),
    ],
)
def test_a_text_is_in_the_languages_whose_readers_understand_it(text: str, languages: set[str]) -> None:
    assert {language for language in (EN, HANT, HANS) if is_in(text, language)} == languages
