"""Second places, copies and putting away, as typed."""

import os
from pathlib import Path

import pytest

from tests.cli_world import Laptop, named, new_visit


@pytest.fixture
def lead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Laptop:
    """A laptop with a visit and two folders that may become places."""
    laptop = named(tmp_path / "lead", capsys)
    new_visit(laptop)
    for name in ("stick", "office"):
        (tmp_path / name).mkdir()
    return laptop


def test_a_visit_goes_to_two_places_leaves_the_laptop_and_comes_back(lead: Laptop, tmp_path: Path) -> None:
    assert "lost together with it" in lead.ok("place", "add", "STICK", tmp_path / "stick").err
    place = lead.ok("place", "add", "Office", tmp_path / "office", "--json").data
    assert (place["name"], place["folder"]) == ("Office", str(tmp_path / "office"))
    (copied,) = lead.ok("copy", "alpha", "--to", "stick", "--json").data["copies"]
    assert copied["outcome"] == "confirmed" and (tmp_path / "stick" / copied["file"]).is_file()
    assert "STICK: " in lead.ok("copy", "alpha").out
    listed = lead.ok("place", "list", "--json").data["places"]
    assert [len(each["copies"]) for each in listed] == [1, 1]
    said = lead.ok("doctor", "--json").data
    assert [each["name"] for each in said["places"]] == ["STICK", "Office"]
    assert said["copies"][0]["age"] == "copy just now" and said["swept"] == []
    before = lead.ok("visit", "show", "alpha", "--json").data
    gone = lead.ok("visit", "put-away", "alpha", "--json").data
    assert gone["put_away"] and gone["entries"] == before["entries"]
    assert lead.ok("visit", "list", "--json").data == {
        "visits": [], "put_away": [{key: value for key, value in gone.items() if key != "put_away"}],
    }  # fmt: skip
    assert "put away: STICK, Office" in lead.ok("visit", "list").out
    refused = lead("visit", "show", "Alpha Works")
    assert refused.code == 2 and "was put away" in refused.err and copied["file"] in refused.err
    lead.ok("merge", tmp_path / "office")
    assert lead.ok("visit", "show", "alpha", "--json").data == before
    lead.ok("answer", "alpha", "visit_header/main_products", "Labels")
    assert lead.ok("visit", "list", "--json").data["put_away"] == []


def test_what_stands_in_the_way_of_putting_away_is_all_said_and_nothing_goes(lead: Laptop, tmp_path: Path) -> None:
    refused = lead("visit", "put-away", "alpha")
    assert refused.code == 3 and "2 are needed" in refused.err and "Nothing was removed." in refused.err
    lead.ok("place", "add", "STICK", tmp_path / "stick")
    lead.ok("place", "add", "OFFICE", tmp_path / "office")
    (tmp_path / "office").rename(tmp_path / "gone")
    said = lead("visit", "put-away", "alpha", "--json")
    assert said.code == 3
    assert [each["code"] for each in said.data["problems"]] == ["put_away.away", "put_away.places"]
    assert lead.ok("visit", "list", "--json").data["visits"] != []


def test_a_place_is_refused_in_words_and_forgotten_by_its_name(lead: Laptop, tmp_path: Path) -> None:
    assert "No second place is named yet" in lead.ok("place", "list").err
    assert lead("copy", "alpha").code == 2
    assert lead("place", "add", "STICK", tmp_path / "nowhere").code == 2
    assert lead("place", "add", "", tmp_path / "stick").code == 2
    assert lead("place", "add", "HERE", lead.folder).code == 2
    lead.ok("place", "add", "STICK", tmp_path / "stick")
    taken = lead("place", "add", "stick", tmp_path / "office")
    assert taken.code == 2 and "already" in taken.err
    assert lead("copy", "alpha", "--to", "NAS").code == 2
    (tmp_path / "stick").rename(tmp_path / "gone")
    away = lead("copy", "alpha", "--json")
    assert away.code == 1 and away.data["copies"][0]["outcome"] == "not made"
    assert "not connected" in lead.ok("place", "list").out
    assert lead.ok("place", "remove", "stick", "--json").data["name"] == "STICK"
    assert lead("place", "remove", "stick").code == 2


def test_doctor_removes_what_a_killed_program_left_half_written_yesterday(lead: Laptop) -> None:
    (lead.folder / "evidence").mkdir(exist_ok=True)
    old, young = (lead.folder / "evidence" / f"{letter * 16}.part" for letter in "ab")
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert lead.ok("doctor", "--json").data["swept"] == [str(old)]
    assert young.exists() and not old.exists()
