"""A visit that goes over to another version of a form: nothing lost, everything said before, one undo back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle
from assessor_tui.form.canonical import form_hash
from assessor_tui.form.model import Form, Node, Question, Repeat
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity
from assessor_tui.moving import preview, still_asked, update_form
from assessor_tui.settling import settle_together
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.small_visit import CHECK, HEADER, asked, begin, choices, ids, kilowatt_hours, laptop, say, text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with laptop(tmp_path / "lead", "Lee", "lead") as opened:
        yield opened


@pytest.fixture
def visit(store: Store) -> Visit:
    return begin(store)


def changed(**columns: dict[str, object]) -> Form:
    """The checklist as its second version, with other columns by question name; ``None`` takes a question out."""
    children: list[Node] = []
    for node in CHECK.children:
        wanted = columns.pop(node.name, {})
        if wanted is not None:
            children.append(node._replace(**wanted))
    return CHECK._replace(version="2", children=tuple(children))


def with_more(form: Form, *more: Node) -> Form:
    return form._replace(children=(*form.children, *more))


def version(form: Form) -> str:
    return form_hash(form)[:12]


def test_new_questions_are_gained_and_say_what_they_begin_with(visit: Visit) -> None:
    new = with_more(changed(), asked("text", "shift"), asked("integer", "days", default="5"))
    seen = preview(visit, new)
    assert seen.gained == ("shift", "days")
    assert seen.lost == seen.again == ()
    assert update_form(visit, new).problems == ()
    assert visit.versions["check"] == version(new)
    assert visit.filling("check").state("days").value == Quantity("5", "")
    assert visit.filling("check").state("shift").status == "missing"


def test_what_was_cleared_stays_cleared_though_the_form_says_what_it_begins_with(visit: Visit) -> None:
    assert visit.record(acts.CLEAR, "check", "share").problems == ()
    update_form(visit, with_more(changed(), asked("text", "shift")))
    assert visit.filling("check").state("share").status == "missing"


def test_a_question_that_goes_keeps_its_answer_in_the_ledger_and_comes_back_with_undo(visit: Visit) -> None:
    say(visit, "words", "as seen")
    new = changed(words=None)
    assert [(lost.path, lost.value) for lost in preview(visit, new).lost] == [("words", "as seen")]
    update_form(visit, new)
    with pytest.raises(KeyError):
        visit.filling("check").state("words")
    assert visit.state.standing("check", "words").value == "as seen"
    assert visit.undo().problems == ()
    assert visit.versions["check"] == version(CHECK)
    assert visit.filling("check").state("words").value == "as seen"
    assert visit.redo().problems == ()
    assert visit.versions["check"] == version(new)
    assert visit.undo().entries
    assert visit.undo().entries[0][1].path == "words"


def test_an_answer_that_does_not_fit_any_more_is_told_before_and_flagged_after(visit: Visit) -> None:
    say(visit, "power", kilowatt_hours("40"))
    say(visit, "meter", ("partly",))
    new = changed(power={"constraint": ". >= 100"})
    new = new._replace(choices={**new.choices, "yes_no": choices("yes", "no")})
    seen = preview(visit, new)
    assert {(answer.path, problem.code) for answer, problem in seen.again} == {
        ("power", "answer.constraint"),
        ("meter", "answer.choice_gone"),
    }
    update_form(visit, new)
    assert visit.filling("check").state("power").value == kilowatt_hours("40")
    assert {problem.code for problem in visit.blocks_signing()} >= {"answer.constraint", "answer.choice_gone"}


def test_answers_become_texts_with_their_questions(visit: Visit) -> None:
    say(visit, "power", kilowatt_hours("40"))
    say(visit, "carriers", ("grid", "sun"))
    plain = {
        "type": "text",
        "units": (),
        "constraint": "",
        "constraint_message": {},
        "warning": "",
        "warning_message": {},
    }
    new = changed(power=plain, carriers={"type": "text", "list_name": ""}, twice=None)
    assert {(each.path, each.value) for each in preview(visit, new).as_text} == {
        ("power", "40 kWh"),
        ("carriers", "grid, sun"),
    }
    update_form(visit, new)
    assert visit.filling("check").state("power").value == "40 kWh"
    assert visit.filling("check").problems.keys() <= {"meter"}
    visit.undo()
    assert visit.filling("check").state("power").value == kilowatt_hours("40")
    assert visit.filling("check").state("carriers").value == ("grid", "sun")


def test_what_is_hidden_demanded_or_computed_otherwise_is_told(visit: Visit) -> None:
    say(visit, "words", "as seen")
    say(visit, "power", kilowatt_hours("40"))
    new = changed(
        words={"relevant": "${meter} = 'yes'"}, expires={"required": "yes"}, twice={"calculation": "${power} * 3"}
    )
    seen = preview(visit, new)
    assert [each.path for each in seen.hidden] == ["words"]
    assert seen.demanded == ("expires",)
    assert seen.computed == (("twice", "80", "120"),)
    assert not seen.is_quiet


def test_a_version_that_only_says_things_better_is_quiet(visit: Visit) -> None:
    seen = preview(visit, changed(words={"label": text("In your own words")}))
    assert seen.is_quiet
    assert len(seen.changes) == 4  # the version, and three languages


def test_rows_go_over_too(visit: Visit) -> None:
    row = visit.record(acts.ADD_ROW, "check", "outlets").entries[0][1].path
    say(visit, f"{row}/tag", "A")
    outlets = next(node for node in CHECK.children if isinstance(node, Repeat) and node.name == "outlets")
    more = outlets._replace(children=(*outlets.children[1:], asked("text", "pipe", default="steel")))
    new = CHECK._replace(
        version="2", children=tuple(more._replace(row_label="") if node is outlets else node for node in CHECK.children)
    )
    seen = preview(visit, new)
    assert [each.path for each in seen.lost] == [f"{row}/tag"]
    assert seen.gained == (f"{row}/pipe",)
    update_form(visit, new)
    assert visit.filling("check").state(f"{row}/pipe").value == "steel"


def test_a_new_table_begins_with_its_first_rows_and_undo_takes_them_along(visit: Visit) -> None:
    wells = Repeat("wells", text("Wells"), (asked("text", "place"),), first_rows=({"place": "north"},))
    update_form(visit, with_more(changed(), wells))
    (row,) = visit.filling("check").rows("wells")
    assert visit.filling("check").state(f"wells[{row}]/place").value == "north"
    visit.undo()
    assert visit.state.rows("check").get("wells", []) == []
    visit.redo()
    assert visit.filling("check").rows("wells") == (row,)


def test_nothing_is_recorded_for_the_version_in_use(visit: Visit) -> None:
    assert update_form(visit, CHECK) == update_form(visit, CHECK)
    assert update_form(visit, CHECK).entries == ()


def test_a_signed_visit_stays_as_it_is(visit: Visit) -> None:
    say(visit, "meter", ("no",))
    blocking = {problem.code for problem in visit.blocks_signing()}
    assert visit.sign("Lee", despite="tried").entries or blocking
    if visit.signed:
        assert [problem.code for problem in update_form(visit, changed()).problems] == ["visit.signed"]


def test_what_the_scheme_needs_cannot_go(visit: Visit) -> None:
    new = HEADER._replace(version="2", children=HEADER.children[:-1])
    assert [problem.code for problem in update_form(visit, new).problems] == ["scheme.unknown_question"]
    assert visit.versions["header"] == version(HEADER)


def test_a_form_of_another_kind_or_of_no_visit_is_refused(visit: Visit) -> None:
    assert [each.code for each in update_form(visit, changed()._replace(kind="findings")).problems] == [
        "visit.other_kind"
    ]
    assert [each.code for each in update_form(visit, changed()._replace(form_id="other")).problems] == [
        "visit.unknown_form"
    ]


# With a laptop that has not heard of it


@pytest.fixture
def two(store: Store, visit: Visit, tmp_path: Path) -> Iterator[tuple[Visit, Visit]]:
    """The lead's visit, and the same on the laptop of somebody who has it as it is now."""
    with laptop(tmp_path / "bob", "Bob") as other:
        assert merge_bundle(other, make_bundle(store, visit, tmp_path / "one", FULL).path).error is None
        yield visit, Visit(other, visit.id, new_id=ids("b"))


