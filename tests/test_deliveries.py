"""Who has delivered: in a window that asks for what is missing, and as a command."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assessor_tui.bundle.read import open_bundle
from assessor_tui.bundle.seal import RECEIPT, REQUEST
from assessor_tui.carry.exchange import DELTA, FULL, INVITE, Portion, make_bundle, merge_bundle
from assessor_tui.tui.app import AssessorApp
from assessor_tui.tui.windows.deliveries import Deliveries, deliveries_dialog
from assessor_tui.visit import Visit
from tests.cli_world import named, new_visit
from tests.small_visit import begin, ids, laptop, say
from tests.test_bundle_windows import Program
from tests.tui_visits import settled, text_of


@pytest.fixture
def gap(tmp_path: Path) -> Iterator[Visit]:
    """The lead's visit, in which entries 1 to 2 of Ann have not arrived."""
    with ExitStack() as stack:
        lead = begin(stack.enter_context(laptop(tmp_path / "lead", "Lee", "lead")))
        store = stack.enter_context(laptop(tmp_path / "ann", "Ann"))
        merge_bundle(store, make_bundle(lead.store, lead, tmp_path / "stick", INVITE).path)
        ann = Visit(store, lead.id, new_id=ids("b"))
        for words in ("first", "second", "third"):
            say(ann, "words", words)
        assert store.device is not None and lead.store.device is not None
        after = {(store.device.id, 0): 2, (lead.store.device.id, 0): 99}
        merge_bundle(lead.store, make_bundle(store, ann, tmp_path / "stick", DELTA, portion=Portion(after)).path)
        lead.refresh()
        yield lead


async def shows(app: AssessorApp, pilot: object, visit: Visit) -> str:
    await deliveries_dialog(app.screen, visit)  # type: ignore[arg-type]
    await settled(pilot)
    return text_of(app.screen)


@pytest.mark.parametrize("width", [80, 140])
async def test_the_window_names_what_is_missing_of_whose_laptop(gap: Visit, width: int) -> None:
    app = Program(gap.store)
    async with app.run_test(size=(width, 24)) as pilot:
        app.visit = gap
        said = await shows(app, pilot, gap)
        assert "Ann" in said and "1 entry   something is missing" in said
        assert "missing: entries 1 to 2" in said
        assert "heard 2026-11-12" in said


async def test_enter_asks_for_what_is_missing_and_f5_makes_a_receipt(gap: Visit, tmp_path: Path) -> None:
    app = Program(gap.store)
    async with app.run_test(size=(80, 24)) as pilot:
        app.visit = gap
        for key, purpose in (("enter", REQUEST), ("f5", RECEIPT)):
            folder = tmp_path / purpose
            folder.mkdir()
            gap.store.set_local("", "bundle folder", str(folder))
            await shows(app, pilot, gap)
            await pilot.press(key)
            await settled(pilot)
            assert "into which folder?" in text_of(app.screen)
            await pilot.press("enter")
            await settled(pilot)
            await settled(pilot)
            await pilot.press("enter")
            (path,) = folder.glob("*.zip")
            with open_bundle(path) as bundle:
                assert bundle.seal.purpose == purpose


async def test_of_a_complete_laptop_nothing_is_asked(tmp_path: Path) -> None:
    with laptop(tmp_path / "lead", "Lee", "lead") as store, laptop(tmp_path / "ann", "Ann") as other:
        lead = begin(store)
        app = Program(store)
        async with app.run_test(size=(80, 24)) as pilot:
            app.visit = lead
            assert "Nobody else has written in this visit yet." in await shows(app, pilot, lead)
            await pilot.press("escape")
            merge_bundle(other, make_bundle(store, lead, tmp_path / "stick", INVITE).path)
            ann = Visit(other, lead.id, new_id=ids("b"))
            say(ann, "words", "done")
            merge_bundle(store, make_bundle(other, ann, tmp_path / "stick", FULL).path)
            said = await shows(app, pilot, lead)
            assert "1 entry   complete" in said
            await pilot.press("enter")
            await settled(pilot)
            assert isinstance(app.screen, Deliveries)
            assert "Nothing is missing of Ann" in text_of(app.screen)


def test_the_command_tells_deliveries_requests_and_receipts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lead, ann = named(tmp_path / "lead", capsys), named(tmp_path / "ann", capsys, "Lee Siu Yee", "assessor")
    visit = new_visit(lead)
    stick = tmp_path / "stick"
    ann.ok("merge", lead.ok("bundle", "make", visit, "--invite", "-o", stick).out.strip())
    ann.ok("answer", visit, "visit_header/label_certificate", "None seen")
    assert "saved, 1 not sent" in ann.ok("deliveries", visit).out
    lost = ann.ok("bundle", "make", visit, "--delta", "-o", stick, "--json").data
    assert lost["purpose"] == "delta"
    assert "saved, 1 not confirmed" in ann.ok("deliveries").out
    asked = lead.ok("bundle", "make", visit, "--request", "-o", stick).out.strip()
    said = ann.ok("merge", asked)
    assert "Chan Tai Man asks for 1 entry." in said.err
    assert f"assessor bundle make {visit[:8]} --delta" in said.err
    assert ann.ok("merge", asked, "--json").data["files"][0]["asked"] == {"entries": 1, "files": 0}
    lead.ok("merge", ann.ok("bundle", "make", visit, "--delta", "-o", stick).out.strip())
    told = lead.ok("deliveries", visit, "--json").data["visits"][0]
    assert [(each["person"], each["entries"], each["complete"]) for each in told["laptops"]] == [
        ("Lee Siu Yee", 1, True)
    ]
    receipt = lead.ok("bundle", "make", visit, "--receipt", "--to", "lee siu yee", "-o", stick)
    assert "not encrypted" in receipt.err
    ann.ok("merge", receipt.out.strip())
    assert "saved, all confirmed" in ann.ok("deliveries").out
    again = ann.ok("bundle", "make", visit, "--delta", "-o", stick)
    assert "Everything is confirmed already" in again.err
    assert "receipt" in again.out


def test_contradicting_options_and_unknown_people_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lead = named(tmp_path / "lead", capsys)
    visit = new_visit(lead)
    for options in (["--delta", "--receipt"], ["--no-photos", "--photos-only"], ["--receipt", "--photos-only"]):
        assert lead("bundle", "make", visit, *options).code == 2
    said = lead("bundle", "make", visit, "--delta", "--to", "Nobody")
    assert (said.code, "Nobody called Nobody is known here." in said.err) == (2, True)
