"""The page of conflicts: what each laptop said, what it does to the score, and the decision."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from textual import events

from assessor_tui.config import shipped
from assessor_tui.i18n.waiting_words import kind_words
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.state import Conflict
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.commands import CONFLICTS, WALK
from assessor_tui.tui.shown import conflict_effect, conflicts
from assessor_tui.tui.shown.conflict_card import ConflictModel, conflict_lines
from assessor_tui.visit import Visit
from tests.sample_visit import merge, new_visit, open_store, same_visit
from tests.tui_visits import ready, settled, text_of, until

FORM = "pollution_control"
NIGHT = "works_at_night"


class Laptops:
    """The lead's and a colleague's laptop with the same visit."""

    def __init__(self, folder: Path) -> None:
        self.stores: list[Store] = []
        self.lead = new_visit(self._store(folder / "chan", "Chan Siu Ming (sample)", "lead"))
        self.lee = same_visit(self._store(folder / "lee", "Lee Sze Yan (sample)", "assessor"), self.lead)

    def _store(self, folder: Path, person: str, role: str) -> Store:
        self.stores.append(open_store(folder, person, role))
        return self.stores[-1]

    def differ(self, path: str, names: tuple[str, str] | None = None) -> tuple[str, str]:
        """Names of the choices that lead and colleague took at ``path``; merged into the lead's laptop."""
        offered = [choice.name for choice in self.lead.filling(FORM).choices(path)]
        mine, theirs = names or (offered[0], offered[-1])
        for visit, name in ((self.lead, mine), (self.lee, theirs)):
            assert not visit.record(acts.ANSWER, FORM, path, (name,)).problems
        merge(self.lead, self.lee)
        return mine, theirs

    def app(self, target: str = "") -> AssessorApp:
        return AssessorApp(self.lead.store, place=CONFLICTS, visit_id=self.lead.id, target=target)


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[Laptops]:
    both = Laptops(tmp_path)
    yield both
    for store in both.stores:
        store.close()


async def decide(pilot, digit: str, reason: str) -> None:
    """Takes a side, then gives one of the usual reasons, as fast as a person does."""
    await pilot.press(digit)
    await pilot.pause(0.31)
    await pilot.press(reason)


def only(visit: Visit) -> conflicts.Case:
    (case,) = (case for case in conflicts.cases(visit) if case.settled is None)
    return case


async def test_both_sides_stand_with_who_when_note_and_proof(laptops: Laptops) -> None:
    laptops.lee.record(acts.NOTE, FORM, NIGHT, "The line [red]runs[/red] at night, guard says.")
    laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        said = text_of(pilot.app.screen)
    assert "Chan Siu Ming (sample)" in said
    assert "Lee Sze Yan (sample)" in said
    assert "laptop" in said
    assert "[red]runs[/red]" in said
    assert "conflict 1 of 1" in said


async def test_a_digit_takes_a_side_once_a_reason_is_given_and_the_next_conflict_follows(laptops: Laptops) -> None:
    laptops.differ(NIGHT)
    laptops.differ("has_exhaust_air")
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        page = pilot.app.screen
        case = page.case
        sides = conflicts.sides_of(page.visit, case, "en-HK")
        await pilot.press("2", "escape")
        assert len(page.visit.state.conflicts) == 2  # no reason, no decision
        await decide(pilot, "2", "3")
        await settled(pilot)
        standing = page.visit.state.standing(FORM, case.conflict.path)
        assert standing.entry.act == acts.SETTLE
        assert standing.value == sides[1].entry.value
        assert standing.entry.why == "checked together on site"
        assert page.case.conflict.path != case.conflict.path
        assert page.case.settled is None
        assert "1 conflict is left" in text_of(page)


async def test_a_digit_pressed_twice_by_a_slip_decides_nothing(laptops: Laptops) -> None:
    laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        slip = [events.Key("1", "1") for _ in range(2)]
        slip[1].time = slip[0].time + 0.05  # as fast as a slip, however slow the machine is
        for key in slip:
            pilot.app._driver.send_message(key)
        await settled(pilot)
        assert "1 was ignored" in text_of(pilot.app.screen)
        assert pilot.app.visit.state.conflicts


