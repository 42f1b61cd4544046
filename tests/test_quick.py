"""One line that answers one question by its number."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity
from assessor_tui.problem import Problem
from assessor_tui.quick import Quick, is_quick, read_quick, record_quick
from assessor_tui.store.ledger import Store
from tests.walk_world import make_visit


@pytest.fixture
def visit(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan", "lead")
        yield make_visit(store)


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("still")) as store:
        store.identify("Chan", "lead")
        yield make_visit(store)


def meter(visit, name):
    row = visit.record(acts.ADD_ROW, "air", "meters").entries[0][1].path
    visit.record(acts.ANSWER, "air", f"{row}/meter", name)
    return row


def read(visit, line):
    found = read_quick(visit, line)
    assert isinstance(found, Quick), found
    return found


def wrong(visit, line):
    found = read_quick(visit, line)
    assert isinstance(found, Problem), found
    assert sentence(found)
    return found.code


@pytest.mark.parametrize(
    ("line", "path", "value", "note"),
    [
        ("3.01 2 log of RTO no. 2 has gaps", "led", ("partial",), "log of RTO no. 2 has gaps"),
        ("３．０１　２　記錄有缺口", "led", ("partial",), "記錄有缺口"),
        ("3。01 2", "led", ("partial",), ""),
        ("3.01: 2, log has gaps", "led", ("partial",), "log has gaps"),
        ("3.01 partly seen", "led", ("partial",), "seen"),
        ("3.01 部分 見到", "led", ("partial",), "見到"),
        ("3.03 12.5 MWh by the site's own meter", "used", Quantity("12.5", "MWh"), "by the site's own meter"),
        ("3.03 12,400kWh", "used", Quantity("12400", "kWh"), ""),
        ("3.04 2026-11-10 report no. 7", "tested", "2026-11-10", "report no. 7"),
        ("3.05 Mr Ho, EHS manager", "who", "Mr Ho, EHS manager", ""),
        ("3.06 1,3 both seen", "seen", ("yes", "no"), "both seen"),
        ("3.06 3+1", "seen", ("no", "yes"), ""),
        ("3.07 12 the last one", "metal", ("c12",), "the last one"),
        ("3.08 1", "told", "OK", ""),
        ("3.08 √ by the manager", "told", "OK", "by the manager"),
    ],
)
def test_a_line_says_question_answer_and_note(still, line, path, value, note):
    found = read(still, line)
    assert (found.form, found.path, found.act) == ("air", path, acts.ANSWER)
    assert found.note == note
    assert set(found.value) == set(value) if isinstance(value, tuple) else found.value == value


def test_what_does_not_apply_and_what_comes_later_say_why(still):
    found = read(still, "3.02 - no such process here")
    assert (found.act, found.why) == (acts.NOT_APPLICABLE, "no such process here")
    found = read(still, "3.02 + log book, all pages")
    assert (found.act, found.why) == (acts.TO_COME, "log book, all pages")
    found = read(still, "3.02 + log book； Mr Ho；20/11")
    assert (found.act, found.why) == (acts.TO_COME, "log book\nMr Ho\n2026-11-20")
    assert wrong(still, "3.02 + log book; Mr Ho; Friday") == "typed.date"
    assert wrong(still, "3.02 -") == "visit.reason_needed"


@pytest.mark.parametrize("line", ["", "3.01", "3.01 ", "boilers 2", "9.99 2", "2 boilers", "3 2", "#3.01 2"])
def test_other_lines_are_searched_for(still, line):
    assert not is_quick(still, line)
    assert read_quick(still, line) is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("3.01 4", "quick.choice"),
        ("3.01 maybe", "quick.choice"),
        ("3.01 1,2", "quick.one_choice"),
        ("3.06 1,9", "quick.choice"),
        ("3.03 12.5", "typed.unit"),
        ("3.03 much", "typed.number"),
        ("3.03 12 drums", "typed.unit"),
        ("3.03 12 m3 drained", "answer.unit"),
        ("3.04 tomorrow", "typed.date"),
        ("3.08 perhaps", "typed.acknowledge"),
        ("3.09 1", "quick.table"),
        ("3.09.1 M-1", "quick.no_row_yet"),
        ("3.10 5", "visit.not_answered_by_people"),
        ("3.01#2 1", "quick.no_rows"),
    ],
)
def test_what_is_wrong_is_said_in_words(still, line, code):
    assert wrong(still, line) == code


def test_digits_that_can_be_one_number_or_two_are_asked_about(visit):
    row = meter(visit, "M-1")
    assert wrong(visit, "3.09.2 12 500 on the plate") == "quick.ambiguous"
    assert read(visit, "3.09.2 12, 500 on the plate").note == "500 on the plate"
    found = read(visit, "3.09.2 12,500 on the plate")
    assert (found.path, found.value) == (f"{row}/fitted", Quantity("12500"))


def test_a_row_is_named_by_its_place_its_number_or_its_name(visit):
    first, second = meter(visit, "M-1"), meter(visit, "大樓 錶")
    assert wrong(visit, "3.09.2 7") == "quick.which_row"
    assert read(visit, "3.09.2#2 7").path == f"{second}/fitted"
    assert read(visit, "3.09.2[1] 7").path == f"{first}/fitted"
    assert read(visit, "3.09.2#m-1 7").path == f"{first}/fitted"
    assert read(visit, "3.09.2＃大樓錶 7").path == f"{second}/fitted"
    spoken = visit.state.row_number("air", second)
    assert read(visit, f"3.09.2#{spoken} 7").path == f"{second}/fitted"
    assert wrong(visit, "3.09.2#3 7") == "quick.row"
    assert wrong(visit, "3.09.2#0 7") == "quick.row"


def test_a_question_that_is_not_asked_is_not_answered(visit):
    visit.record(acts.ANSWER, "air", "led", ("no",))
    assert wrong(visit, "3.02 1") == "quick.not_asked"


def test_answer_and_note_are_one_act_that_one_undo_takes_back(visit):
    recorded = record_quick(visit, read(visit, "3.01 2 log has gaps"))
    assert [entry.act for _, entry in recorded.entries] == [acts.ANSWER, acts.NOTE]
    assert [entry.value for _, entry in visit.state.notes("air", "led")] == ["log has gaps"]
    visit.undo()
    assert visit.filling("air").state("led").status == "missing"
    assert [entry.value for _, entry in visit.state.notes("air", "led") if entry.value] == []


def test_neither_is_recorded_when_the_answer_is_refused(visit):
    record_quick(visit, read(visit, "3.01 1"))
    visit.store.set_person("Lee")
    before = len(visit.state)
    refused = record_quick(visit, read(visit, "3.01 2 seen by me"))
    assert [problem.code for problem in refused.problems] == ["visit.someone_else"]
    assert len(visit.state) == before
    assert record_quick(visit, read(visit, "3.01 2 seen by me"), why="seen again").problems == ()


def test_a_note_beside_the_answer_that_stands_is_all_that_is_new(visit):
    record_quick(visit, read(visit, "3.01 2"))
    again = record_quick(visit, read(visit, "3.01 2 one more word"))
    assert [entry.act for _, entry in again.entries] == [acts.NOTE]
    assert record_quick(visit, read(visit, "3.01 2")).entries == ()


WORDS = st.text(st.sampled_from(string.ascii_letters + string.digits + " .,:;#[]+-，。記錄有缺口\u3000"), max_size=40)


@given(WORDS)
def test_no_line_breaks_the_reading(still, rest):
    for number in ("3.01", "3.03", "3.04", "3.06", "3.09.2", "3.09", "３.０１"):
        found = read_quick(still, f"{number} {rest}")
        assert found is None or isinstance(found, Quick | Problem)
        if isinstance(found, Problem):
            assert sentence(found)


@given(st.integers(1, 3), st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20))
def test_the_note_is_what_was_typed(still, digit, note):
    found = read(still, f"3.01 {digit} {note}")
    assert found.value == (("yes", "partial", "no")[digit - 1],)
    assert found.note.endswith(note.lstrip(",;:.，；：。、")) or found.note == note
