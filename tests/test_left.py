"""What an answer still demands, and what is left to do, most pressing first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.assess.left import Left, Progress, demands, demands_at, left_in_form, left_to_do, progress
from assessor_tui.form.model import Form, Group, Question, Repeat
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import CHECK, asked, begin, choices, ids, laptop, materials, say, text

PHOTO, PAPER = Evidence("photo", {"sha256": "0" * 64}), Evidence("document", {"sha256": "1" * 64})
SEEN, TALK = Evidence("original_seen", {"number": "7"}), Evidence("interview", {"post": "keeper"})


def demanded(question: Question, value: Value | None, notes: int, evidence: list[Evidence], status: str) -> list[str]:
    """Codes of what the answer to this one question demands."""
    form = Form("f", "1", text("F"), (question,), {"yes_no": choices("yes", "partly", "no")})
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.load({}, {"q": (status, value)})
    return [problem.code for problem in demands(filling.state("q"), notes, evidence)]


def select(**columns: object) -> Question:
    return asked("select_one", "q", list_name="yes_no", **columns)


PROOF = select(evidence={"yes": ("photo",), "*": ("document",)})
ONLY_YES = select(evidence={"yes": ("photo",)})
INSISTS = select(evidence={"yes": ("photo",)}, insist=True)
REASON = select(reason=("partly",))
ANY_REASON = select(reason=("*",))
UNUSUAL = asked("integer", "q", warning=". < 10", warning_message=text("much"))


@pytest.mark.parametrize(
    ("question", "value", "notes", "evidence", "codes"),
    [
        (ONLY_YES, ("yes",), 0, [], ["demand.evidence"]),
        (ONLY_YES, ("no",), 0, [], []),
        (ONLY_YES, ("yes",), 0, [PHOTO], []),
        (ONLY_YES, ("yes",), 0, [PAPER], ["demand.evidence"]),  # a file of another kind is no photo
        (ONLY_YES, ("yes",), 0, [SEEN], []),  # a record without a file satisfies
        (ONLY_YES, ("yes",), 0, [TALK], []),
        (INSISTS, ("yes",), 0, [SEEN], ["demand.evidence"]),  # unless the form insists on the file
        (INSISTS, ("yes",), 0, [SEEN, PHOTO], []),
        (PROOF, ("no",), 0, [], ["demand.evidence"]),
        (PROOF, ("no",), 0, [PAPER], []),
        (PROOF, ("yes",), 0, [PHOTO], []),  # one of the kinds is enough
        (REASON, ("partly",), 0, [PHOTO], ["demand.reason"]),
        (REASON, ("partly",), 1, [], []),
        (REASON, ("yes",), 0, [], []),
        (ANY_REASON, ("no",), 0, [], ["demand.reason"]),
        (UNUSUAL, Quantity("12"), 0, [], ["demand.warning_reason"]),
        (UNUSUAL, Quantity("12"), 1, [], []),
        (UNUSUAL, Quantity("9"), 0, [], []),
    ],
)
def test_what_an_answer_demands(
    question: Question, value: Value, notes: int, evidence: list[Evidence], codes: list[str]
) -> None:
    assert demanded(question, value, notes, evidence, "answered") == codes


@pytest.mark.parametrize("status", ["missing", "not applicable", "to come"])
def test_only_an_answer_demands(status: str) -> None:
    assert demanded(PROOF, None, 0, [], status) == []


def test_the_kinds_that_would_do_are_told() -> None:
    form = Form("f", "1", text("F"), (PROOF,), {"yes_no": choices("yes", "partly", "no")})
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.set("q", ("yes",))
    ((code, place, parameters),) = demands(filling.state("q"), 0, [])
    assert (code, place.path, parameters) == ("demand.evidence", "q", {"kinds": "document photo"})


# In a visit


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "ann", "Ann", "lead") as store:
        yield begin(store)


@pytest.fixture
def other(tmp_path: Path, visit: Visit) -> Iterator[Store]:
    with laptop(tmp_path / "bob", "Bob") as store:
        materials(store)
        store.add(visit.store.entries(visit.id))
        yield store


def of_kind(visit: Visit, kind: str) -> list[Left]:
    return [left for left in left_to_do(visit.fillings, visit.state) if left.kind == kind]


def test_neighbours_without_an_answer_stand_together_until_an_answer_parts_them(visit: Visit) -> None:
    def gaps() -> list[tuple[str, ...]]:
        return [left.paths for left in of_kind(visit, "unanswered") if left.form == "check"]

    months = tuple(f"months[{row}]/used" for row in visit.filling("check").rows("months"))
    assert gaps() == [
        ("meter", "power", "carriers", "words", "expires"),
        ("gate", "fixed", "plan", *months, "worst"),
    ]
    say(visit, "carriers", ("gas",))
    assert gaps()[:2] == [("meter", "power"), ("words", "expires")]


def test_what_is_not_relevant_is_not_left(visit: Visit) -> None:
    def asked_for(path: str) -> bool:
        return any(path in left.paths for left in of_kind(visit, "unanswered"))

    assert not asked_for("why_not")
    say(visit, "meter", ("no",))
    assert asked_for("why_not")


def test_a_file_question_is_answered_by_its_file(visit: Visit) -> None:
    visit.record("attach", "check", "plan", PAPER)
    assert not any("plan" in left.paths for left in of_kind(visit, "unanswered"))


def test_an_answer_against_a_rule_is_wrong_and_an_unusual_one_demands_a_note(visit: Visit) -> None:
    say(visit, "power", Quantity("-1", "kWh"))
    assert [(left.paths, left.problem and left.problem.code) for left in of_kind(visit, "wrong")] == [
        (("power",), "answer.constraint")
    ]
    say(visit, "power", Quantity("6000", "kWh"))
    assert of_kind(visit, "wrong") == []
    assert [left.problem and left.problem.code for left in of_kind(visit, "demand")] == ["demand.warning_reason"]
    visit.record("note", "check", "power", "New line started in May")
    assert of_kind(visit, "demand") == []


def test_a_withdrawn_proof_is_demanded_again(visit: Visit) -> None:
    from assessor_tui.ledger.entry import reference

    say(visit, "meter", ("yes",))
    ((digest, entry),) = visit.record("attach", "check", "meter", PHOTO).entries
    assert demands_at(visit.filling("check"), visit.state, "check", "meter") == ()
    name = reference(entry.device, entry.seq, digest)
    assert visit.record("withdraw", "check", "meter", why="Wrong meter", replaces=[name]).problems == ()
    assert [each.code for each in demands_at(visit.filling("check"), visit.state, "check", "meter")] == [
        "demand.evidence"
    ]


def test_the_most_pressing_comes_first(visit: Visit, other: Store) -> None:
    theirs = Visit(other, visit.id, new_id=ids("b"))
    say(visit, "gate", ("yes",))
    say(theirs, "gate", ("no",))
    visit.store.add(theirs.store.entries(visit.id))
    visit.refresh()
    say(visit, "power", Quantity("-1", "kWh"))
    say(visit, "meter", ("yes",))
    visit.record("to come", "check", "words", why="The plan, from Mr Mock, on Friday")
    visit.record("note", "", "", "A loose thought")
    kinds = list(dict.fromkeys(left.kind for left in left_to_do(visit.fillings, visit.state)))
    assert kinds == ["conflict", "wrong", "demand", "unanswered", "to come", "jot"]
    (conflict,) = of_kind(visit, "conflict")
    assert (conflict.form, conflict.paths, conflict.problem and conflict.problem.code) == (
        "check", ("gate",), "conflict.value",
    )  # fmt: skip


def test_too_few_rows_are_left_to_do() -> None:
    repeat = Repeat("rows", text("Rows"), (asked("text", "a"),), at_least=2)
    filling = Filling(compile_form(Form("f", "1", text("F"), (repeat,))), Context("2026-11-12"))
    filling.add_row("rows", "1" * 32)
    from assessor_tui.ledger.state import VisitState

    kinds = {left.kind: left.paths for left in left_in_form("f", filling, VisitState())}
    assert kinds == {"rows": ("rows",), "unanswered": (f"rows[{'1' * 32}]/a",)}


# Progress


def test_progress_counts_what_is_asked_now(visit: Visit) -> None:
    def now() -> Progress:
        return progress("check", visit.filling("check"), visit.state)

    asked_at_first = now().asked
    assert now() == Progress(0, asked_at_first, 0, 0)  # what the form answers itself is nobody's progress
    say(visit, "meter", ("no",))
    assert now() == Progress(1, asked_at_first + 1, 0, 0)  # one question more because of it
    visit.record("not applicable", "check", "power", why="None here")
    visit.record("to come", "check", "words", why="From Mr Mock, by Friday")
    visit.record("attach", "check", "plan", PAPER)
    assert now() == Progress(3, asked_at_first + 1, 1, 0)


def test_a_question_of_the_full_walk_counts_from_when_somebody_dealt_with_it() -> None:
    form = Form("f", "1", text("F"), (asked("text", "a", asked="full"), Group("g", text("G"), (asked("text", "b"),))))
    filling = Filling(compile_form(form), Context("2026-11-12"))
    from assessor_tui.ledger.state import VisitState

    assert progress("f", filling, VisitState()) == Progress(0, 1, 0, 0)
    filling.set("a", None, "to come")
    assert progress("f", filling, VisitState()) == Progress(0, 2, 1, 0)
    filling.set("a", "now")
    assert progress("f", filling, VisitState()) == Progress(1, 2, 0, 0)


def test_everything_done_leaves_nothing() -> None:
    filling = Filling(compile_form(CHECK), Context("2026-11-12"))
    paths = ("meter", "power", "carriers", "words", "expires", "share", "gate", "fixed", "worst", "plan")
    done: dict[str, tuple[str, Value | None]] = dict.fromkeys(paths, ("not applicable", None))
    filling.load({}, done)
    for row in filling.rows("months"):
        filling.set(f"months[{row}]/used", None, "not applicable")
    from assessor_tui.ledger.state import VisitState

    assert left_in_form("check", filling, VisitState()) == ()