async def test_a_new_answer_needs_a_reason_too_and_both_notes_stay(laptops: Laptops) -> None:
    laptops.lee.record(acts.NOTE, FORM, NIGHT, "Seen by Lee.")
    laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        visit = pilot.app.visit
        await pilot.press("f2", "1", "4")
        await settled(pilot)
        standing = visit.state.standing(FORM, NIGHT)
        assert (standing.entry.act, standing.entry.why) == (acts.SETTLE, "agreed by the team")
        assert not standing.disputed
        assert len(visit.state.notes(FORM, NIGHT)) == 1


async def test_left_open_it_asks_the_colleagues_in_a_comment(laptops: Laptops) -> None:
    laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        visit = pilot.app.visit
        await pilot.press("0", "2")
        await settled(pilot)
        assert [entry.value for _digest, entry in visit.state.comments(FORM, NIGHT)] == [
            "Who has the document for this?"
        ]
        assert len(visit.state.conflicts) == 1


async def test_a_settled_conflict_stays_in_the_list_and_can_be_decided_otherwise(laptops: Laptops) -> None:
    mine, theirs = laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        visit = pilot.app.visit
        await decide(pilot, "1", "1")
        await settled(pilot)
        assert "settled by Chan Siu Ming (sample)" in text_of(pilot.app.screen)
        before = visit.state.standing(FORM, NIGHT).value
        await decide(pilot, "2", "1")
        await settled(pilot)
        after = visit.state.standing(FORM, NIGHT).value
        assert {before, after} == {(mine,), (theirs,)}


async def test_undo_opens_a_settled_conflict_again_between_the_same_people(laptops: Laptops) -> None:
    laptops.lee.record(acts.NOTE, FORM, NIGHT, "Seen by Lee.")
    laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        visit = pilot.app.visit
        await decide(pilot, "1", "1")
        await settled(pilot)
        assert not visit.state.conflicts
        await pilot.press("u")
        await settled(pilot)
        said = text_of(pilot.app.screen)
        assert "conflict 1 of 1" in said
        assert "Lee Sze Yan (sample)" in said
        assert "Seen by Lee." in said
        await decide(pilot, "2", "1")
        await settled(pilot)
        assert not visit.state.conflicts
        await pilot.press("ctrl+z", "ctrl+y")
        await settled(pilot)
        assert not visit.state.conflicts


async def test_scores_notes_and_reasons_are_not_drawn_while_someone_looks_on(laptops: Laptops) -> None:
    laptops.lee.record(acts.NOTE, FORM, NIGHT, "SECRET-NOTE")
    laptops.differ(NIGHT)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "Effect on the score" in text_of(pilot.app.screen))
        await pilot.press("ctrl+k")
        await until(pilot, lambda: "Effect on the score" not in text_of(pilot.app.screen))
        hidden = text_of(pilot.app.screen)
        assert "SECRET-NOTE" not in hidden
        assert "Effect on the score" not in hidden
        await pilot.press("v")
        assert "Hidden" in text_of(pilot.app.screen)


async def test_what_someone_else_changed_and_what_was_taken_have_lists_of_their_own(laptops: Laptops) -> None:
    laptops.lead.record(acts.ANSWER, FORM, NIGHT, ("yes",))
    merge(laptops.lee, laptops.lead)
    laptops.lee.record(acts.ANSWER, FORM, NIGHT, ("no",), why="The night shift was stopped in May.")
    merge(laptops.lead, laptops.lee)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "No conflict is open" in text_of(pilot.app.screen)
        await pilot.press("space")
        await settled(pilot)
        assert "Nobody else has decided anything here." in text_of(pilot.app.screen)
        await pilot.press("space")
        await settled(pilot)
        assert "The night shift was stopped in May." in text_of(pilot.app.screen)
        await pilot.press("space")
        await settled(pilot)
        assert "No question was answered by two people" in text_of(pilot.app.screen)
        await pilot.press("space")
        await settled(pilot)
        said = text_of(pilot.app.screen)
        assert "Laptops in this visit" in said
        await pilot.press("space", "space", "space", "o")
        await settled(pilot)
        assert pilot.app.place == WALK
        assert pilot.app.screen.target == f"{FORM}/{NIGHT}"


