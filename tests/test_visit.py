"""The one road: what is recorded, what is refused and why, and that nothing is left half-done."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from assessor_tui.ledger.draft import Draft, RowDraft
from assessor_tui.ledger.entry import LineError, reference
from assessor_tui.ledger.state import Conflict
from assessor_tui.ledger.value import Evidence, Quantity, Value
from assessor_tui.store.errors import DiskFull
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Recorded, Visit, create_visit
from tests.small_visit import DAY, NINE, begin, ids, kilowatt_hours, laptop, materials, on_disk, say


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with laptop(tmp_path / "ann", "Ann", "lead") as store:
        yield begin(store)


@pytest.fixture
def shared(visit: Visit, tmp_path: Path) -> Iterator[tuple[Visit, Visit]]:
    """The same visit on two laptops."""
    with laptop(tmp_path / "bob", "Bob") as store:
        materials(store)
        store.add(visit.store.entries(visit.id))
        yield visit, Visit(store, visit.id, new_id=ids("b"))


def codes(recorded: Recorded) -> list[str]:
    assert recorded.entries == ()
    return [problem.code for problem in recorded.problems]


def send(one: Visit, other: Visit) -> None:
    other.store.add(one.store.entries(one.id))
    other.refresh()


@pytest.fixture
def reopened() -> Iterator[Callable[[Visit], Visit]]:
    """Gives the visit after the program was closed and opened again."""
    opened: list[Store] = []

    def reopen(visit: Visit) -> Visit:
        folder = visit.store.folder
        visit.store.close()
        opened.append(Store.open(folder))
        return Visit(opened[-1], visit.id, new_id=ids("c"))

    yield reopen
    for store in opened:
        store.close()


# Opening


def test_a_new_visit_has_its_opening_forms_header_and_defaults_at_once(visit: Visit) -> None:
    assert visit.opening.value == ("assessment",)
    assert list(visit.forms) == ["header", "check", "findings"]
    assert visit.header("site_name_en") == "Mock Works"
    assert visit.category.name == "best"
    assert on_disk(visit, "check", "share") == ("answered", Quantity("5"))


def test_a_visit_that_the_disk_does_not_take_does_not_exist(tmp_path: Path) -> None:
    with laptop(tmp_path, "Ann") as store:
        needed = materials(store)
        fill_the_disk(store)
        with pytest.raises(DiskFull):
            create_visit(store, needed, {"site_name_en": "x" * 19_000, "site_name_zh": "x" * 19_000}, new_id=ids("a"))
        assert store.visits() == []


# Answering


@pytest.mark.parametrize(
    ("path", "value", "kept"),
    [
        ("meter", ("yes",), ("yes",)),
        ("carriers", ("sun", "grid"), ("grid", "sun")),
        ("power", Quantity("012.50", "MWh"), Quantity("12.5", "MWh")),
        ("words", "  two\r\nlines\x07 ", "two\nlines"),
        ("expires", "2027-01-31", "2027-01-31"),
        ("power", Quantity("-4", "kWh"), Quantity("-4", "kWh")),  # breaks a rule: kept, and flagged
    ],
)
def test_an_answer_is_on_disk_in_its_one_spelling_when_record_returns(
    visit: Visit, path: str, value: Value, kept: Value
) -> None:
    recorded = visit.record("answer", "check", path, value)
    assert recorded.problems == ()
    assert [entry.value for _, entry in recorded.entries] == [kept]
    assert on_disk(visit, "check", path) == ("answered", kept)
    assert visit.filling("check").state(path).value == kept


def test_what_an_answer_changes_elsewhere_comes_back_with_it(visit: Visit) -> None:
    assert "twice" in visit.record("answer", "check", "power", kilowatt_hours("21")).changes["check"].values
    assert visit.filling("check").state("twice").value == "42"
    assert "why_not" in visit.record("answer", "check", "meter", ("no",)).changes["check"].relevance


@pytest.mark.parametrize(
    ("act", "form", "path", "value", "code"),
    [
        ("answer", "nowhere", "meter", ("yes",), "visit.unknown_form"),
        ("answer", "", "meter", ("yes",), "visit.unknown_form"),
        ("add row", "", "outlets", None, "visit.unknown_form"),
        ("answer", "check", "metre", ("yes",), "visit.unknown_path"),
        ("answer", "check", "outlets", ("yes",), "visit.unknown_path"),
        ("answer", "check", f"outlets[{'0' * 32}]/tag", "A", "visit.unknown_path"),
        ("answer", "check", "twice", "4", "visit.not_answered_by_people"),
        ("answer", "check", "read_me", "4", "visit.not_answered_by_people"),
        ("answer", "check", "plan", "4", "visit.not_answered_by_people"),
        ("answer", "check", "fixed", "4", "visit.read_only"),
        ("answer", "check", "meter", "yes", "answer.type"),
        ("answer", "check", "meter", ("yes", "no"), "answer.type"),
        ("answer", "check", "meter", ("maybe",), "answer.choice_gone"),
        ("answer", "check", "worst", ("0" * 32,), "answer.choice_gone"),
        ("answer", "check", "power", Quantity("3", "kg"), "answer.unit"),
        ("answer", "check", "power", Quantity("three", "kWh"), "answer.type"),
        ("answer", "check", "power", Quantity("1e3", "kWh"), "answer.type"),
        ("answer", "check", "share", Quantity("2.5"), "answer.type"),
        ("answer", "check", "expires", "31/1/2027", "answer.type"),
        ("answer", "check", "words", "x" * 20_001, "visit.too_long"),
        ("not applicable", "check", "gate", None, "visit.not_applicable_forbidden"),
        ("not applicable", "check", "meter", None, "visit.reason_needed"),
        ("to come", "check", "meter", None, "visit.reason_needed"),
        ("settle", "check", "meter", ("yes",), "visit.reason_needed"),
        ("note", "check", "meter", " \n ", "visit.empty_text"),
        ("comment", "check", "meter", None, "visit.empty_text"),
        ("note", "check", "metre", "Seen", "visit.unknown_path"),
        ("note", "check", "meter", "x" * 20_001, "visit.too_long"),
        ("attach", "check", f"outlets[{'0' * 32}]", Evidence("measured", {"caption": "x"}), "visit.unknown_path"),
        ("withdraw", "check", "meter", None, "visit.reason_needed"),
        ("add row", "check", "meter", None, "visit.unknown_path"),
        ("add row", "check", "months", None, "visit.counted_rows"),
        ("remove row", "check", "outlets", None, "visit.unknown_path"),
        ("remove row", "check", f"outlets[{'0' * 32}]", None, "visit.unknown_path"),
    ],
)  # fmt: skip
def test_what_may_not_be_recorded_is_refused_with_its_reason_and_changes_nothing(
    visit: Visit, act: str, form: str, path: str, value: Value | None, code: str
) -> None:
    before = len(visit.store.entries(visit.id))
    assert codes(visit.record(act, form, path, value)) == [code]
    assert len(visit.store.entries(visit.id)) == len(visit.state) == before


def test_every_refusal_has_its_sentence() -> None:
    import inspect
    import re

    from assessor_tui import filled_visit, visit
    from assessor_tui.i18n.sentences import SENTENCES

    source = inspect.getsource(visit) + inspect.getsource(filled_visit)
    said = re.findall(r'"((?:visit|answer|conflict)\.[a-z_]+)"', source)
    assert len(set(said)) > 15
    assert set(said) <= set(SENTENCES)


@pytest.mark.parametrize("act", ["sign", "reopen", "open visit", "use form", "dance"])
def test_acts_with_a_function_of_their_own_never_pass_as_answers(visit: Visit, act: str) -> None:
    with pytest.raises(ValueError, match=act):
        visit.record(act, "", "")


def test_the_same_answer_again_is_no_new_entry(visit: Visit) -> None:
    say(visit, "power", kilowatt_hours("7"))
    assert visit.record("answer", "check", "power", kilowatt_hours("7.0")) == Recorded()
    assert visit.record("clear", "check", "words") == Recorded()


def test_not_applicable_and_to_come_carry_their_reason(visit: Visit) -> None:
    for act, why in (("not applicable", "No meter by design"), ("to come", "Plan, from Mr Mock, by Friday")):
        assert visit.record(act, "check", "meter", why=f" {why} ").problems == ()
        assert on_disk(visit, "check", "meter") == (act, None)
        standing = visit.state.standing("check", "meter")
        assert standing is not None and standing.entry.why == why
        assert visit.filling("check").state("meter").status == act


def test_a_default_that_was_cleared_stays_cleared_after_reopening(
    visit: Visit, reopened: Callable[[Visit], Visit]
) -> None:
    visit.record("clear", "check", "share")
    assert visit.filling("check").state("share").value is None
    again = reopened(visit)
    assert again.filling("check").state("share").status == "missing"
    assert "share" not in again.state.answers("check")


# Somebody else's answer


def test_changing_what_somebody_else_said_needs_a_reason_and_is_listed(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "meter", ("yes",))
    send(ann, bob)
    refused = bob.record("answer", "check", "meter", ("no",))
    assert codes(refused) == ["visit.someone_else"]
    assert refused.problems[0].parameters == {"person": "Ann"}
    assert bob.record("answer", "check", "meter", ("yes",)) == Recorded()
    say(bob, "meter", ("no",), why="The meter was taken away")
    assert [entry.path for _, entry in bob.state.changed_by_someone_else()] == ["meter"]


def test_the_same_person_on_a_new_laptop_goes_on_without_reasons(visit: Visit, tmp_path: Path) -> None:
    say(visit, "meter", ("yes",))
    with laptop(tmp_path / "new", "Ann", "lead") as store:
        materials(store)
        store.add(visit.store.entries(visit.id))
        say(Visit(store, visit.id, new_id=ids("d")), "meter", ("no",))


def test_a_disputed_question_takes_no_new_answer_until_it_is_settled(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "meter", ("yes",))
    say(bob, "meter", ("no",))
    send(bob, ann)
    assert codes(ann.record("answer", "check", "meter", ("partly",), why="between")) == ["visit.disputed"]
    assert codes(ann.record("clear", "check", "meter", why="away with it")) == ["visit.disputed"]
    (conflict,) = ann.state.conflicts.values()
    assert codes(ann.settle(conflict, take=conflict.heads[0][1], why=" ")) == ["visit.reason_needed"]
    taken = next(entry for _, entry in conflict.heads if entry.person == "Bob")
    assert ann.settle(conflict, take=taken, why="Looked together").problems == ()
    assert ann.state.conflicts == {}
    assert ann.filling("check").state("meter").value == ("no",)


def only_conflict(visit: Visit) -> Conflict:
    (conflict,) = visit.state.conflicts.values()
    return conflict


def test_a_conflict_can_be_settled_by_a_third_answer_or_by_none(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    for path, mine, theirs in (("power", kilowatt_hours("1"), kilowatt_hours("2")), ("words", "one", "two")):
        say(ann, path, mine)
        say(bob, path, theirs)
    send(bob, ann)
    power, words = ann.state.conflicts.values()
    assert ann.settle(power, value=Quantity("0.0015", "MWh"), why="Read again").problems == ()
    assert ann.settle(words, why="Nobody remembers").problems == ()
    assert ann.state.conflicts == {}
    assert ann.filling("check").state("power").value == Quantity("0.0015", "MWh")
    assert ann.filling("check").state("words").status == "missing"
    send(ann, bob)
    assert bob.state.conflicts == {}
    say(bob, "words", "later after all", why="Found the sheet")


def test_a_settled_answer_must_still_be_one(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "meter", ("yes",))
    say(bob, "meter", ("no",))
    send(bob, ann)
    assert codes(ann.settle(only_conflict(ann), value="yes", why="x")) == ["answer.type"]


def test_an_answer_against_not_applicable_is_settled_with_its_reason(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "meter", ("yes",))
    bob.record("not applicable", "check", "meter", why="No supply here")
    send(bob, ann)
    conflict = only_conflict(ann)
    taken = next(entry for _, entry in conflict.heads if entry.act == "not applicable")
    assert ann.settle(conflict, take=taken, why="Supply cut off since May").problems == ()
    assert on_disk(ann, "check", "meter") == ("not applicable", None)


def test_equal_amounts_in_different_units_are_no_conflict(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    say(ann, "power", Quantity("1.5", "MWh"))
    say(bob, "power", Quantity("1500", "kWh"))
    send(bob, ann)
    assert ann.state.conflicts == {}


@pytest.mark.parametrize("keep", [True, False])
def test_a_row_that_one_removed_and_another_worked_in_waits_for_a_decision(
    shared: tuple[Visit, Visit], keep: bool
) -> None:
    ann, bob = shared
    row = ann.record("add row", "check", "outlets").entries[0][1].path
    send(ann, bob)
    say(bob, f"{row}/tag", "DA001")
    assert ann.record("remove row", "check", row).problems == ()
    send(bob, ann)
    conflict = only_conflict(ann)
    assert (conflict.kind, conflict.path) == ("row", row)
    assert ann.filling("check").rows("outlets") == (row[-33:-1],)
    removal = next(entry for _, entry in conflict.heads if entry.act == "remove row")
    other = next(entry for _, entry in conflict.heads if entry.act != "remove row")
    assert ann.settle(conflict, take=other if keep else removal, why="Walked there again").problems == ()
    assert ann.state.conflicts == {}
    assert ann.filling("check").rows("outlets") == ((row[-33:-1],) if keep else ())
    send(ann, bob)
    assert bob.state.conflicts == {}
    assert bob.filling("check").rows("outlets") == ann.filling("check").rows("outlets")


def test_what_comes_after_the_signature_waits_beside_it_until_the_visit_is_reopened(
    shared: tuple[Visit, Visit],
) -> None:
    ann, bob = shared
    say(ann, "meter", ("no",))
    say(ann, "gate", ("yes",))
    send(ann, bob)
    assert ann.sign("Ann").problems == ()
    say(bob, "words", "came late")
    send(bob, ann)
    conflict = only_conflict(ann)
    assert (conflict.kind, ann.signed) == ("late", True)
    assert codes(ann.settle(conflict, take=conflict.heads[0][1], why="x")) == ["visit.signed"]
    ann.reopen("Bob's bundle came late")
    assert not ann.signed
    assert ann.filling("check").state("words").value == "came late"


# Rows


def test_a_row_comes_with_its_defaults_and_goes_with_its_answers(visit: Visit) -> None:
    row = visit.record("add row", "check", "outlets").entries[0][1].path
    second = visit.record("add row", "check", "outlets").entries[0][1].path
    assert on_disk(visit, "check", f"{row}/number") == ("answered", Quantity("1"))
    assert on_disk(visit, "check", f"{second}/number") == ("answered", Quantity("2"))
    say(visit, f"{row}/tag", "DA001")
    inner = visit.record("add row", "check", f"{row}/tests").entries[0][1].path
    say(visit, f"{inner}/result", Quantity("4.5"))
    assert visit.filling("check").row_label(row) == "DA001"
    assert visit.record("remove row", "check", row).problems == ()
    assert visit.filling("check").rows("outlets") == (second[-33:-1],)
    assert f"{inner}/result" not in visit.state.answers("check")


@pytest.mark.parametrize("step", [0, -1, 1_000_000])
def test_undo_takes_a_new_row_back_with_its_defaults_and_nothing_else_whatever_the_clock_says(
    tmp_path: Path, step: int
) -> None:
    ticks = count(NINE, step)
    with Store.open(tmp_path, now=lambda: next(ticks)) as store:
        store.identify("Ann", "lead")
        visit = begin(store)
        row = visit.record("add row", "check", "outlets").entries[0][1].path
        say(visit, f"{row}/tag", "DA001")
        visit.undo()
        assert [*visit.state.answers("check")] == ["share", f"{row}/number"]
        visit.undo()
        assert visit.filling("check").rows("outlets") == ()
        assert visit.undo() == Recorded()
        visit.redo()
        assert on_disk(visit, "check", f"{row}/number") == ("answered", Quantity("1"))
        assert visit.redo().entries[0][1].value == "DA001"


def test_undo_brings_a_removed_row_back_with_everything_in_it_also_after_reopening(
    visit: Visit, reopened: Callable[[Visit], Visit]
) -> None:
    row = visit.record("add row", "check", "outlets").entries[0][1].path
    say(visit, f"{row}/tag", "DA001")
    inner = visit.record("add row", "check", f"{row}/tests").entries[0][1].path
    say(visit, f"{inner}/result", Quantity("4.5"))
    visit.record("remove row", "check", row)
    again = reopened(visit)
    assert again.filling("check").rows("outlets") == ()
    assert again.undo().entries
    filling = again.filling("check")
    assert filling.state(f"{row}/tag").value == "DA001"
    assert filling.state(f"{inner}/result").value == Quantity("4.5")


def test_a_choice_of_a_row_is_offered_while_the_row_stands(visit: Visit) -> None:
    row = visit.record("add row", "check", "outlets").entries[0][1].path
    say(visit, "worst", (row[-33:-1],))
    visit.record("remove row", "check", row)
    assert [problem.code for problem in visit.filling("check").state("worst").problems] == ["answer.choice_gone"]


# Taking back


def test_undo_and_redo_go_through_the_answers_and_survive_reopening(
    visit: Visit, reopened: Callable[[Visit], Visit]
) -> None:
    for number in ("1", "2", "3"):
        say(visit, "power", kilowatt_hours(number))
    assert visit.undo().entries[0][1].value == kilowatt_hours("2")
    again = reopened(visit)
    assert again.undo().entries[0][1].value == kilowatt_hours("1")
    assert again.redo().entries[0][1].value == kilowatt_hours("2")
    assert again.filling("check").state("power").value == kilowatt_hours("2")
    assert again.filling("check").state("twice").value == "4"


def test_nothing_is_taken_back_when_there_is_nothing_own(shared: tuple[Visit, Visit]) -> None:
    _, bob = shared
    assert bob.undo() == bob.redo() == Recorded()


def test_undo_of_a_changed_date_moves_today_back(visit: Visit, reopened: Callable[[Visit], Visit]) -> None:
    say(visit, "expires", "2026-11-20")
    assert visit.filling("check").state("expires").problems == ()
    say(visit, "visit_date", "2026-12-01", form="header")
    assert visit.today == "2026-12-01"
    assert [problem.code for problem in visit.filling("check").state("expires").problems] == ["answer.warning"]
    again = reopened(visit)
    assert [problem.code for problem in again.filling("check").state("expires").problems] == ["answer.warning"]
    again.undo()
    assert again.today == DAY
    assert again.filling("check").state("expires").problems == ()


# Notes and evidence


def test_a_note_is_changed_by_naming_what_it_replaces(visit: Visit) -> None:
    (head,) = visit.record("note", "check", "meter", "Seen at ten").entries
    name = reference(head[1].device, head[1].seq, head[0])
    visit.record("note", "check", "meter", "Seen at eleven", replaces=[name])
    assert [entry.value for _, entry in visit.state.notes("check", "meter")] == ["Seen at eleven"]
    visit.undo()
    assert [entry.value for _, entry in visit.state.notes("check", "meter")] == ["Seen at ten"]


def test_evidence_stands_at_questions_rows_groups_and_loose(visit: Visit) -> None:
    row = visit.record("add row", "check", "outlets").entries[0][1].path
    proof = Evidence("original_seen", {"number": "A-1\x00", "issuer": ""})
    for form, path in (("check", "meter"), ("check", "more"), ("check", "outlets"), ("check", row), ("", "")):
        assert visit.record("attach", form, path, proof).problems == ()
        ((_, entry),) = visit.state.evidence(form, path)
        assert entry.value == Evidence("original_seen", {"number": "A-1"})


# Signed


def test_under_a_signature_only_comments_pass(visit: Visit) -> None:
    say(visit, "meter", ("no",))
    say(visit, "gate", ("yes",))
    assert visit.sign("ann").problems == ()
    for act, path, value in (("answer", "meter", ("yes",)), ("note", "meter", "x"), ("add row", "outlets", None)):
        assert codes(visit.record(act, "check", path, value)) == ["visit.signed"]
    assert codes(visit.undo()) == ["visit.signed"]
    assert visit.record("comment", "check", "meter", "To be looked at").problems == ()
    assert codes(visit.reopen("")) == ["visit.reason_needed"]
    assert visit.reopen("Wrong meter").problems == ()
    say(visit, "meter", ("partly",))


def test_signing_says_everything_that_is_missing_and_who_may_sign(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    row = ann.record("add row", "findings", "findings").entries[0][1].path
    say(ann, f"{row}/grade", ("major",), form="findings")
    assert codes(ann.sign("Ann")) == ["answer.required", "visit.finding_owner", "visit.finding_due"]
    assert codes(ann.sign("Bob")) == ["visit.other_name"]
    assert codes(bob.sign("Bob")) == ["visit.not_lead"]
    assert codes(ann.reopen("x")) == ["visit.not_signed"]


# The disk


def fill_the_disk(store: Store) -> None:
    """No page more for this ledger."""
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
    store.connection.execute(f"PRAGMA max_page_count = {pages:d}")


def test_a_full_disk_loses_nothing_and_leaves_everything_as_it_was(
    visit: Visit, reopened: Callable[[Visit], Visit]
) -> None:
    say(visit, "words", "before")
    fill_the_disk(visit.store)
    told = (len(visit.state), visit.state.answers("check"))
    with pytest.raises(DiskFull):
        for number in range(2000):
            accepted = len(visit.state), visit.state.answers("check"), visit.filling("check").state("words").value
            say(visit, "words", f"{number} " + "x" * 4000)
    assert accepted[0] >= told[0]
    assert (len(visit.state), visit.state.answers("check"), visit.filling("check").state("words").value) == accepted
    assert on_disk(visit, "check", "words") == ("answered", accepted[2])
    with pytest.raises(DiskFull):
        visit.record("add row", "check", "outlets")
        visit.record("answer", "check", "words", "y" * 19_000)
    visit.store.connection.execute("PRAGMA max_page_count = 1000000")
    say(visit, "words", "after")
    again = reopened(visit)
    assert again.filling("check").state("words").value == "after"
    assert again.store.verify_logs() == []


def test_a_row_that_starts_with_answers_is_taken_back_in_one_step(tmp_path):
    with laptop(tmp_path, "Chan") as store:
        visit = begin(store)
        recorded = visit.add_row("check", "outlets", {"tag": "DA001", "number": Quantity("7")})
        row = recorded.entries[0][1].path
        filling = visit.filling("check")
        assert filling.state(f"{row}/tag").value == "DA001"
        assert filling.state(f"{row}/number").value == Quantity("7")
        visit.undo()
        assert filling.rows("outlets") == ()
        assert visit.add_row("check", "nowhere", {}).problems[0].code == "visit.unknown_path"


def test_what_is_replaced_must_stand_at_the_same_place(visit: Visit) -> None:
    digest, entry = visit.record("attach", "check", "meter", Evidence("interview", {"post": "shift leader"})).entries[0]
    named = reference(entry.device, entry.seq, digest)
    with pytest.raises(ValueError, match="another place"):
        visit.record("detach", "check", "words", replaces=[named])
    assert visit.record("detach", "check", "meter", replaces=[named]).problems == ()


def test_evidence_that_no_bundle_could_carry_is_not_recorded(visit: Visit) -> None:
    before = len(visit.state)

    with pytest.raises(ValueError, match="not a value"):
        visit.record("attach", "check", "meter", Evidence("photo", {"colour": "red"}))

    assert len(visit.state) == before


@pytest.mark.parametrize(
    ("path", "value"), [("words", ""), ("words", " \n"), ("words", "\udcff\x1b"), ("carriers", ())]
)
def test_nothing_is_no_answer(visit: Visit, path: str, value: Value) -> None:
    say(visit, "words", "before")
    assert codes(visit.record("answer", "check", path, value)) == ["visit.empty_text"]
    assert on_disk(visit, "check", "words") == ("answered", "before")


def test_the_same_evidence_at_the_same_place_is_no_new_entry(visit: Visit) -> None:
    proof = Evidence("document", {"number": "7", "issuer": "Bureau"})
    assert visit.record("attach", "check", "meter", proof).entries
    assert visit.record("attach", "check", "meter", proof).entries == ()
    assert visit.record("attach", "check", "words", proof).entries
    assert len(visit.state.evidence("check", "meter")) == 1


def test_a_row_or_visit_that_starts_with_nothing_said_has_no_answer_there(visit: Visit) -> None:
    row = visit.add_row("check", "outlets", {"tag": " ", "number": Quantity("3")}).entries[0][1].path
    assert on_disk(visit, "check", f"{row}/tag") is None
    assert on_disk(visit, "check", f"{row}/number") == ("answered", Quantity("3"))
    assert on_disk(begin(visit.store, "d", site_name_zh=""), "header", "site_name_zh") is None


# Many rows at once


def test_many_rows_are_added_and_filled_in_one_append_and_undone_as_one(visit: Visit) -> None:
    here = visit.add_row("check", "outlets", {"tag": "A"}).entries[0][1].path
    recorded = visit.fill_rows(
        "check", "outlets",
        [
            RowDraft(here, {"tag": "A1"}), RowDraft("", {"tag": "B", "number": Quantity("7")}),
            RowDraft("", {"tag": "C"}),
        ],
    )  # fmt: skip

    filling = visit.filling("check")
    rows = [f"outlets[{row}]" for row in filling.rows("outlets")]
    assert recorded.problems == ()
    assert [filling.row_label(row) for row in rows] == ["A1", "B", "C"]
    # What a new row sets itself looks at the rows before it, also at those added with it.
    assert [filling.state(f"{row}/number").value for row in rows] == [Quantity("1"), Quantity("7"), Quantity("3")]
    visit.undo()
    assert [filling.row_label(f"outlets[{row}]") for row in filling.rows("outlets")] == ["A"]
    visit.redo()
    assert [filling.row_label(f"outlets[{row}]") for row in filling.rows("outlets")] == ["A1", "B", "C"]


def test_a_table_of_thousands_of_cells_leaves_the_same_as_cell_by_cell(
    visit: Visit, reopened: Callable[[Visit], Visit]
) -> None:
    visit.fill_rows(
        "check", "outlets", [RowDraft("", {"tag": f"T{n}", "number": Quantity(str(n))}) for n in range(100)]
    )
    filling = visit.filling("check")
    shown = [(filling.row_label(f"outlets[{row}]"), row) for row in filling.rows("outlets")]

    again = reopened(visit).filling("check")

    assert [(again.row_label(f"outlets[{row}]"), row) for row in again.rows("outlets")] == shown
    assert [label for label, _ in shown] == [f"T{n}" for n in range(100)]


def test_one_bad_cell_holds_back_the_whole_table(visit: Visit) -> None:
    before = len(visit.state)
    recorded = visit.fill_rows(
        "check", "outlets", [RowDraft("", {"tag": "A"}), RowDraft("", {"number": "seven"}), RowDraft("", {"tag": ""})]
    )

    assert codes(recorded) == ["answer.type", "visit.empty_text"]
    assert len(visit.state) == before


def test_someone_elses_answers_are_changed_by_a_table_only_with_one_reason_for_all(shared: tuple[Visit, Visit]) -> None:
    ann, bob = shared
    row = ann.add_row("check", "outlets", {"tag": "A", "number": Quantity("3")}).entries[0][1].path
    send(ann, bob)
    wanted = [RowDraft(row, {"tag": "A", "number": Quantity("4")}), RowDraft("", {"tag": "B"})]

    refused = bob.fill_rows("check", "outlets", wanted)
    done = bob.fill_rows("check", "outlets", wanted, why="the site's own list")

    assert codes(refused) == ["visit.someone_else"]
    assert [entry.why for _, entry in done.entries if entry.why] == ["the site's own list"]


def test_rows_are_filled_only_where_the_form_has_them(visit: Visit) -> None:
    assert codes(visit.fill_rows("check", "nothing", [])) == ["visit.unknown_path"]
    assert codes(visit.fill_rows("nothing", "outlets", [])) == ["visit.unknown_form"]
    assert codes(visit.fill_rows("check", "months", [RowDraft("", {"used": Quantity("3")})])) == ["visit.counted_rows"]
    assert codes(visit.fill_rows("check", "outlets", [RowDraft("", {"moon": "3"})])) == ["visit.unknown_path"]
    assert codes(visit.fill_rows("check", "outlets", [RowDraft(f"outlets[{'0' * 32}]", {})])) == ["visit.unknown_path"]
    counted = f"months[{visit.filling('check').rows('months')[1]}]"
    assert visit.fill_rows("check", "months", [RowDraft(counted, {"used": Quantity("3")})]).problems == ()


# Numbers to ask about


def test_a_number_far_from_the_sites_last_visit_is_asked_about(visit: Visit) -> None:
    visit.record("answer", "header", "registered_number", "9144")
    visit.record("answer", "check", "power", Quantity("1200", "kWh"))
    header = {"site_name_en": "Mock Works", "visit_date": "2027-11-12"}
    now = create_visit(visit.store, materials(visit.store), header, new_id=ids("e"))

    assert now.doubt("check", "power", Quantity("1.25", "kWh")) is None
    now.record("answer", "header", "registered_number", "9144")
    found = now.doubt("check", "power", Quantity("1.25", "kWh"))

    assert found is not None
    assert (found.code, found.parameters["times"], found.parameters["year"]) == ("unlike.less_before", "1000", "2026")
    assert now.doubt("check", "power", Quantity("1.25", "MWh")) is None
    assert now.doubt("check", "words", "1.25") is None


@pytest.mark.parametrize("act", ["answer", "to come", "not applicable"])
def test_words_are_no_choice_and_what_no_bundle_could_carry_is_not_recorded(visit: Visit, act: str) -> None:
    for path in ("meter", "carriers"):
        recorded = visit.record(act, "check", path, "ask the office", why="by Friday")
        assert (recorded.entries, [each.code for each in recorded.problems]) == ((), ["answer.type"])
    with pytest.raises(LineError):
        visit.store.append([Draft(visit.id, "answer", "check", "carriers", ())])
