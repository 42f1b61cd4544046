"""Taking bundles in and making them from inside the program."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.screen import Screen

from assessor_tui.bundle.seal import REQUEST
from assessor_tui.carry.exchange import DELTA, FULL, INVITE, make_bundle, merge_bundle
from assessor_tui.carry.portions import asking
from assessor_tui.ledger import entry as acts
from assessor_tui.store.ledger import Store
from assessor_tui.trust.enrol import enrolment_of
from assessor_tui.trust.roster import Member, Roster, fingerprint
from assessor_tui.trust.team import take_roster
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.windows.bundles import Taking, Writing, bundle_dialog, merge_dialog
from assessor_tui.tui.windows.pick_path import FILE, FOLDER, HERE, UP, find
from assessor_tui.visit import Visit, create_visit
from tests.sample_visit import identities, new_visit, open_store, same_visit
from tests.trust_worlds import SCHEME, signed
from tests.tui_visits import settled, text_of

FORM, QUESTION = "gate", "site_use"


class Blank(BaseScreen):
    """Any screen."""

    shown = 0

    def show(self, target: str = "") -> None:
        self.shown += 1


class Program(AssessorApp):
    """The program without its pages."""

    def get_default_screen(self) -> Screen:
        return Blank()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Callable[[str, str], Store]]:
    """Opens the ledger of a person; all are closed at the end."""
    stores: list[Store] = []

    def open_for(person: str, role: str) -> Store:
        stores.append(open_store(tmp_path / person.split()[0].lower(), person, role))
        return stores[-1]

    yield open_for
    for store in stores:
        store.close()


@pytest.fixture
def laptops(ledger: Callable[[str, str], Store]) -> tuple[Visit, Visit]:
    """The lead's and a colleague's laptop with the same visit."""
    lead = new_visit(ledger("Chan Siu Ming (sample)", "lead"))
    return lead, same_visit(ledger("Lee Sze Yan (sample)", "assessor"), lead)


def first_choice(visit: Visit) -> tuple[str, str, tuple[str, ...]]:
    """Form, path and choices of the first question with two choices."""
    for form, filling in visit.checklists.items():
        for item in filling.items():
            if item.kind == "question" and item.node.type == "select_one" and "[" not in item.path:
                names = tuple(choice.name for choice in filling.choices(item.path))
                if len(names) > 1:
                    return form, item.path, names
    raise AssertionError


async def take_in(visit: Visit, *keys: str, files: Path) -> tuple[str, Program]:
    """What the window says at the end, and the program after the keys."""
    app = Program(visit.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = visit
        visit.store.set_local("", "merge folder", str(files))
        await merge_dialog(app.screen)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        said = text_of(app.screen)
        await pilot.press(*keys)
        await settled(pilot)
    return said, app


def test_a_typed_path_lists_what_could_be_meant(tmp_path: Path) -> None:
    for name in ("chan.zip", "lee.zip", "notes.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "old").mkdir()

    def kinds(text: str, *, folder: bool = False) -> list[tuple[str, str]]:
        found = find(text, (".zip",), folder=folder, base=tmp_path, home=tmp_path)
        return [(each.kind, each.path.name) for each in found]

    assert {name for kind, name in kinds(f"{tmp_path}/") if kind == FILE} == {"chan.zip", "lee.zip"}
    assert kinds(f"{tmp_path}/")[0] == ("all", tmp_path.name)
    assert kinds(f"{tmp_path}/LEE") == [(FILE, "lee.zip")]
    assert [kind for kind, _name in kinds(f"{tmp_path}/*.zip")] == ["all", FILE, FILE]
    assert kinds(f"{tmp_path}/ol") == [(FOLDER, "old")]
    assert kinds("~/old/")[0] == (UP, tmp_path.name)
    assert kinds(f"/somewhere/else/{tmp_path}/lee") == [(FILE, "lee.zip")]
    assert kinds(f"/somewhere/'{tmp_path}/lee.zip'") == [(FILE, "lee.zip")]
    assert kinds(f"file://{tmp_path}/chan%2Ezip") == [(FILE, "chan.zip")]
    assert kinds(f"{tmp_path}/", folder=True)[0] == (HERE, tmp_path.name)
    assert kinds(f"{tmp_path}/new", folder=True) == [(HERE, "new")]
    assert kinds(f"{tmp_path}/nowhere/at/all") == []
    assert kinds("") != []


async def test_each_file_is_reported_and_a_broken_one_says_why(tmp_path: Path, laptops: tuple[Visit, Visit]) -> None:
    lead, colleague = laptops
    form, path, names = first_choice(colleague)
    colleague.record(acts.ANSWER, form, path, (names[0],))
    folder = tmp_path / "stick"
    folder.mkdir()
    make_bundle(colleague.store, colleague, folder, FULL)
    with zipfile.ZipFile(folder / "a-photo-archive.zip", "w") as archive:
        archive.writestr("readme.txt", "no bundle")

    said, _app = await take_in(lead, "enter", files=folder)

    assert "2 of 2 files" in said
    assert "1 new entry of Lee Sze Yan" in said
    assert "refused" in said
    assert lead.state.standing(form, path).value == (names[0],)  # the open visit has been read again
    assert lead.store.local(lead.id, "taken")[0]["new"] == 1


async def test_what_was_returned_is_said_first(tmp_path: Path, laptops: tuple[Visit, Visit]) -> None:
    from assessor_tui.returning import give_back, reply

    lead, colleague = laptops
    form, path, _names = first_choice(colleague)
    give_back(lead, [(form, path), ("", "")], "Which month?")
    (there := tmp_path / "there").mkdir()
    make_bundle(lead.store, lead, there, FULL)

    said, _app = await take_in(colleague, "escape", files=there)

    assert "« 2 returned to you" in said
    assert "Enter look at what was returned" in said
    assert colleague.returned == {(form, path), ("", "")}
    for place in colleague.returned:
        reply(colleague, place, "March.")
    (back := tmp_path / "back").mkdir()
    make_bundle(colleague.store, colleague, back, FULL)
    said, _app = await take_in(lead, files=back)
    assert "« 2 answered: look again" in said


async def test_the_same_bundle_again_brings_nothing(tmp_path: Path, laptops: tuple[Visit, Visit]) -> None:
    lead, colleague = laptops
    folder = tmp_path / "stick"
    folder.mkdir()
    make_bundle(colleague.store, colleague, folder, FULL)

    said, _app = await take_in(lead, files=folder)

    assert "everything in it is here already" in said


async def test_two_visits_that_look_alike_are_linked_only_by_a_person(
    tmp_path: Path, ledger: Callable[[str, str], Store]
) -> None:
    lead = new_visit(ledger("Chan Siu Ming (sample)", "lead"))
    other_store = ledger("Lee Sze Yan (sample)", "assessor")
    twin = new_visit(other_store)
    twin = create_visit(
        other_store,
        _materials(other_store),
        {name: twin.header(name) for name in ("site_name_en", "registered_number", "visit_date")},
        new_id=identities("twin"),
    )
    folder = tmp_path / "stick"
    folder.mkdir()
    make_bundle(other_store, twin, folder, FULL)

    for keys, linked in ((("enter", "2"), 0), (("enter", "1"), 1)):
        await take_in(lead, *keys, files=folder)
        found = [entry for _digest, entry in lead.store.entries(lead.id) if entry.act == acts.LINK]
        assert len(found) == linked


def _materials(store):
    from assessor_tui.config import shipped
    from assessor_tui.materials import load_materials

    return load_materials(store, shipped("forms"))[0]


async def test_a_bundle_is_written_read_back_and_named(tmp_path: Path, laptops: tuple[Visit, Visit]) -> None:
    lead, _colleague = laptops
    folder = tmp_path / "out"
    folder.mkdir()
    app = Program(lead.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = lead
        lead.store.set_local("", "bundle folder", str(folder))
        await bundle_dialog(app.screen, lead)
        await pilot.press("3", "enter")
        await settled(pilot)
        await settled(pilot)
        assert isinstance(app.screen, Writing)
        said = text_of(app.screen)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Blank)
    (written,) = folder.glob("*.zip")
    assert "written, read back and good" in said
    assert written.name[:30] in said


async def test_nothing_missing_is_no_choice_and_an_unwritable_place_is_a_sentence(
    tmp_path: Path, laptops: tuple[Visit, Visit]
) -> None:
    lead, _colleague = laptops
    make_bundle(lead.store, lead, tmp_path, FULL)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    app = Program(lead.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = lead
        await bundle_dialog(app.screen, lead.id)
        assert "nothing is missing" in text_of(app.screen)
        await pilot.press("escape")
        await app.push_screen(Writing(lead.store, lead, blocked / "inside", INVITE))
        await settled(pilot)
        await settled(pilot)
        assert "No bundle was written." in text_of(app.screen)


async def test_work_can_be_stopped_after_a_file(tmp_path: Path, laptops: tuple[Visit, Visit]) -> None:
    lead, colleague = laptops
    folder = tmp_path / "stick"
    folder.mkdir()
    file = make_bundle(colleague.store, colleague, folder, FULL).path
    app = Program(lead.store)
    async with app.run_test(size=(80, 24)) as pilot:
        window = Taking(lead.store, [file] * 3, app.new_id)
        window.stopped = True
        await app.push_screen(window)
        await settled(pilot)
        assert window.taken is not None
        assert all(each.merged is None for each in window.works)


async def test_a_request_is_answered_with_one_key(tmp_path: Path, laptops: tuple[Visit, Visit]) -> None:
    lead, colleague = laptops
    form, path, names = first_choice(colleague)
    colleague.record(acts.ANSWER, form, path, (names[0],))
    folder = tmp_path / "stick"
    folder.mkdir()
    make_bundle(lead.store, lead, folder, REQUEST)
    app = Program(colleague.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = colleague
        colleague.store.set_local("", "merge folder", str(folder))
        await merge_dialog(app.screen)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        said = text_of(app.screen)
        assert "Chan Siu Ming (sample) asks for 1 entry." in said
        assert "Enter make the bundle that is asked for" in said
        await pilot.press("enter")
        await settled(pilot)
        assert "into which folder?" in text_of(app.screen)
        colleague.store.set_local("", "bundle folder", str(folder))
        await pilot.press("escape")
        await app.push_screen(Writing(colleague.store, colleague, folder, DELTA))
        await settled(pilot)
        await settled(pilot)
        assert "1 entry" in text_of(app.screen)
    assert asking(colleague.store, colleague.id) == []


async def test_a_receipt_or_request_is_for_everybody_or_for_one_person(
    tmp_path: Path, laptops: tuple[Visit, Visit]
) -> None:
    lead, colleague = laptops
    form, path, names = first_choice(colleague)
    colleague.record(acts.ANSWER, form, path, (names[0],))
    merge_bundle(lead.store, make_bundle(colleague.store, colleague, tmp_path, FULL).path)
    app = Program(lead.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = lead
        await bundle_dialog(app.screen, lead.id)
        await pilot.press("4")
        await settled(pilot)
        said = text_of(app.screen)
        assert "Bundle: for whom?" in said and "everybody" in said and "Lee Sze Yan (sample)" in said
        await pilot.press("2")
        await settled(pilot)
        assert "into which folder?" in text_of(app.screen)


async def test_with_a_roster_a_bundle_is_for_somebody_the_lead_first(
    tmp_path: Path, laptops: tuple[Visit, Visit]
) -> None:
    lead, colleague = laptops
    people = []
    for visit, role in ((lead, "lead"), (colleague, "assessor")):
        asked = enrolment_of(visit.store)
        people.append(Member(asked.device, asked.key, asked.recipient, asked.person, role, 1))
    roster = Roster(1, SCHEME.key, 1, tuple(sorted(people)))
    take_roster(colleague.store, *signed(roster), confirmed=fingerprint(SCHEME.key))
    form, path, names = first_choice(colleague)
    colleague.record(acts.ANSWER, form, path, (names[0],))
    colleague.store.set_local("", "bundle folder", str(tmp_path))
    app = Program(colleague.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = colleague
        await bundle_dialog(app.screen, colleague.id)
        await pilot.press("2")
        await settled(pilot)
        said = text_of(app.screen)
        assert "team lead   encrypted" in said and "not encrypted" in said
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        assert [each.suffixes[-2:] for each in tmp_path.glob("*delta*")] == [[".zip", ".age"]]
