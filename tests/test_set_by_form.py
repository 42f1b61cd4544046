"""What a form sets itself, recorded with what it follows from: however many acts, as if each had been typed."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.form.model import Action, Form, Question, Repeat
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import RowDraft
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.nodes import Leaf
from assessor_tui.set_by_form import REASON
from assessor_tui.settling import all_of, settle_together, within
from assessor_tui.using_form import use_form
from assessor_tui.visit import Recorded, Visit, create_visit
from tests.all_types import said
from tests.logic_forms import number, text
from tests.small_visit import DAY, HEADER, begin, ids, laptop, materials

NAME = "acting"


def acting(*children: Any) -> Form:
    return Form(NAME, "1", said("Acting"), children, languages=("en",))


def triggered(name: str, calculation: str, *by: str) -> Question:
    return text(name, calculation=calculation, trigger=" ".join(f"${{{each}}}" for each in by))


CHAIN = acting(
    text("a"), triggered("b", "concat(${a}, '!')", "a"), triggered("c", "concat(${b}, '?')", "b"),
    text("cleared", actions=(Action("change", "", "${a}"),)),
    number("wanted"),
    Repeat("counted", said("Counted"), (text("first", default="concat('row ', position(..))"), text("more")),
           repeat_count="${wanted}"),
    Repeat("rows", said("Rows"), (
        text("x"), triggered("y", "concat(${x}, '+')", "x"),
        text("begun", default="concat(count(${rows}), ' of them', ${a})"),
    )),
    triggered("seen", "join(',', ${x})", "x"),
    text("total", calculation="count(${rows})"), triggered("told", "concat('told ', ${total})", "total"),
)  # fmt: skip


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "ann", "Ann", "lead") as store:
        visit = begin(store)
        assert use_form(visit, CHAIN).problems == ()
        yield visit


@pytest.fixture
def shared(visit: Visit, tmp_path: Path) -> Iterator[tuple[Visit, Visit]]:
    with laptop(tmp_path / "bob", "Bob") as store:
        materials(store)
        store.add_form(CHAIN)
        store.add(visit.store.entries(visit.id))
        yield visit, Visit(store, visit.id, new_id=ids("b"))


def meet(one: Visit, other: Visit) -> None:
    for here, there in ((one, other), (other, one)):
        here.store.add(there.store.entries(there.id))
        here.refresh()


def say(visit: Visit, path: str, value: Value, why: str = "") -> Recorded:
    recorded = visit.record(acts.ANSWER, NAME, path, value, why=why)
    assert recorded.problems == (), recorded.problems
    return recorded


def answers(visit: Visit) -> dict[str, Value | None]:
    """What is stored, also of rows that the form counts."""
    return {path: value for path, (_, value) in visit.state.answers(NAME).items()}


def shown(visit: Visit) -> dict[str, tuple[str, Value | None, bool]]:
    filling = visit.filling(NAME)
    states = (filling.state(path) for path, node in filling.nodes.items() if isinstance(node, Leaf))
    return {each.path: (each.status, each.value, each.relevant) for each in states}


def stands_as_read_again(visit: Visit) -> bool:
    return shown(visit) == shown(Visit(visit.store, visit.id, new_id=ids("f")))


# One answer


def test_a_chain_of_triggers_is_recorded_with_the_answer_and_undone_with_it(visit: Visit) -> None:
    say(visit, "cleared", "soon gone")
    recorded = say(visit, "a", "x")
    assert [entry.path for _, entry in recorded.entries] == ["a", "b", "cleared", "c"]
    assert answers(visit) == {"a": "x", "b": "x!", "c": "x!?"} and stands_as_read_again(visit)
    visit.undo()
    assert answers(visit) == {"cleared": "soon gone"} and stands_as_read_again(visit)
    visit.redo()
    assert answers(visit) == {"a": "x", "b": "x!", "c": "x!?"} and stands_as_read_again(visit)


def test_clearing_sets_off_what_an_answer_sets_off(visit: Visit) -> None:
    say(visit, "a", "x")
    visit.record(acts.CLEAR, NAME, "a")
    assert answers(visit) == {"b": "!", "c": "!?"}
    visit.undo()
    assert answers(visit) == {"a": "x", "b": "x!", "c": "x!?"}


def test_what_is_to_come_gives_way_to_what_the_form_sets(visit: Visit) -> None:
    visit.record(acts.TO_COME, NAME, "cleared", why="from the owner")
    visit.record(acts.TO_COME, NAME, "b", why="from the owner")
    say(visit, "a", "x")
    assert visit.state.answers(NAME).keys() == {"a", "b", "c"} and stands_as_read_again(visit)


def test_a_question_that_its_own_answer_changes_is_recorded_once(tmp_path: Path) -> None:
    form = acting(text("a", actions=(Action("change", "'kept'", "${b}"),)), triggered("b", "${a}", "a"))
    with laptop(tmp_path, "Ann", "lead") as store:
        visit = begin(store)
        use_form(visit, form)
        recorded = say(visit, "a", "typed")
        assert len({entry.path for _, entry in recorded.entries}) == len(recorded.entries) == 2
        assert answers(visit)["a"] == "kept" and stands_as_read_again(visit)
        visit.undo()
        assert answers(visit) == {} and stands_as_read_again(visit)


def test_the_moment_that_a_form_sets_is_the_one_of_the_answer(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann", "lead") as store:
        visit = begin(store, visit_date="2026-11-09")
        use_form(visit, acting(text("a"), triggered("when", "now()", "a"), triggered("day", "today()", "a")))
        say(visit, "a", "x")
        assert str(answers(visit)["when"]).startswith("2026-11-12T09:"), "by the laptop's clock"
        assert answers(visit)["day"] == "2026-11-09", "today is the visit's date"
        assert stands_as_read_again(visit)


# Rows


def test_a_new_row_sets_what_it_begins_with_and_what_follows_from_that(visit: Visit) -> None:
    row = visit.record(acts.ADD_ROW, NAME, "rows").entries[0][1].path
    assert answers(visit) == {f"{row}/begun": "1 of them", "told": "told 1"}
    visit.undo()
    assert answers(visit) == {} and visit.filling(NAME).rows("rows") == ()
    visit.redo()
    visit.record(acts.REMOVE_ROW, NAME, row)
    assert answers(visit) == {"told": "told 0"} and stands_as_read_again(visit)
    visit.undo()
    assert answers(visit) == {f"{row}/begun": "1 of them", "told": "told 1"} and stands_as_read_again(visit)


def test_a_trigger_in_a_row_stays_in_its_row(visit: Visit) -> None:
    one, two = (visit.add_row(NAME, "rows", {"x": name}).entries[0][1].path for name in ("p", "q"))
    assert (answers(visit)[f"{one}/y"], answers(visit)[f"{two}/y"], answers(visit)["seen"]) == ("p+", "q+", "p,q")
    say(visit, f"{two}/x", "r")
    assert (answers(visit)[f"{one}/y"], answers(visit)[f"{two}/y"], answers(visit)["seen"]) == ("p+", "r+", "p,r")


def test_counted_rows_say_what_they_begin_with_once_by_who_gave_the_answer(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "wanted", Quantity("2"))
    rows = ann.filling(NAME).rows("counted")
    assert [row[12] for row in rows] == ["5", "5"]
    assert [answers(ann)[f"counted[{row}]/first"] for row in rows] == ["row 1", "row 2"]
    before = len(ann.state)
    meet(ann, bob)
    assert len(ann.state) == len(bob.state) == before, "merging says nothing"
    assert bob.filling(NAME).rows("counted") == rows and answers(bob) == answers(ann)
    say(bob, f"counted[{rows[1]}]/first", "other", why="seen")
    for wanted in ("1", "3"):
        say(bob, "wanted", Quantity(wanted), why="counted again")
    assert [answers(bob)[f"counted[{row}]/first"] for row in bob.filling(NAME).rows("counted")] == [
        "row 1", "other", "row 3",
    ]  # fmt: skip
    assert stands_as_read_again(bob)


def test_counted_rows_that_were_undone_begin_again(visit: Visit) -> None:
    say(visit, "wanted", Quantity("2"))
    visit.undo()
    assert answers(visit) == {}
    say(visit, "wanted", Quantity("1"))
    assert sorted(map(str, answers(visit).values())) == sorted(["row 1", str(Quantity("1"))])
    assert stands_as_read_again(visit)


def test_a_row_with_rows_inside_comes_back_by_undo_in_the_same_program(visit: Visit) -> None:
    outer = visit.record(acts.ADD_ROW, "check", "outlets").entries[0][1].path
    inner = visit.record(acts.ADD_ROW, "check", f"{outer}/tests").entries[0][1].path
    visit.record(acts.ANSWER, "check", f"{inner}/result", Quantity("4"))
    visit.record(acts.REMOVE_ROW, "check", outer)
    assert visit.undo().problems == ()
    assert visit.filling("check").state(f"{inner}/result").value == Quantity("4")


# Several laptops


def test_merging_sets_nothing_and_settling_sets_what_follows(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "wanted", Quantity("1"))
    say(bob, "wanted", Quantity("3"))
    meet(ann, bob)
    rows = 1 if ann.filling(NAME).state("wanted").value == Quantity("1") else 3
    assert len(ann.filling(NAME).rows("counted")) == rows
    (conflict,) = within(ann, NAME)
    ann.settle(conflict, value=Quantity("4"), why="counted together")
    begun = [answers(ann)[f"counted[{row}]/first"] for row in ann.filling(NAME).rows("counted")]
    assert begun == ["row 1", "row 2", "row 3", "row 4"] and stands_as_read_again(ann)
    ann.undo()
    assert len(within(ann, NAME)) == 1 and stands_as_read_again(ann)


def test_what_people_disagree_about_is_not_set_but_settled(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "b", "of Ann")
    say(bob, "b", "of Bob")
    meet(ann, bob)
    before = answers(ann)
    say(ann, "a", "x")
    assert {**before, "a": "x"} == answers(ann), "neither b nor what follows from it"
    assert [each.path for each in within(ann, NAME)] == ["b", "c"] and stands_as_read_again(ann)


def test_conflicts_settled_together_are_as_those_settled_one_by_one(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "a", "p")
    say(bob, "a", "q")
    meet(ann, bob)
    conflicts = within(ann, NAME)
    assert [each.path for each in conflicts] == ["a", "b", "c"]
    for person, wanted in (("Ann", "p"), ("Bob", "q")):
        plan = all_of(ann, within(ann, NAME), person)
        assert settle_together(ann, plan.settled, "together").problems == ()
        assert answers(ann) == {"a": wanted, "b": f"{wanted}!", "c": f"{wanted}!?"} and stands_as_read_again(ann)
        ann.undo()
        assert len(within(ann, NAME)) == 3


def test_somebody_elses_answer_is_set_with_the_reason_beside_it(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(bob, "b", "of Bob")
    meet(ann, bob)
    recorded = say(ann, "a", "x")
    assert {entry.path: entry.why for _, entry in recorded.entries} == {"a": "", "b": REASON, "c": REASON}


def test_a_signature_keeps_what_it_has_seen(visit: Visit) -> None:
    say(visit, "a", "x")
    visit.store.append([visit._draft(acts.SIGN, "", "", visit.digest())])
    visit.refresh()
    assert [each.code for each in visit.record(acts.ANSWER, NAME, "a", "y").problems] == ["visit.signed"]
    assert answers(visit) == {"a": "x", "b": "x!", "c": "x!?"}


# Many at once


def one_by_one(visit: Visit, table: Sequence[RowDraft]) -> None:
    for row, cells in table:
        at = row or visit.record(acts.ADD_ROW, NAME, "rows").entries[0][1].path
        for name, value in cells.items():
            say(visit, f"{at}/{name}", value)


def test_a_pasted_table_sets_what_typing_it_would(visit: Visit, tmp_path: Path) -> None:
    table = [RowDraft("", {"x": f"n{at}", "begun": "typed"} if at % 2 else {"x": f"n{at}"}) for at in range(5)]
    with laptop(tmp_path / "twin", "Ann", "lead") as store:
        twin = begin(store)
        use_form(twin, CHAIN)
        one_by_one(twin, table)
        before = answers(visit)
        assert visit.fill_rows(NAME, "rows", table).problems == ()
        assert answers(visit) == answers(twin) and stands_as_read_again(visit)
        assert answers(visit)["seen"] == "n0,n1,n2,n3,n4" and answers(visit)["told"] == "told 5"
        visit.undo()
        assert answers(visit) == before and visit.filling(NAME).rows("rows") == ()


def test_a_cell_that_stood_already_is_said_again_where_the_form_has_changed_it(visit: Visit) -> None:
    row = visit.add_row(NAME, "rows", {"x": "p"}).entries[0][1].path
    say(visit, f"{row}/x", "p2")
    visit.record(acts.CLEAR, NAME, f"{row}/begun")
    form_said = answers(visit)[f"{row}/y"]
    assert form_said == "p2+"
    recorded = visit.fill_rows(NAME, "rows", [RowDraft(row, {"x": "p3"})])
    assert answers(visit)[f"{row}/y"] == "p3+" and len(recorded.entries) == 3
    assert visit.fill_rows(NAME, "rows", [RowDraft(row, {"x": "p3"})]).entries == ()


NAMES = ("p", "q", "r")
WORDS = st.sampled_from(["", "1", "2", "ab", "concat"])
GIVEN = st.sampled_from(["1", "2", "ab"])


@st.composite
def forms(draw: Callable[[Any], Any]) -> Form:
    """Questions outside and in rows that set each other off, in any direction, also in circles."""
    outside = [text(name, actions=draw(changes(name, NAMES))) for name in NAMES]
    inner = ("s", "t", "u")
    inside = [
        text(name, actions=draw(changes(name, (*inner, "p", "q"))), default=draw(st.sampled_from(DEFAULTS)))
        for name in inner
    ]
    counted = Repeat(
        "counted", said("Counted"), (text("v", default="concat('v', ${p})"),), repeat_count="string-length(${q})"
    )
    return acting(*outside, Repeat("rows", said("Rows"), tuple(inside)), counted)


DEFAULTS = ("", "new", "position(..)", "count(${rows})", "concat(${p}, '-', count(${counted}))")
VALUES = ("", "'set'", "substr(concat(${p}, ${q}), 0, 4)", "count(${rows})", "string-length(join('', ${s}))")


def changes(name: str, sources: Sequence[str]) -> st.SearchStrategy[tuple[Action, ...]]:
    others = st.sampled_from([each for each in sources if each != name])
    action = st.builds(lambda value, of: Action("change", value, f"${{{of}}}"), st.sampled_from(VALUES), others)
    return st.lists(action, max_size=2).map(tuple)


CELLS = st.dictionaries(st.sampled_from(["s", "t", "u"]), GIVEN, max_size=3)


def in_order(cells: Mapping[str, Value]) -> dict[str, Value]:
    return {name: cells[name] for name in sorted(cells)}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms(), st.lists(CELLS, min_size=1, max_size=3), st.lists(CELLS, max_size=4), GIVEN)
def test_many_acts_at_once_leave_what_the_same_acts_leave_one_by_one(
    form: Form, first: list[dict[str, Value]], more: list[dict[str, Value]], word: str
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        twins: list[Visit] = []
        for name in ("one", "other"):
            twins.append(begin(stack.enter_context(laptop(Path(folder) / name, "Ann", "lead"))))
            assert use_form(twins[-1], form).problems == ()
            say(twins[-1], "p", word)
        at_once, typed = twins
        new = [RowDraft("", in_order(cells)) for cells in first]
        assert at_once.fill_rows(NAME, "rows", new).problems == ()
        one_by_one(typed, new)
        assert answers(at_once) == answers(typed)
        rows = [f"rows[{row}]" for row in typed.filling(NAME).rows("rows")]
        before = answers(at_once)
        again = [RowDraft(row, in_order(cells)) for row, cells in zip(rows, more, strict=False)]
        again += [RowDraft("", in_order(cells)) for cells in more[len(rows) :]]
        filled = at_once.fill_rows(NAME, "rows", again)
        assert filled.problems == ()
        one_by_one(typed, again)
        assert answers(at_once) == answers(typed)
        assert at_once.state.rows(NAME) == typed.state.rows(NAME)
        assert stands_as_read_again(at_once) and stands_as_read_again(typed)
        if filled.entries:
            at_once.undo()
            assert answers(at_once) == before and stands_as_read_again(at_once)


def test_rows_are_counted_beside_actions_that_set_each_other_off_without_end(tmp_path: Path) -> None:
    circle = {
        name: (Action("change", "", f"${{{of}}}"), Action("change", "'set'", f"${{{of}}}")) for name, of in ("pq", "qp")
    }
    rows = Repeat("counted", said("Counted"), (text("v", default="'new'"),), repeat_count="string-length(${q})")
    with laptop(tmp_path / "ann", "Ann", "lead") as store:
        visit = begin(store)
        use_form(visit, acting(*(text(name, actions=actions) for name, actions in circle.items()), rows))
        say(visit, "p", "1")
        assert visit.filling(NAME).unsteady and stands_as_read_again(visit)
        assert list(answers(visit).values()) == ["set", "set", "new", "new", "new"]


# What is kept of a result, and other ways in


def test_a_result_that_is_kept_is_undone_with_the_answer_that_gave_it(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann", "lead") as store:
        visit = begin(store)
        use_form(visit, acting(text("a"), text("kept", calculation="once(${a})")))
        say(visit, "a", "x")
        say(visit, "a", "y")
        assert answers(visit) == {"a": "y", "kept": "x"} and stands_as_read_again(visit)
        visit.undo()
        visit.undo()
        assert answers(visit) == {} and stands_as_read_again(visit)
        say(visit, "a", "z")
        assert answers(visit) == {"a": "z", "kept": "z"} and stands_as_read_again(visit)


def test_a_new_rows_rows_begin_too_whether_added_or_pasted(tmp_path: Path) -> None:
    inner = Repeat("inner", said("Inner"), (text("z", default="'begun'"),), first_rows=({},))
    with laptop(tmp_path, "Ann", "lead") as store:
        visit = begin(store)
        use_form(visit, acting(Repeat("rows", said("Rows"), (text("x"), inner))))
        for pasted in (False, True):
            before = answers(visit)
            table = [RowDraft("", {"x": "2"}), RowDraft("", {"x": "3"})]
            recorded = visit.fill_rows(NAME, "rows", table) if pasted else visit.add_row(NAME, "rows", {"x": "1"})
            new = [entry.path for _, entry in recorded.entries if entry.act == acts.ADD_ROW and "/" not in entry.path]
            assert recorded.entries[0][1].path == new[0]
            for row in new:
                (inside,) = visit.filling(NAME).rows(f"{row}/inner")
                assert answers(visit)[f"{row}/inner[{inside}]/z"] == "begun" and stands_as_read_again(visit)
            visit.undo()
            assert answers(visit) == before and stands_as_read_again(visit)
            visit.redo()


def test_an_answer_with_a_note_is_undone_with_what_the_form_set(visit: Visit) -> None:
    assert visit.answer_with_note(acts.ANSWER, NAME, "a", "x", "seen at the gate").problems == ()
    assert answers(visit) == {"a": "x", "b": "x!", "c": "x!?"}
    visit.undo()
    assert answers(visit) == {} and visit.state.notes(NAME, "a") == []


def test_joining_rows_sets_what_follows_from_a_row_less(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "a", "x")
    meet(ann, bob)
    one = ann.add_row(NAME, "rows", {"x": "p"}).entries[0][1].path
    two = ann.add_row(NAME, "rows", {"x": "q"}).entries[0][1].path
    joined = [ann._draft(acts.JOIN_ROWS, NAME, two, one[-33:-1], "one thing")]
    assert ann.keep(joined).problems == ()
    assert answers(ann)["told"] == "told 1" and stands_as_read_again(ann)
    ann.undo()
    assert answers(ann)["told"] == "told 2" and answers(ann)[f"{two}/y"] == "q+" and stands_as_read_again(ann)


def test_what_a_visit_is_opened_with_sets_off_what_typing_it_would(tmp_path: Path) -> None:
    follows = triggered("welcome", "concat('Welcome to ', ${site_name_en})", "site_name_en")
    header = HEADER._replace(children=(*HEADER.children, follows))
    with laptop(tmp_path, "Ann", "lead") as store:
        ours = materials(store)
        ours = ours._replace(forms={**ours.forms, "header": (header, store.add_form(header))})
        visit = create_visit(store, ours, {"site_name_en": "Mock Works", "visit_date": DAY}, new_id=ids("a"))
        assert visit.header("welcome") == "Welcome to Mock Works"
        visit.record(acts.ANSWER, "header", "site_name_en", "Other Works")
        assert visit.header("welcome") == "Welcome to Other Works"
