"""The closing record: what it says, its digest, and the page that the site signs."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from assessor_tui.assess.closing import (
    TEXT_IN,
    closing,
    digest,
    outdated,
    recorded,
    since,
    text_in,
    unheard,
    without_text,
)
from assessor_tui.closing import attach_sheet, closing_data, record_closing, site_language
from assessor_tui.i18n import LANGUAGES
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Evidence, Value
from assessor_tui.reports.closing import write_closing
from assessor_tui.reports.closing_words import words
from assessor_tui.reports.html import ReportNotWritten, write_report
from assessor_tui.reports.since import follow_ups, kept
from assessor_tui.visit import Visit
from tests.sample_visit import Sample, merge, new_visit, open_store, row, same_visit, sample, say
from tests.test_reports import HOSTILE, Page

EN, HANT, HANS = LANGUAGES
TEXTS = {EN: "Three labels have no date.", HANT: "三個標籤沒有日期。", HANS: "三个标签没有日期。"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    made = sample(tmp_path_factory.mktemp("sample"))
    yield made
    made.close()


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with open_store(tmp_path / "data", "Lead (sample)", "lead") as store:
        yield new_visit(store)


def finding(visit: Visit, grade: str = "minor", **answers: Value) -> str:
    spoken = {TEXT_IN[tag]: text for tag, text in TEXTS.items()}
    return row(visit, "findings", "findings", **{"grade": (grade,), "text": TEXTS[EN], **spoken, **answers})


def page_of(visit: Visit, folder: Path, language: str = EN) -> str:
    return write_closing(visit, folder, language).path.read_text(encoding="utf-8")


def seen(page: str) -> str:
    return " ".join("".join(Page(page).text).split())


# What it says.


def test_good_points_findings_dates_and_papers_stand_in_the_record(both: Sample) -> None:
    data = closing_data(both.lead)
    assert [each["grade"] for each in data["findings"]] == ["major", "minor", "observation"]
    assert [each["text"][:4] for each in data["good"]] == ["Heat"]
    assert data["actions"][0]["action_due"] == "2027-01-15"
    assert data["owed"] and all("what" in each for each in data["owed"])
    assert {each["attendee_side"] for each in data["attendance"]} == {"site", "team"}


def test_no_score_note_comment_or_withdrawn_finding_enters_it(both: Sample, tmp_path: Path) -> None:
    text = str(closing_data(both.lead)) + page_of(both.lead, tmp_path)
    for hidden in ("INTERNAL", "WITHDRAWN-FINDING", "score", "points"):
        assert hidden not in text or hidden in ("score", "points"), hidden
    assert not re.search(r"\bpoints\b", seen(page_of(both.lead, tmp_path)).replace("Good points", ""))


def test_a_requested_document_that_was_not_seen_is_owed_and_one_that_was_is_not(visit: Visit) -> None:
    for state in ("requested", "original_seen", "refused", "not_held"):
        row(visit, "visit_header", "requested_documents", requested_document=("licences",), document_detail=state,
            asked_on="2026-11-01", document_state=(state,))  # fmt: skip
    assert [each["document_detail"] for each in closing_data(visit)["owed"]] == ["requested", "refused"]


def test_what_is_to_come_is_owed_with_whom_and_until(visit: Visit, tmp_path: Path) -> None:
    visit.record(acts.TO_COME, "pollution_control", "has_exhaust_air", why="Permit\nMs Ho\n2026-11-01")
    (owed,) = closing_data(visit)["owed"]
    assert (owed["what"], owed["whom"], owed["until"]) == ("Permit", "Ms Ho", "2026-11-01")
    assert "Ms Ho 2026-11-01 overdue" in seen(page_of(visit, tmp_path)).replace("Ms Ho2026", "Ms Ho 2026")


def test_a_finding_is_read_in_the_language_asked_or_in_its_own() -> None:
    assert text_in({"text": "a", "text_hans": "乙"}, HANS) == ("乙", False)
    assert text_in({"text": "三个标签没有日期"}, HANS) == ("三个标签没有日期", False)
    assert text_in({"text": "三个标签没有日期"}, HANT) == ("三个标签没有日期", True)
    assert text_in({"text": "Three labels"}, HANS) == ("Three labels", True)


def test_findings_without_a_text_are_listed_good_practices_too(visit: Visit) -> None:
    finding(visit)
    row(visit, "findings", "findings", grade=("good_practice",), text="Heat is used again.")
    row(visit, "findings", "findings", grade=("major",), text="No calibration.")
    data = closing_data(visit)
    assert without_text(data, EN) == []
    assert [each["text"] for each in without_text(data, HANS)] == ["Heat is used again.", "No calibration."]


def test_a_text_that_is_older_than_the_finding_is_told(visit: Visit) -> None:
    answers: dict[str, Value] = {"grade": ("minor",), "text": TEXTS[EN], "text_hans": TEXTS[HANS]}
    path = visit.add_row("findings", "findings", answers).entries[0][1].path
    assert outdated(visit.scheme, visit.state, closing_data(visit), HANS) == []
    say(visit, "findings", f"{path}/text", "Four labels have no date.")
    (told,) = outdated(visit.scheme, visit.state, closing_data(visit), HANS)
    assert told["text"] == "Four labels have no date."
    assert outdated(visit.scheme, visit.state, closing_data(visit), HANT) == []
    say(visit, "findings", f"{path}/text_hans", "四个标签没有日期。")
    assert outdated(visit.scheme, visit.state, closing_data(visit), HANS) == []


# The digest.


def test_the_digest_is_the_same_on_every_laptop_that_holds_the_same(visit: Visit, tmp_path: Path) -> None:
    finding(visit)
    with open_store(tmp_path / "other", "Lee (sample)", "assessor") as theirs:
        other = same_visit(theirs, visit)
        other.set_language(HANS)
        finding(other, "major", where="Roof")
        assert digest(closing_data(visit)) != digest(closing_data(other))
        merge(visit, other)
        assert digest(closing_data(visit)) == digest(closing_data(other))


def test_the_digest_does_not_depend_on_the_order_in_which_things_arrived(visit: Visit, tmp_path: Path) -> None:
    path = finding(visit)
    with open_store(tmp_path / "a", "A", "assessor") as one, open_store(tmp_path / "b", "B", "assessor") as two:
        first, second = same_visit(one, visit), same_visit(two, visit)
        first.record(acts.ANSWER, "findings", f"{path}/grade", ("major",), why="a")
        second.record(acts.ANSWER, "findings", f"{path}/grade", ("observation",), why="b")
        finding(second)
        logs = [list(each.store.entries(visit.id)) for each in (visit, first, second)]
    found = set()
    for order in permutations(logs):
        state = VisitState(head for log in order for head in log)
        found.add(digest(closing(visit.id, visit.scheme, visit.forms, state, visit.today)))
    assert len(found) == 1


def test_a_comment_and_a_checklist_answer_do_not_change_what_the_site_signed(visit: Visit) -> None:
    finding(visit)
    before = digest(closing_data(visit))
    say(visit, "pollution_control", "has_exhaust_air", ("yes",))
    visit.record(acts.COMMENT, "pollution_control", "has_exhaust_air", "INTERNAL")
    record_closing(visit, before)
    assert digest(closing_data(visit)) == before
    finding(visit)
    assert digest(closing_data(visit)) != before
    assert re.fullmatch(r"([0-9A-F]{4}-){4}[0-9A-F]{4}", before)


# Writing it down.


def test_the_header_says_which_record_was_written_last(visit: Visit, tmp_path: Path) -> None:
    finding(visit)
    written = write_closing(visit, tmp_path, EN)
    assert recorded(visit.scheme, visit.state) is None
    assert record_closing(visit, written.digest).entries
    assert visit.header("closing_record") == written.digest
    assert not record_closing(visit, written.digest).entries


def test_a_colleague_writes_it_again_without_being_asked_why(visit: Visit, tmp_path: Path) -> None:
    finding(visit)
    record_closing(visit, digest(closing_data(visit)))
    with open_store(tmp_path / "other", "Lee (sample)", "assessor") as theirs:
        other = same_visit(theirs, visit)
        finding(other)
        now = digest(closing_data(other))
        assert record_closing(other, now).entries
        assert other.header("closing_record") == now


def test_under_a_signature_the_record_is_written_and_not_recorded(visit: Visit, tmp_path: Path) -> None:
    finding(visit)
    visit.store.append([Draft(visit.id, acts.SIGN, value=visit.digest())])
    visit.refresh()
    written = write_closing(visit, tmp_path, EN)
    assert written.path.is_file() and record_closing(visit, written.digest) == ((), {}, ())


def test_the_language_of_papers_is_that_of_the_header(visit: Visit) -> None:
    assert site_language(visit, HANT) == HANT
    say(visit, "visit_header", "site_language", (HANS,))
    assert site_language(visit, HANT) == HANS


def test_the_signed_sheet_is_tied_to_the_digest_also_after_the_signature(visit: Visit, tmp_path: Path) -> None:
    sheet = Path(__file__).parents[1] / "sample_sites/battery_maker/pictures/meter-substation.png"
    assert [each.code for each in attach_sheet(visit, sheet).problems] == ["closing.none"]
    finding(visit)
    written = write_closing(visit, tmp_path, EN)
    record_closing(visit, written.digest)
    visit.store.append([Draft(visit.id, acts.SIGN, value=visit.digest())])
    visit.refresh()
    ((_, entry),) = attach_sheet(visit, sheet).entries
    assert isinstance(entry.value, Evidence) and entry.value.about["number"] == written.digest
    assert not attach_sheet(visit, sheet).entries


def test_what_became_of_the_findings_since_is_told() -> None:
    before = {"good": [], "findings": [{"path": "a", "number": "F-A1", "text": "x"}, {"path": "b", "number": "F-A2"}]}
    now = {"good": [{"path": "c", "number": "F-A3"}], "findings": [{"path": "a", "number": "F-A1", "text": "y"}]}
    assert since(before, now) == [("F-A3", "new", ()), ("F-A1", "changed", ("text",)), ("F-A2", "gone", ())]
    assert since(now, now) == []


# The page.


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_needs_nothing_from_outside_and_speaks_one_language(
    both: Sample, tmp_path: Path, language: str
) -> None:
    text = page_of(both.lead, tmp_path, language)
    page = Page(text)
    assert page.open == [] and page.unspoken == []
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == page.tags["img"] == 0
    assert page.addresses == [] and page.handlers == []
    assert "default-src 'none'" in text and "@import" not in text and "url(" not in text
    assert f'<html lang="{language}">' in text
    said = words(language)
    for name in ("closing_record", "good", "findings", "owed", "attendance", "chop", "signing_means"):
        assert said[name] in seen(text), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_stands_in_the_sites_language(visit: Visit, tmp_path: Path, language: str) -> None:
    finding(visit)
    text = page_of(visit, tmp_path, language)
    assert TEXTS[language] in text
    assert all(other not in text for tag, other in TEXTS.items() if tag != language)
    assert words(language)["missing"].partition("{")[0] not in seen(text)


def test_a_text_that_is_missing_is_said_and_the_original_stands_with_its_language(visit: Visit, tmp_path: Path) -> None:
    row(visit, "findings", "findings", grade=("minor",), text=TEXTS[HANT])
    text = page_of(visit, tmp_path, EN)
    assert "text in English missing" in seen(text)
    assert f'<bdi lang="zh-Hant-HK">{TEXTS[HANT]}</bdi>' in text


def test_boxes_stand_where_nobody_asked_and_the_reply_where_somebody_did(visit: Visit, tmp_path: Path) -> None:
    finding(visit)
    text = page_of(visit, tmp_path)
    assert text.count('class="box"') == 3 and 'class="box on"' not in text
    path = finding(visit, response=("objects",))
    say(visit, "findings", f"{path}/response_words", "The label was there.")
    text = page_of(visit, tmp_path)
    assert text.count('class="box"') == 3 and text.count('class="box on"') == 1
    assert "The label was there." in seen(text)


def test_no_findings_and_nothing_owed_are_said_in_words(visit: Visit, tmp_path: Path) -> None:
    text = seen(page_of(visit, tmp_path))
    assert "No findings." in text and "Nothing is owed." in text and "Good points" not in text


def test_an_unmerged_visit_says_who_is_not_in_it_and_a_dispute_is_marked(visit: Visit, tmp_path: Path) -> None:
    row(visit, "visit_header", "team", member_name="Lee (sample)", member_role=("assessor",))
    path = finding(visit)
    assert unheard(closing_data(visit), visit.state) == ["Lee (sample)"]
    with open_store(tmp_path / "other", "Lee (sample)", "assessor") as theirs:
        other = same_visit(theirs, visit)
        other.record(acts.ANSWER, "findings", f"{path}/due", "2026-12-31")
        visit.record(acts.ANSWER, "findings", f"{path}/due", "2027-01-31")
        merge(visit, other)
    written = write_closing(visit, tmp_path, EN)
    assert (written.unheard, written.conflicts) == ((), 1)
    assert "not yet decided between the assessors: date" in seen(written.path.read_text(encoding="utf-8"))


def test_hostile_text_is_plain_visible_text_and_never_style(visit: Visit, tmp_path: Path) -> None:
    for name in ("site_name_en", "site_name_zh"):
        say(visit, "visit_header", name, HOSTILE + "</style>\n}@import 'x'", why="x")
    row(visit, "visit_header", "attendance", attendee_name=HOSTILE, attendee_post=HOSTILE, attendee_side=("site",))
    finding(visit, text_en=HOSTILE, where=HOSTILE, clause=HOSTILE)
    visit.record(acts.TO_COME, "pollution_control", "has_exhaust_air", why=f"{HOSTILE}\n{HOSTILE}\n2026-12-01")
    text = page_of(visit, tmp_path)
    page = Page(text)
    assert page.open == [] and page.tags["script"] == 0 and page.tags["style"] == 1
    assert '<script>alert(1)</script><b>&amp;"\'=HYPERLINK("x")〔U+202E〕esrever〔U+2066〕' in "".join(page.text)
    assert not {"\u202e", "\u2066", "\u200b", "\ue000"} & set(text)
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "import" not in style and "HYPERLINK" not in style


def test_a_folder_that_cannot_be_made_is_one_clear_failure(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ReportNotWritten):
        write_closing(visit, tmp_path / "taken", EN)


def test_forty_findings_all_stand_on_the_page(visit: Visit, tmp_path: Path) -> None:
    for number in range(40):
        finding(visit, "minor" if number % 2 else "major", where=f"Hall {number}")
    text = seen(page_of(visit, tmp_path))
    assert all(f"Hall {number}" in text for number in range(40))


CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None or shutil.which("pdfinfo") is None, reason="no browser to print with")
def test_a_usual_visit_is_two_pages(both: Sample, tmp_path: Path) -> None:
    page = write_closing(both.lead, tmp_path, HANS).path
    assert CHROMIUM is not None
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--print-to-pdf={tmp_path / 'page.pdf'}", page.as_uri()],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    told = subprocess.run(["pdfinfo", tmp_path / "page.pdf"], check=True, capture_output=True, text=True).stdout
    pages = re.search(r"Pages:\s+(\d+)", told)
    assert pages is not None and int(pages[1]) <= 2


# Afterwards.


def test_the_summary_names_the_record_the_sheet_and_what_has_changed_since(visit: Visit, tmp_path: Path) -> None:
    path = finding(visit, due="2026-12-31")
    record_closing(visit, write_closing(visit, tmp_path, EN).digest)
    told = kept(visit)
    assert told is not None and told.computed == told.digest and told.findings == ()
    text = seen(write_report(visit, tmp_path, language=EN)[0].read_text(encoding="utf-8"))
    assert told.digest in text and "No signed sheet has been kept" in text and "Nothing of it has changed" in text
    say(visit, "findings", f"{path}/due", "2027-01-31")
    sheet = Path(__file__).parents[1] / "sample_sites/battery_maker/pictures/meter-substation.png"
    attach_sheet(visit, sheet)
    for audience in ("review", "site"):
        report = write_report(visit, tmp_path, language=EN, audience=audience)[0]
        text = seen(report.read_text(encoding="utf-8"))
        assert "Signed sheet: meter-substation.png" in text and "changed: date" in text
    assert (
        "2026-12-31 2027-01-31" in text.replace("2026-12-312027-01-31", "2026-12-31 2027-01-31") or audience == "site"
    )


def test_the_summary_of_a_signed_visit_lists_what_followed(visit: Visit, tmp_path: Path) -> None:
    path = finding(visit, owner="Ms Wong", due="2026-12-31")
    visit.store.append([Draft(visit.id, acts.SIGN, value=visit.digest())])
    visit.refresh()
    signed = visit.digest()
    say(visit, "findings", f"{path}/status", ("answered",))
    visit.record(acts.ANSWER, "findings", f"{path}/correction", "New labels with dates.")
    visit.record(acts.NOTE, "findings", path, "INTERNAL-NOTE")
    visit.record(
        acts.ATTACH, "findings", f"{path}/correction", Evidence("photo", {"sha256": "a" * 64, "name": "new.jpg"})
    )
    assert [each.kind for each in follow_ups(visit)] == ["answer", "answer", "note", "proof"]
    page = write_report(visit, tmp_path, language=EN)[0].read_text(encoding="utf-8")
    text = seen(page)
    assert "Since the signature" in text and "New labels with dates." in text and "new.jpg" in text
    assert "INTERNAL-NOTE" in text and signed in page and "The signature fixes this digest" in text
    assert "Entries after the signature, not in this summary" not in text
    site = seen(write_report(visit, tmp_path, language=EN, audience="site")[0].read_text(encoding="utf-8"))
    assert "New labels with dates." in site and "INTERNAL-NOTE" not in site