def bring(giver: Visit, taker: Visit, folder: Path) -> None:
    taken = merge_bundle(taker.store, make_bundle(giver.store, giver, folder, FULL).path)
    assert taken.error is None
    taker.refresh()


def test_what_was_answered_under_the_older_version_waits_and_is_settled_at_once_where_the_question_is_the_same(
    two: tuple[Visit, Visit], tmp_path: Path
) -> None:
    lead, bob = two
    new = with_more(changed(words=None, power={"constraint": ". >= 100"}), asked("text", "shift"))
    assert update_form(lead, new).entries
    say(bob, "meter", ("yes",))
    say(bob, "words", "as seen")
    say(bob, "power", kilowatt_hours("40"))
    bring(bob, lead, tmp_path / "two")
    assert lead.versions["check"] == version(new)
    assert lead.filling("check").state("meter").value == ("yes",)
    assert {(kind, path) for kind, _, path in lead.state.conflicts} == {
        ("version", "meter"), ("version", "words"), ("version", "power"),
    }  # fmt: skip
    assert len(lead.store.conflicts(lead.id)) == 3
    same = still_asked(lead)
    assert [each.conflict.path for each in same] == ["meter"]
    assert settle_together(lead, same, "the question is the same").problems == ()
    assert {path for _, _, path in lead.state.conflicts} == {"words", "power"}
    assert len(lead.store.conflicts(lead.id)) == 2
    lead.undo()
    assert {path for _, _, path in lead.state.conflicts} == {"meter", "words", "power"}
    assert len(lead.store.conflicts(lead.id)) == 3
    lead.redo()
    for path in ("words", "power"):
        conflict = lead.state.conflicts["version", "check", path]
        assert lead.settle(conflict, take=conflict.heads[0][1], why="it counts").problems == (), path
    assert lead.state.conflicts == {}
    assert lead.filling("check").state("power").problems[0].code == "answer.constraint"
    assert lead.state.standing("check", "words").value == "as seen"


