"""The summary on disk: self-contained, the same bytes every time, three languages, plain text from everybody."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from assessor_tui.assess.assessment import assessment, digest, for_site
from assessor_tui.assess.flow_layout import Arrow, Point
from assessor_tui.config import shipped
from assessor_tui.form.model import Form, Question
from assessor_tui.i18n import LANGUAGES, catalogue
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.materials import own_checklists
from assessor_tui.reports.html import ReportNotWritten, file_name, html, json_text, load_photos, write_report
from assessor_tui.reports.plain import Cleaner, language_of
from assessor_tui.reports.svg import Label, sankey, score_bar
from assessor_tui.reports.view import Outside, view
from assessor_tui.reports.words import WORDS, words
from assessor_tui.using_form import with_forms
from assessor_tui.visit import Materials, Visit, create_visit
from tests.sample_visit import Sample, merge, new_visit, open_store, same_visit, sample, say

HOSTILE = '<script>alert(1)</script><b>&amp;"\'=HYPERLINK("x")\u202eesrever\u2066\u200b{{7*7}}${x}[red]\ue000'
"""Everything that some program somewhere would act upon."""

NOTHING: Any = Outside(photos={}, program="assessor_tui test", digest="0" * 64)

VOID = frozenset({"meta", "br", "input"})


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.ids: Counter[str] = Counter()
        self.text: list[str] = []
        self.unspoken: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = dict(attrs)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "xlink:href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.ids.update([given["id"] or ""] if "id" in given else [])
        if given.get("role") == "img" and not given.get("aria-label"):
            self.unspoken.append(tag)
        if tag == "th" and not given.get("scope"):
            self.unspoken.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.text.append(data)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    made = sample(tmp_path_factory.mktemp("sample"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def written(both: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Audience -> the page in all three languages; ``json`` and ``site json`` -> the data."""
    review, site = tmp_path_factory.mktemp("review"), tmp_path_factory.mktemp("site")
    page, data = write_report(both.lead, review)
    site_page, site_data = write_report(both.lead, site, audience="site")
    paths = {"review": page, "json": data, "site": site_page, "site json": site_data}
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A visit just begun."""
    with open_store(tmp_path / "data", "Lead (sample)", "lead") as store:
        yield new_visit(store)


def test_two_files_are_written_and_replaced_in_place(visit: Visit, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = write_report(visit, folder)
    assert [path.name for path in first] == [
        "Sample-Energy-Storage-Dongguan-Limited-2026-11-12-summary.html",
        "assessment.json",
    ]
    before = first[1].read_bytes()
    say(visit, "visit_header", "main_products", "鋰電池")
    assert write_report(visit, folder) == first
    assert first[1].read_bytes() != before
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in first)


def test_a_visit_of_own_checklists_is_not_summed_up_as_one_that_scored_nothing(tmp_path: Path) -> None:
    question = Question("integer", "fans", {"en": "How many fans?"})
    form = Form("fans", "1", {"en": "Fans"}, (question,), languages=("en",))
    with open_store(tmp_path / "data", "Lead (sample)", "lead") as store:
        materials = with_forms(store, own_checklists(store, shipped("forms")), [form])
        assert isinstance(materials, Materials)
        own = create_visit(store, materials, {"visit_date": "2026-11-12"}, new_id=lambda: "c" * 32)
        for audience in ("review", "site"):
            page = write_report(own, tmp_path, audience=audience)[0].read_text(encoding="utf-8")
            assert ("How many fans?" in page and "No answer yet" in page) or audience == "site"
            for words_of_scores in ("of 100", "Draft criteria", "No recognition", "Gates", "Weight"):
                assert words_of_scores not in page, words_of_scores


def test_a_folder_that_cannot_be_made_is_one_clear_failure(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ReportNotWritten) as failure:
        write_report(visit, tmp_path / "taken")
    assert "taken" in str(failure.value)


def test_the_same_visit_gives_the_same_bytes_in_another_folder(both: Sample, tmp_path: Path) -> None:
    one, two = write_report(both.lead, tmp_path / "one"), write_report(both.lead, tmp_path / "two")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@pytest.mark.parametrize("audience", ["review", "site"])
def test_the_page_is_whole_and_needs_nothing_from_outside(written: dict[str, str], audience: str) -> None:
    page = Page(written[audience])
    assert page.open == []
    assert page.tags["script"] == page.tags["iframe"] == page.tags["link"] == page.tags["form"] == 0
    assert page.handlers == []
    assert [each for each in page.addresses if not each.startswith(("#", "data:image/jpeg;base64,"))] == []
    style = written[audience].partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in style and set(re.findall(r"url\(([^)]*)\)", style)) <= {"#hatch"}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in written[audience]
    assert page.tags["main"] == 3
    assert page.unspoken == [], "every picture has words and every table head its scope"


@pytest.mark.parametrize("audience", ["review", "site"])
def test_every_id_stands_once_and_every_link_finds_one(written: dict[str, str], audience: str) -> None:
    page = Page(written[audience])
    assert [name for name, often in page.ids.items() if often > 1] == []
    assert {each[1:] for each in page.addresses if each.startswith("#")} <= set(page.ids)


def test_every_picture_stands_once_small_and_without_what_the_camera_wrote(
    both: Sample, written: dict[str, str]
) -> None:
    pictures = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", written["review"])
    assert len(pictures) == len(set(pictures)) == 3
    for picture in pictures:
        data = base64.b64decode(picture)
        assert data.startswith(b"\xff\xd8") and len(data) < 150_000
        assert b"Exif" not in data and b"SECRET-EXIF" not in data


def test_a_picture_that_has_not_arrived_is_named_instead(written: dict[str, str]) -> None:
    text = "".join(Page(written["review"]).text)
    assert "Stack DA002 seen from the roof" in text
    assert words("en-HK")["not_here"] in text


def test_the_first_page_says_what_a_reviewer_must_know(written: dict[str, str]) -> None:
    first = "".join(Page(written["review"].partition('<nav class="toc"')[0]).text)
    for needed in (
        "Sample Energy Storage (Dongguan) Limited", "樣本儲能科技（東莞）有限公司", "Excellent Partner (Manufacturing)",
        "Draft criteria", "of 100", "still to be shown", "Gates in doubt", "No calibration of the VOC monitor",
        "Parameters not confirmed", "Changes since last time", "Not signed",
    ):  # fmt: skip
        assert needed in first, needed


def test_one_language_alone_has_no_switch(both: Sample, tmp_path: Path) -> None:
    page = write_report(both.lead, tmp_path, language="zh-Hant-HK")[0].read_text(encoding="utf-8")
    found = Page(page)
    assert found.tags["main"] == 1 and found.tags["input"] == 0
    assert '<html lang="zh-Hant-HK">' in page
    assert "優越伙伴（製造業）" in "".join(found.text) and "优越伙伴" not in "".join(found.text)


def test_what_people_wrote_keeps_its_language(written: dict[str, str]) -> None:
    page = written["review"]
    assert '<bdi lang="zh-Hant-HK">危險廢物倉庫三個標籤沒有日期。</bdi>' in page
    assert '<bdi lang="en">No calibration of the VOC monitor on stack DA002 since March.</bdi>' in page


@pytest.mark.parametrize(
    ("text", "page", "language"),
    [
        ("評審報告", "en-HK", "zh-Hant-HK"),
        ("评审报告", "zh-Hant-HK", "zh-Hans-CN"),
        ("王", "zh-Hans-CN", "zh-Hans-CN"),
        ("王", "en-HK", "zh"),
        ("Two of twelve drums", "zh-Hans-CN", "en"),
        ("12.5", "en-HK", ""),
        ("The operator of line 3 said 好", "zh-Hans-CN", "en"),
    ],
)
def test_the_language_of_a_free_text_is_guessed_from_its_characters(text: str, page: str, language: str) -> None:
    assert language_of(text, page) == language


# What the site may read.


@pytest.mark.parametrize("copy", ["site", "site json"])
def test_the_copy_for_the_site_has_no_score_no_notes_and_no_conflicts(written: dict[str, str], copy: str) -> None:
    text = written[copy]
    for hidden in ("INTERNAL", "WITHDRAWN-FINDING"):
        assert text.count(hidden) == 0, hidden
    if copy == "site json":
        for key in ("score", "points", "conflicts", "notes", "comments", "disputed", "gate", "levels", "limits"):
            assert f'"{key}":' not in text, key
        return
    seen = "".join(Page(text).text)
    for name in ("of_hundred", "points", "coverage", "gates_open", "conflicts", "recommended", "comment", "disputed"):
        for language in LANGUAGES:
            assert f">{words(language)[name]}<" not in text, name
    assert "Good practice" in seen and "Send the calibration certificate" in seen


def test_the_review_copy_has_what_the_site_must_not_see(written: dict[str, str]) -> None:
    for kept in ("INTERNAL-DOUBT", "INTERNAL-NOTE", "INTERNAL-COMMENT", "INTERNAL-SETTLED"):
        assert kept in written["review"] and kept in written["json"]


# Text from outside.


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Page and data of a visit in which every text a person can type is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    with open_store(folder / "data", HOSTILE.replace("\n", " "), "lead") as store:
        visit = new_visit(store, site_zh=HOSTILE, site_en=HOSTILE)
        say(visit, "visit_header", "main_products", HOSTILE)
        path = visit.record(acts.ADD_ROW, "findings", "findings").entries[0][1].path
        say(visit, "findings", f"{path}/grade", ("major",))
        say(visit, "findings", f"{path}/text", HOSTILE)
        visit.record(acts.NOTE, "gate", "applicant_kind", HOSTILE)
        visit.record(acts.NOT_APPLICABLE, "gate", "papers_agree", why=HOSTILE)
        paths = write_report(visit, folder / "out")
        yield (paths[0].read_text(encoding="utf-8"), paths[1].read_text(encoding="utf-8"))


def test_hostile_text_is_plain_visible_text_in_the_page(hostile: tuple[str, str]) -> None:
    page = Page(hostile[0])
    assert page.open == [] and page.tags["script"] == 0 and page.tags["b"] < 200
    seen = "".join(page.text)
    assert '<script>alert(1)</script><b>&amp;"\'=HYPERLINK("x")〔U+202E〕esrever〔U+2066〕' in seen
    assert "{{7*7}}${x}[red]〔U+E000〕" in seen
    assert not {"\u202e", "\u2066", "\u200b", "\ue000", "\x1b"} & set(hostile[0])


def test_replaced_characters_are_counted_where_the_page_speaks_of_integrity(hostile: tuple[str, str]) -> None:
    assert re.search(r"U\+202E ×\d+", "".join(Page(hostile[0]).text))


def test_hostile_text_is_plain_visible_text_in_the_data_and_means_the_same(hostile: tuple[str, str]) -> None:
    data = json.loads(hostile[1])
    assert data["header"]["answers"]["site_name_en"]["value"] == HOSTILE
    assert not {"\u202e", "\u2066", "\u200b", "\ue000"} & set(hostile[1])
    assert "\\u202e" in hostile[1]


def test_hostile_names_make_harmless_file_names() -> None:
    assert file_name("../../etc/passwd") == "etc-passwd"
    assert file_name("CON") == "CON-"
    assert file_name(HOSTILE).startswith("script-alert-1-script")
    assert file_name("..") == "visit"
    assert file_name("樣本（東莞）有限公司-2026-11-12") == "樣本-東莞-有限公司-2026-11-12"
    assert len(file_name("樣" * 300).encode()) < 110


def test_json_escapes_only_what_cannot_be_seen() -> None:
    assert json.loads(json_text({"a": "樣\u202e\u3000𨋢\n"})) == {"a": "樣\u202e\u3000𨋢\n"}
    assert "樣" in json_text({"a": "樣"}) and "𨋢" in json_text({"a": "𨋢"})


def test_the_cleaner_keeps_ordinary_text() -> None:
    cleaner = Cleaner("en-HK")
    assert cleaner.plain("Äther, 𨋢㗎嘅\n\t½ m³ 🏭") == "Äther, 𨋢㗎嘅\n\t½ m³ 🏭"
    assert cleaner.plain("a\x07b") == "a〔U+0007〕b"
    assert cleaner.replaced == {"U+0007": 1}


# Signed visits.


def test_a_signed_visit_is_shown_as_it_was_signed(visit: Visit, tmp_path: Path) -> None:
    fixed = digest(assessment(visit.id, visit.scheme, visit.forms, visit.state, visit.today))
    visit.store.append([Draft(visit.id, acts.SIGN, value=fixed)])
    visit.refresh()
    visit.store.append([Draft(visit.id, acts.COMMENT, "gate", "applicant_kind", "LATE-COMMENT")])
    visit.refresh()
    page = write_report(visit, tmp_path, language="en-HK")[0].read_text(encoding="utf-8")
    assert fixed in page
    assert words("en-HK")["digest_matches"] in page
    assert "LATE-COMMENT" not in page
    assert words("en-HK")["later_entries"].format(count=1) in page


def test_a_signature_over_other_entries_is_told(visit: Visit, tmp_path: Path) -> None:
    visit.store.append([Draft(visit.id, acts.SIGN, value="f" * 64)])
    visit.refresh()
    page = write_report(visit, tmp_path, language="en-HK")[0].read_text(encoding="utf-8")
    assert words("en-HK")["digest_differs"].format(digest="f" * 64) in page


def test_after_reopening_the_page_says_what_changed_since_the_signature(visit: Visit, tmp_path: Path) -> None:
    visit.store.append([Draft(visit.id, acts.SIGN, value="f" * 64)])
    visit.store.append([Draft(visit.id, acts.REOPEN, why="The site sent the licence.")])
    visit.refresh()
    say(visit, "visit_header", "main_products", "鋰電池")
    page = write_report(visit, tmp_path, language="en-HK")[0].read_text(encoding="utf-8")
    assert "Since the signature of" in page
    assert words("en-HK")["answers_changed"].format(count=1) in page


# Numbers.


def test_a_score_just_below_a_level_never_reads_as_if_it_had_reached_it(both: Sample) -> None:
    data = assessment(both.lead.id, both.lead.scheme, both.lead.forms, both.lead.state, both.lead.today)
    just_below = Fraction(85) - Fraction(1, 10**9)
    number = {"exact": str(just_below), "decimal": "85"}
    score = {**data["score"], "least": number, "most": number, "levels": ["partner"]}
    for limit in score["limits"]:
        limit["from_least"] = limit["from_most"] = {
            "exact": str(Fraction(limit["at_least"]["exact"]) - just_below), "decimal": "0",
        }  # fmt: skip
    shown = view({**data, "score": score}, "en-HK", NOTHING).score
    assert shown is not None
    assert shown.least == "84.9"
    assert [limit.state for limit in shown.limits] == ["missed", "reached"]
    assert shown.limits[0].distance == words("en-HK")["limit_missed"].format(points="0.1")


def test_a_score_bar_says_in_words_what_it_shows() -> None:
    bar = str(score_bar(Fraction(57), Fraction("94.8"), [Fraction(85)], 'from "57" to 94.8'))
    assert 'aria-label="from &#34;57&#34; to 94.8"' in bar
    assert bar.count('class="limit"') == 1


def test_labels_of_a_flow_chart_are_escaped_and_cut() -> None:
    points = [Point("a", "source"), Point("b", "use")]
    labels = {"a": Label("<script>" + "很長的名稱" * 20, "12"), "b": Label("", "12")}
    drawing = str(sankey(points, [Arrow("a", "b", Fraction(12))], labels, ["<b>"], "<t>"))
    assert "<script>" not in drawing and "&lt;script&gt;" in drawing
    assert "…" in drawing
    assert str(sankey(points, [], labels, [], "")) == ""


# Words.


def test_every_word_that_the_page_uses_is_there_in_every_language() -> None:
    for language in LANGUAGES:
        assert all(words(language)[name] for name in WORDS)


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_english_word_of_the_interface_stands_in_a_chinese_page(language: str) -> None:
    if not catalogue(language).gettext("Findings") or catalogue(language).gettext("Findings") == "Findings":
        pytest.skip("the Chinese sentences have not been written yet")
    english = [name for name, text in words(language).items() if not re.search(r"[\u4e00-\u9fff]", text)]
    assert [name for name in english if name not in ("in_row",)] == []
    for name, text in words(language).items():
        assert blanks(text) == blanks(WORDS[name]), name


def test_a_page_of_one_language_shows_no_word_of_another(both: Sample) -> None:
    data = for_site(assessment(both.lead.id, both.lead.scheme, both.lead.forms, both.lead.state, both.lead.today))
    page = html(data, NOTHING, load_photos(data, both.lead.store.folder), ["zh-Hans-CN"])
    assert "优越伙伴（制造业）" in page and "優越伙伴" not in page and "Excellent Partner" not in page


# Conflicts about more than answers, and earlier visits.


def test_a_row_removed_here_and_worked_on_there_is_told_and_so_is_how_it_was_settled(tmp_path: Path) -> None:
    with open_store(tmp_path / "a", "Ann (sample)", "lead") as one, open_store(tmp_path / "b", "Bo", "assessor") as two:
        lead = new_visit(one)
        path = lead.record(acts.ADD_ROW, "visit_header", "team").entries[0][1].path
        colleague = same_visit(two, lead)
        lead.record(acts.REMOVE_ROW, "visit_header", path)
        say(colleague, "visit_header", f"{path}/member_name", "Bo (sample)", why="Here.")
        merge(lead, colleague)
        page = write_report(lead, tmp_path / "out", language="en-HK")[0].read_text(encoding="utf-8")
        assert words("en-HK")["conflict_row"] in page
        (conflict,) = lead.state.conflicts.values()
        kept = next(entry for _, entry in conflict.heads if entry.act != acts.REMOVE_ROW)
        assert lead.settle(conflict, take=kept, why="Bo was there.").problems == ()
        assert lead.state.conflicts == {}
        page = write_report(lead, tmp_path / "out", language="en-HK")[0].read_text(encoding="utf-8")
        assert words("en-HK")["conflict_row"] not in page
        assert words("en-HK")["row_kept"] in page and "Bo was there." in page


def test_a_visit_is_compared_with_the_last_earlier_visit_of_its_site(tmp_path: Path) -> None:
    with open_store(tmp_path / "data", "Lead (sample)", "lead") as store:
        new_visit(store)
        later = new_visit(store, name="later")
        say(later, "visit_header", "main_products", "鋰電池")
        page = write_report(later, tmp_path / "out", language="en-HK")[0].read_text(encoding="utf-8")
        assert words("en-HK")["changes_since_visit"].format(when="12 November 2026") in page
        site = write_report(later, tmp_path / "out", language="en-HK", audience="site")[0].read_text(encoding="utf-8")
        assert "Changes since" not in site


def test_a_signed_visit_keeps_its_date_whatever_arrives_late(tmp_path: Path) -> None:
    with open_store(tmp_path / "a", "Ann (sample)", "lead") as one, open_store(tmp_path / "b", "Bo", "assessor") as two:
        lead = new_visit(one)
        colleague = same_visit(two, lead)
        one.append([Draft(lead.id, acts.SIGN, value=lead.digest())])
        say(colleague, "visit_header", "visit_date", "2026-11-19", why="The wrong day.")
        merge(lead, colleague)
        page = write_report(lead, tmp_path / "out", language="en-HK")[0].read_text(encoding="utf-8")
        assert words("en-HK")["digest_matches"] in page
        assert "19 November 2026" not in page


def test_what_was_returned_and_waits_stands_in_the_summary_of_the_team_only(tmp_path: Path) -> None:
    from assessor_tui.returning import give_back, reply

    with open_store(tmp_path / "data", "Lee Siu Ming", "lead") as store:
        visit = new_visit(store)
        form, filling = next(iter(visit.checklists.items()))
        path = next(item.path for item in filling.items() if item.kind == "question" and item.node.number)
        give_back(visit, [(form, path), ("", ""), (visit.scheme.header_form, "")], HOSTILE)
        page = write_report(visit, tmp_path / "review", language="en-HK")[0].read_text(encoding="utf-8")
        found = Page(page)
        told = " ".join(found.text)
        assert told.count("Returned, not answered yet") == 2  # on the first page, and as a list
        assert "The whole visit" in told
        assert not found.handlers
        site = write_report(visit, tmp_path / "site", audience="site")[0].read_text(encoding="utf-8")
        assert "Returned, not answered yet" not in site
        assert "HYPERLINK" not in site
        for place in ((form, path), ("", ""), (visit.scheme.header_form, "")):
            reply(visit, place, "Done.")
        assert "Returned, not" not in write_report(visit, tmp_path / "later")[0].read_text(encoding="utf-8")


def test_the_table_of_devices_says_what_the_roster_has_each_laptop_as(both: Sample) -> None:
    data = assessment(both.lead.id, both.lead.scheme, both.lead.forms, both.lead.state, both.lead.today)
    first, *others = [log["device"] for log in data["history"]["logs"]]
    rows = view(data, "en-HK", NOTHING._replace(roles={first: "lead"})).devices.rows
    assert [row[2].text for row in rows] == ["team lead", *["not on the roster"] * len(others)]
    assert {row[2].text for row in view(data, "zh-Hant-HK", NOTHING).devices.rows} == {"未設名冊"}