async def test_a_removed_row_in_which_somebody_worked_is_kept_or_removed(laptops: Laptops) -> None:
    visit = laptops.lead
    row = visit.record(acts.ADD_ROW, FORM, "outlets").entries[0][1].path
    merge(laptops.lee, visit)
    laptops.lee.record(acts.ANSWER, FORM, f"{row}/outlet_no", "DA001")
    visit.record(acts.REMOVE_ROW, FORM, row)
    merge(visit, laptops.lee)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)  # the visit opens, its score known as a range
        page = pilot.app.screen
        assert "row removed while somebody worked in it" in text_of(page)
        keep, gone = conflicts.sides_of(page.visit, page.case, "en-HK")
        assert (keep.person, gone.person) == ("Lee Sze Yan (sample)", "Chan Siu Ming (sample)")
        await decide(pilot, "1", "3")
        await settled(pilot)
        assert not page.visit.state.conflicts
        assert page.visit.state.rows(FORM)["outlets"] == [row[-33:-1]]


def test_the_effect_of_a_side_is_what_the_score_is_once_it_is_taken(laptops: Laptops) -> None:
    from assessor_tui.assess.results import Results

    question = next(
        item.path
        for item in laptops.lead.filling(FORM).items()
        if item.kind == "question" and item.node.type == "select_one" and item.node.points and "[" not in item.path
    )
    laptops.differ(question)
    visit = laptops.lead
    results = Results()
    results.look(visit.fillings, visit.state)
    case = only(visit)
    sides = conflicts.sides_of(visit, case, "en-HK")
    expected = [conflict_effect.effect_of(visit, results, case.conflict, side) for side in sides]
    assert expected[0] != expected[1]
    assert not visit.settle(case.conflict, take=sides[0].entry, why="seen").problems
    results.look(visit.fillings, visit.state)
    assert conflict_effect.effect_now(visit, results, FORM) == expected[0]
    assert expected[0].total.most <= Fraction(100)


def side(person: str, said: str) -> conflicts.Side:
    entry = Entry("0" * 32, "0" * 32, 1, "", 0, person, acts.ANSWER, "f", path="q", value=said)
    return conflicts.Side((("0" * 32, entry),), person, "ABC", "2026-11-12 10:32", said, notes=("附近 " * 30,))


@pytest.mark.parametrize("width", [20, 40, 60, 88, 99, 140])
def test_every_line_of_a_conflict_is_as_wide_as_the_card(width: int) -> None:
    model = ConflictModel(
        "3.07", "Is every outlet led to control equipment? 所有排放點是否接駁至控制設備？", kind="answered differently",
        sides=(side("陳小明（樣本）", "全部接駁"), side("Lee", "[b]Some[/b] points")), before="no answer",
        to_do=(("1-2", "let this side stand"),),
    )  # fmt: skip
    assert {line.line.cell_length for line in conflict_lines(model, width)} == {width}


def test_every_kind_says_in_plain_words_what_it_is_and_what_can_be_done() -> None:
    for kind in ("value", "cleared", "late", "row", "version", "fork", "signed"):
        assert kind_words(kind) != kind
        for signed in (False, True):
            to_do = conflicts.what_to_do(kind, signed=signed, sides=2)
            assert to_do
            assert all(words for _key, words in to_do)
    assert conflicts.what_to_do("value", signed=True, sides=2)[0][1].startswith("go to the review")


def test_a_conflict_between_three_has_three_digits(laptops: Laptops) -> None:
    heads = tuple(side(name, name).heads[0] for name in ("a", "b", "c"))
    case = conflicts.Case(Conflict("value", FORM, NIGHT, heads), ("value", FORM, NIGHT))
    assert [each.person for each in conflicts.sides_of(laptops.lead, case, "en-HK")] == ["a", "b", "c"]