def test_the_other_laptop_goes_over_with_the_next_bundle_and_goes_on(two: tuple[Visit, Visit], tmp_path: Path) -> None:
    lead, bob = two
    say(bob, "meter", ("yes",))
    new = with_more(changed(words=None), asked("text", "shift"))
    update_form(lead, new)
    bring(lead, bob, tmp_path / "two")
    assert bob.versions["check"] == version(new)
    assert [path for _, _, path in bob.state.conflicts] == ["meter"]
    say(bob, "shift", "night")
    assert settle_together(bob, still_asked(bob), "the question is the same").problems == ()
    bring(bob, lead, tmp_path / "three")
    assert lead.state.conflicts == {}
    assert lead.filling("check").state("shift").value == "night"
    assert lead.filling("check").state("meter").value == ("yes",)


def test_two_who_go_over_to_different_versions_are_asked_which(two: tuple[Visit, Visit], tmp_path: Path) -> None:
    lead, bob = two
    update_form(lead, with_more(changed(), asked("text", "shift")))
    update_form(bob, with_more(changed(), asked("text", "other")))
    bring(bob, lead, tmp_path / "two")
    (conflict,) = lead.state.conflicts.values()
    assert (conflict.kind, conflict.path) == ("version", "")
    assert [each.code for each in update_form(lead, with_more(changed(), asked("text", "third"))).problems] == [
        "visit.disputed"
    ]
    assert lead.settle(conflict, take=conflict.heads[0][1], why="agreed").problems == ()
    assert lead.state.conflicts == {}


def test_both_can_go_over_to_one_version_apart(two: tuple[Visit, Visit], tmp_path: Path) -> None:
    lead, bob = two
    new = with_more(changed(), asked("text", "shift"))
    update_form(lead, new)
    update_form(bob, new)
    say(bob, "shift", "night")
    bring(bob, lead, tmp_path / "two")
    assert lead.state.conflicts == {}
    assert lead.filling("check").state("shift").value == "night"


def test_every_part_of_a_preview_has_its_words(visit: Visit) -> None:
    from assessor_tui.i18n.moving_words import heading, kinds, part_line

    say(visit, "words", "as seen")
    say(visit, "power", kilowatt_hours("40"))
    say(visit, "carriers", ("sun",))
    new = with_more(
        changed(
            words=None, power={"constraint": ". > 99"}, carriers={"type": "text"}, expires={"required": "yes"},
            twice={"calculation": "1"},
        ),
        Question("text", "more_words", text("More")),
    )  # fmt: skip
    seen = preview(visit, new)
    assert kinds(seen) == ("again", "lost", "demanded", "gained", "as_text", "computed")
    for kind in kinds(seen):
        assert heading(kind, 1)
        assert all(part_line(kind, each, str) for each in getattr(seen, kind))
