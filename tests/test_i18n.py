"""Words of the interface."""

import subprocess
import sys

import pytest

from assessor_tui import i18n


@pytest.fixture(autouse=True)
def english():
    yield
    i18n.set_language("en-HK")


@pytest.mark.parametrize(
    ("locale", "tag"),
    [
        ("zh_HK.UTF-8", "zh-Hant-HK"),
        ("zh_TW", "zh-Hant-HK"),
        ("zh-MO", "zh-Hant-HK"),
        ("zh_CN.GB18030", "zh-Hans-CN"),
        ("zh_SG", "zh-Hans-CN"),
        ("zh-Hant", "zh-Hant-HK"),
        ("zh_Hans_HK", "zh-Hans-CN"),
        ("en_GB.UTF-8", "en-HK"),
        ("de_DE@euro", "en-HK"),
        ("C", "en-HK"),
    ],
)
def test_a_system_locale_leads_to_the_nearest_language(locale, tag):
    assert i18n.nearest_language(locale) == tag


def test_the_environment_is_asked_in_the_order_of_gettext():
    assert i18n.system_language({"LANG": "en_US.UTF-8", "LC_ALL": "zh_HK.UTF-8"}) == "zh-Hant-HK"
    assert i18n.system_language({"LANG": "C.UTF-8"}) == "en-HK"
    assert i18n.system_language({}) == "en-HK"


def test_a_sentence_without_translation_stays_english():
    i18n.set_language("zh-Hant-HK")
    assert i18n._("a sentence that nobody translates") == "a sentence that nobody translates"
    assert i18n.ngettext("{n} stone", "{n} stones", 2) == "{n} stones"
    assert i18n._("") == ""


def test_dates_in_text_and_groups_of_digits():
    assert i18n.long_date("2026-11-12") == "12 November 2026"
    assert i18n.long_date("2026-11-12", "zh-Hant-HK") == "2026年11月12日"
    assert i18n.long_date("soon") == "soon"
    assert [i18n.grouped(n) for n in ("1400", "12400.5", "-1234567", "x")] == ["1400", "12 400.5", "-1 234 567", "x"]


def test_the_languages_cost_next_to_nothing_at_start():
    code = "import sys, assessor_tui.i18n; print([m for m in ('locale', 'babel', 'textual') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