async def test_what_came_after_the_signature_counts_once_the_lead_has_reopened(tmp_path: Path) -> None:
    from tests import walk_world

    with Store.open(tmp_path / "chan") as chan, Store.open(tmp_path / "lee") as other:
        chan.identify("Chan T.M.", "lead")
        other.identify("Lee S.Y.", "assessor")
        visit = walk_world.make_visit(chan)
        row = visit.record(acts.ADD_ROW, "air", "meters").entries[0][1].path
        visit.record(acts.ANSWER, "air", "log", ("yes",))
        visit.record(acts.ANSWER, "air", f"{row}/meter", "M-1")
        walk_world.materials(other)
        other.add(chan.entries(visit.id))
        late = Visit(other, visit.id, new_id=walk_world.new_id)
        assert not visit.sign("Chan T.M.").problems
        late.record(acts.ANSWER, "air", "log", ("no",), why="Seen at night.")
        chan.add(other.entries(visit.id))
        app = AssessorApp(chan, place=CONFLICTS, visit_id=visit.id, new_id=walk_world.new_id)
        async with app.run_test(size=(80, 24)) as pilot:
            await ready(pilot)
            assert "came after the signature" in text_of(app.screen)
            await pilot.press("1")
            await settled(pilot)
            assert app.place == "review"
            await pilot.press("f5", "1")
            await settled(pilot)
            assert not app.visit.signed
            # Lee had seen the lead's answer, so once the visit is open his counts like any other.
            assert not app.visit.state.conflicts
            assert app.visit.state.standing("air", "log").value == ("no",)
            await app.go(CONFLICTS)
            await pilot.press("space", "space")
            await settled(pilot)
            assert "Seen at night." in text_of(app.screen)


async def test_a_copied_laptop_is_understood_with_a_reason(tmp_path: Path) -> None:
    from assessor_tui.ledger.entry import hash_of
    from tests import walk_world

    with Store.open(tmp_path / "chan") as chan:
        chan.identify("Chan T.M.", "lead")
        visit = walk_world.make_visit(chan)
        _digest, entry = visit.record(acts.ANSWER, "air", "log", ("yes",)).entries[0]
        twin = entry._replace(value=("no",), at=entry.at + 1)
        chan.add([(hash_of(twin), twin)])
        app = AssessorApp(chan, place=CONFLICTS, visit_id=visit.id, new_id=walk_world.new_id)
        async with app.run_test(size=(80, 24)) as pilot:
            await ready(pilot)
            assert "a laptop was copied" in text_of(app.screen) or "answered differently" in text_of(app.screen)
            for _ in range(3):
                if not app.visit.state.conflicts:
                    break
                await decide(pilot, "1", "1")
                await settled(pilot)
            assert not app.visit.state.conflicts


async def test_many_are_settled_after_every_change_was_looked_at_and_one_undo_opens_all(laptops: Laptops) -> None:
    for path in (NIGHT, "has_exhaust_air"):
        laptops.differ(path)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        visit = pilot.app.visit
        await pilot.press("f5")
        assert "the whole visit: 2 conflicts" in text_of(pilot.app.screen)
        await pilot.press("2")
        assert "all answers of Lee Sze Yan (sample) stand: 2" in text_of(pilot.app.screen)
        assert "none here" in text_of(pilot.app.screen)
        await pilot.press("2")
        await settled(pilot)
        said = text_of(pilot.app.screen)
        assert "2 conflicts are settled" in said
        assert "then: " in said
        assert len(visit.state.conflicts) == 2, "nothing is recorded by looking"
        await pilot.press("enter", "1")
        await settled(pilot)
        assert not visit.state.conflicts
        assert "2 conflicts settled." in text_of(pilot.app.screen)
        assert {visit.state.standing(FORM, each).entry.why for each in (NIGHT, "has_exhaust_air")} == {
            "checked together on site"
        }
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert len(visit.state.conflicts) == 2


async def test_a_row_entered_twice_is_joined_or_kept_apart_with_a_reason(laptops: Laptops) -> None:
    flows = "energy_material_flow"
    for visit in (laptops.lead, laptops.lee):
        row = visit.record(acts.ADD_ROW, flows, "material_nodes").entries[0][1].path
        visit.record(acts.ANSWER, flows, f"{row}/stage_name", "Coating")
    merge(laptops.lead, laptops.lee)
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        visit = pilot.app.visit
        assert "row entered twice" in text_of(pilot.app.screen)
        assert "1 see to it" in text_of(pilot.app.screen).replace("1-3", "1")
        await pilot.press("9")
        assert "There is no side 9 here." in text_of(pilot.app.screen)
        await pilot.press("3", "1")
        await settled(pilot)
        assert "Decided." in text_of(pilot.app.screen)
        assert len(visit.filling(flows).rows("material_nodes")) == 2
        await pilot.press("ctrl+z")
        await settled(pilot)
        await pilot.press("1", "1")
        await settled(pilot)
        assert len(visit.filling(flows).rows("material_nodes")) == 1
        assert "No conflict is open" in text_of(pilot.app.screen)


