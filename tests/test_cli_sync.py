"""Three people share a folder by commands: push, pull, status, in clear and encrypted."""

import json
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from assessor_tui.config import markers_folder, shipped
from assessor_tui.store.ledger import Store
from tests.cli_world import Laptop, named, new_visit
from tests.shared_folder import give_roster, litter


@pytest.fixture
def lead(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Laptop:
    monkeypatch.setenv("LANGUAGE", "en")
    (tmp_path / "shared").mkdir()
    return named(tmp_path / "lead", capsys)


@pytest.fixture
def lee(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Laptop:
    return named(tmp_path / "lee", capsys, "Lee Siu Yee", "assessor")


def test_a_visit_goes_round_through_a_folder_and_everybody_sees_what_was_confirmed(
    tmp_path: Path, lead: Laptop, lee: Laptop
) -> None:
    shared = tmp_path / "shared"
    left_alone = litter(shared)
    visit = new_visit(lead)
    said = lead.ok("sync", "push", shared)
    assert said.out.count("\n") == 1 and "entries" in said.out
    assert lead.ok("sync", "push", shared).err == "Nothing to push: the folder holds all that is here of 1 visit.\n"

    said = lee.ok("sync", "status", shared)
    assert visit[:8] in said.out and "new here" in said.out and "to pull: " in said.out
    assert said.err == "1 bundle there is encrypted for others and was left alone.\n"
    assert lee.ok("sync", "pull", shared).out.startswith("new here: ")
    assert "Nothing to pull: all that is in the folder is here.\n" in lee.ok("sync", "pull", shared).err

    photo = tmp_path / "meter.png"
    photo.write_bytes((shipped("sample_sites") / "battery_maker/pictures/meter-substation.png").read_bytes())
    lee.ok("answer", "alpha", "visit_header/contact_details", "Gate 2", "--photo", photo)
    found = lee.ok("sync", "status", shared, "--json").data["visits"][0]
    assert (found["push"]["files"], found["own"]["not_sent"]) == (1, found["push"]["entries"])
    data = lee.ok("sync", "push", shared, "alpha", "--json").data
    assert [each["kind"] for each in data["bundles"]] == ["entries", "files"]

    said = lead.ok("sync", "pull", shared)
    assert "1 file has arrived." in said.out and "photos and papers of Lee Siu Yee" in said.out
    assert "(receipt" not in said.out
    assert "a receipt" in lead.ok("sync", "push", shared).out
    lee.ok("sync", "pull", shared)
    said = lee.ok("sync", "status", shared)
    assert "nothing to push" in said.out and "confirmed by Chan Tai Man" in said.out
    data = lee.ok("sync", "status", shared, "--json").data["visits"][0]
    assert data["own"]["not_confirmed"] == 0 and data["confirmed"][0]["person"] == "Chan Tai Man"
    for name, content in left_alone.items():
        assert (shared / name).read_bytes() == content


def test_visits_are_named_by_site_by_id_or_by_the_beginning_of_one_that_is_only_in_the_folder(
    tmp_path: Path, lead: Laptop, lee: Laptop
) -> None:
    shared = tmp_path / "shared"
    alpha, beta = new_visit(lead), new_visit(lead, "Beta Works")
    assert "Alpha" not in lead.ok("sync", "push", shared, "beta").out
    lead.ok("sync", "push", shared, alpha[:6])
    assert lee("sync", "pull", shared, "gamma").code == 2
    assert lee.ok("sync", "pull", shared, "--known").out == ""
    lee.ok("sync", "pull", shared, beta[:7])
    assert [row["visit"] for row in lee.ok("visit", "list", "--json").data["visits"]] == [beta]
    lee.ok("sync", "pull", shared)
    assert len(lee.ok("visit", "list", "--json").data["visits"]) == 2


def test_what_cannot_be_done_is_said_in_one_sentence(tmp_path: Path, lead: Laptop) -> None:
    said = lead("sync", "push", tmp_path / "nowhere")
    assert said.code == 2
    assert said.err == (
        f"No such folder. Plug the stick in, connect the drive, or make it first: {tmp_path / 'nowhere'}\n"
    )
    assert lead("sync", "pull", lead.folder).code == 2
    assert lead("sync", "push", tmp_path / "shared", "--to", "Lee", "--in-clear").code == 2
    said = lead("sync", "push", tmp_path / "shared", "--to", "Lee")
    assert said.code == 2 and "no roster yet" in said.err
    assert "no visit here" in lead.ok("sync", "status", tmp_path / "shared").err


def test_a_damaged_bundle_is_refused_by_name_and_the_others_come_in(tmp_path: Path, lead: Laptop, lee: Laptop) -> None:
    shared = tmp_path / "shared"
    new_visit(lead)
    lead.ok("sync", "push", shared)
    (path,) = shared.glob("*.zip")
    new_visit(lead, "Beta Works")
    lead.ok("sync", "push", shared)
    path.write_bytes(path.read_bytes()[:-1])
    said = lee("sync", "pull", shared)
    assert said.code == 4
    assert path.name in said.err and "cut short" in said.err and said.out.startswith("new here")
    assert lee.ok("sync", "status", shared, "--json").data["unread"][0]["file"] == path.name


def test_status_reads_beside_the_open_program(tmp_path: Path, lead: Laptop) -> None:
    new_visit(lead)
    with Store.open(lead.folder, markers=markers_folder()):
        assert "to push: " in lead.ok("sync", "status", tmp_path / "shared").out
        assert lead("sync", "push", tmp_path / "shared").code != 0


def test_with_a_roster_the_folder_is_encrypted_for_the_people_named_from_then_on(
    tmp_path: Path, lead: Laptop, lee: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "shared"
    wong = named(tmp_path / "wong", capsys, "Wong Ka Ho", "assessor")
    visit = new_visit(lead)
    with ExitStack() as open_now:
        give_roster(
            *(open_now.enter_context(Store.open(each.folder, markers=markers_folder())) for each in (lead, lee, wong))
        )
    said = lead.ok("sync", "push", shared, "--to", "Lee Siu Yee")
    assert ".zip.age: " in said.out
    assert all(path.read_bytes().startswith(b"age-encryption.org/v1") for path in shared.iterdir())
    assert lead.ok("sync", "status", shared, "--json").data["encrypted"] is True
    assert wong.ok("sync", "status", shared, "--json").data["closed"] == [path.name for path in shared.iterdir()]
    assert wong.ok("sync", "pull", shared).err.startswith("1 bundle there is encrypted for others")
    assert lee.ok("sync", "pull", shared).out.startswith("new here")
    lead.ok("answer", "alpha", "visit_header/contact_details", "Gate 2")
    assert ".zip.age" in lead.ok("sync", "push", shared).out, "nobody who forgets --to puts it there in clear"
    # Wong is to read it too: what he cannot read does not count as being there.
    assert lead.ok("sync", "push", shared, "--to", "Lee Siu Yee", "--to", "Wong Ka Ho", "--json").data["bundles"]
    wong.ok("sync", "pull", shared)
    assert wong.ok("visit", "list", "--json").data["visits"][0]["visit"] == visit
    assert json.dumps(lead.ok("sync", "push", shared, "--json").data["bundles"]) == "[]"
    shutil.rmtree(shared)
    shared.mkdir()
    assert ".age" not in lead.ok("sync", "push", shared, "--in-clear").out