async def test_one_kind_is_shown_when_it_is_chosen_and_the_agreement_is_told(laptops: Laptops) -> None:
    from assessor_tui.store.clocks import note_clocks

    laptops.differ(NIGHT)
    store = laptops.lead.store
    with store.together():
        note_clocks(store, [(laptops.lead.id, laptops.lee.store.device.id, store.now() + 4 * 86_400_000_000, 1)], 1)
    async with laptops.app().run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        page = pilot.app.screen
        assert "conflict 1 of 2" in text_of(page)
        await pilot.press("f7", "3")
        await settled(pilot)
        assert [row.kind for row in page.rows] == ["clock"]
        assert "Nothing is decided by a clock" in text_of(page)
        await pilot.press("1", "1")
        await settled(pilot)
        assert "It travels as a comment" in text_of(page)
        assert [row.key[0] for row in page.rows] == ["value"], "the kind that is gone is not shown any more"
        await pilot.press("space", "space", "space")
        await settled(pilot)
        assert "0 %   0 of 1" in text_of(page)
        await pilot.press("ctrl+k")
        await settled(pilot)
        assert "0 of 1" not in text_of(page)


async def test_what_the_lead_decided_is_new_to_the_assessor_until_it_was_looked_at(laptops: Laptops) -> None:
    laptops.differ(NIGHT)
    case = only(laptops.lead)
    laptops.lead.settle(case.conflict, take=case.conflict.heads[0][1], why="Guard's book seen.")
    merge(laptops.lee, laptops.lead)
    app = AssessorApp(laptops.lee.store, place=CONFLICTS, visit_id=laptops.lee.id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "Decided 1, 1 new" in text_of(app.screen)
        await pilot.press("space")
        await settled(pilot)
        assert "because: Guard's book seen." in text_of(app.screen)
        await pilot.press("space")
        await settled(pilot)
        assert "new" not in text_of(app.screen).splitlines()[3]
        await app.go(WALK, f"{FORM}/{NIGHT}")
        await settled(pilot)
        said = " ".join(text_of(app.screen).split())
        assert "decided by Chan Siu Ming (sample), because: Guard's book seen." in said


async def test_what_has_not_arrived_is_asked_for_with_a_request(laptops: Laptops, tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        laptops.lee.record(acts.NOTE, FORM, NIGHT, text)
    laptops.lead.store.add([laptops.lee.state.log(laptops.lee.store.device.id)[-1]])
    async with laptops.app().run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        said = text_of(pilot.app.screen)
        assert "Entries 1 to 2 of laptop" in said
        assert "Ask: " in said
        await pilot.press("1")
        await settled(pilot)
        assert "which folder" in text_of(pilot.app.screen) or "for whom" in text_of(pilot.app.screen)


async def test_a_visit_that_looks_the_same_is_said_to_be_another_one_with_a_reason(laptops: Laptops) -> None:
    from assessor_tui.carry.exchange import alike
    from assessor_tui.materials import load_materials
    from assessor_tui.visit import create_visit
    from tests.sample_visit import identities

    lead = laptops.lead
    said = {name: lead.header(name) for name in ("site_name_en", "registered_number", "visit_date")}
    materials = load_materials(lead.store, shipped("forms"))[0]
    twin = create_visit(lead.store, materials, said, new_id=identities("twin"))
    async with laptops.app().run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "visit entered twice" in text_of(pilot.app.screen))
        assert f"Visit {twin.id[:8]} has the same" in text_of(pilot.app.screen)
        await pilot.press("2", "1")
        await settled(pilot)
        assert "they are not the same" in text_of(pilot.app.screen)
        assert "No conflict is open" in text_of(pilot.app.screen)
    assert alike(lead.store, Visit(lead.store, lead.id, new_id=lead.new_id)) == []
