"""``assessor conflicts``: many at once, rows entered twice, what others decided, agreement, gaps."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli_world import Laptop, named, new_visit

Capsys = pytest.CaptureFixture[str]


class Team(NamedTuple):
    lead: Laptop
    lee: Laptop
    visit: str
    folder: Path

    def deliver(self) -> int:
        """Exit code of the lead's merge of what Lee hands over."""
        self.lee.ok("bundle", "make", "alpha", "-o", self.folder / "back")
        return self.lead("merge", self.folder / "back").code

    def give_back(self) -> None:
        self.lead.ok("bundle", "make", "alpha", "-o", self.folder / "forth")
        merged = self.lee("merge", self.folder / "forth")
        assert merged.code == 0, merged


@pytest.fixture
def team(tmp_path: Path, capsys: Capsys) -> Iterator[Team]:
    lead = named(tmp_path / "lead", capsys)
    visit = new_visit(lead, "Alpha Works")
    lead.ok("bundle", "make", "alpha", "--invite", "-o", tmp_path / "stick")
    lee = named(tmp_path / "lee", capsys, "Lee Siu Yee", "assessor")
    lee.ok("merge", tmp_path / "stick")
    return Team(lead, lee, visit, tmp_path)


FORM = "pollution_control"
QUESTIONS = ("works_at_night", "has_exhaust_air")


def differ(team: Team) -> None:
    for question in QUESTIONS:
        team.lead.ok("answer", "alpha", f"{FORM}/{question}", "yes")
        team.lee.ok("answer", "alpha", f"{FORM}/{question}", "no")
    assert team.deliver() == 3


def test_one_person_s_answers_stand_together_after_a_preview_and_come_back_with_the_reason(team: Team) -> None:
    differ(team)
    assert team.lead("conflicts", "list", "--counts").out == f"{team.visit[:8]}  2 answered differently\n"
    assert team.lead("conflicts", "list", "--counts", "--json").data == {
        "visits": [{"visit": team.visit, "kinds": {"value": 2}}]
    }
    assert team.lead("conflicts", "list", "--kind", "late").code == 0
    assert "There are: held, fork" in team.lead("conflicts", "list", "--kind", "x").err
    nobody = team.lead("conflicts", "settle-all", "alpha", "--of", "Wong", "--why", "x")
    assert (nobody.code, "There are: Chan Tai Man, Lee Siu Yee" in nobody.err) == (2, True)
    plan = team.lead.ok("conflicts", "settle-all", "alpha", "--of", "lee siu yee", "--dry-run")
    assert plan.out.count("->") == 2
    assert plan.err == "2 to settle, 0 stay open.\n"
    assert team.lead("conflicts", "settle-all", "alpha", "--of", "Lee Siu Yee").code == 4
    done = team.lead.ok(
        "conflicts", "settle-all", "alpha", "--of", "Lee Siu Yee", "--section", FORM, "--why", "Lee was there",
        "--json",
    )  # fmt: skip
    assert (done.data["settled"], done.data["conflicts"]) == (2, 0)
    agreed = team.lead.ok("conflicts", "agreement", "alpha", "--json").data
    assert (agreed["both"], agreed["agreed"], agreed["percent"]) == (2, 0, "0.0")
    assert agreed["pairs"][0]["people"] == ["Chan Tai Man", "Lee Siu Yee"]
    assert len(agreed["differ"]) == 2
    assert "0 %  0 of 2" in team.lead.ok("conflicts", "agreement", "alpha").out
    team.give_back()
    told = team.lee.ok("conflicts", "decided", "alpha", "--json").data["decided"]
    assert [(each["person"], each["why"], each["new"]) for each in told] == [
        ("Chan Tai Man", "Lee was there", True)
    ] * 2
    assert "(Lee was there)" in team.lee.ok("conflicts", "decided", "alpha").out
    assert team.lead.ok("conflicts", "decided", "alpha").err == "Nobody else has decided anything here.\n"


def test_it_must_be_said_whose_answers_stand_and_where(team: Team) -> None:
    assert team.lead("conflicts", "settle-all", "alpha").code == 2
    assert team.lead("conflicts", "settle-all", "alpha", "--later", "--of", "X").code == 2
    assert "no form x" in team.lead("conflicts", "settle-all", "alpha", "--later", "--section", "x").err
    assert "There are: " in team.lead("conflicts", "settle-all", "alpha", "--later", "--section", f"{FORM}/x").err
    assert team.lead.ok("conflicts", "agreement", "alpha").err == "No question was answered by two people apart.\n"


def test_rows_entered_twice_are_listed_joined_or_kept_apart(team: Team) -> None:
    form = "energy_material_flow"
    for laptop in (team.lead, team.lee):
        laptop.ok("answer", "alpha", f"{form}/material_nodes[+]/stage_name", "Coating")
    assert team.deliver() in (0, 3)
    listed = team.lead.ok("conflicts", "rows", "alpha", "--json").data["rows"]
    (case,) = listed
    assert case["key"] == "Coating"
    assert {person for row in case["rows"] for person in row["added_by"]} == {"Chan Tai Man", "Lee Siu Yee"}
    waiting = team.lead("conflicts", "list", "alpha")
    assert (waiting.code, "Join the rows or keep both" in waiting.out) == (3, True)
    assert "list/" not in team.lead("sign", "alpha", "--name", "Chan Tai Man").out
    assert team.lead("conflicts", "rows", "alpha", "--keep", "9", "--why", "x").code == 2
    assert team.lead("conflicts", "rows", "alpha", "--keep", "1").code == 4
    team.lead.ok("conflicts", "rows", "alpha", "--keep", "1", "--why", "one line")
    assert team.lead.ok("conflicts", "rows", "alpha").err == "No row was entered twice.\n"


def test_a_visit_entered_twice_is_said_to_be_another_one(team: Team) -> None:
    other = new_visit(team.lead, "Alpha Works")
    found = team.lead.ok("conflicts", "list", team.visit, "--json").data
    assert [each["kind"] for each in found["waiting"]] == ["alike"]
    assert team.lead("conflicts", "different", team.visit, other).code == 4
    team.lead.ok("conflicts", "different", team.visit, other, "--why", "another hall")
    assert team.lead.ok("conflicts", "list", team.visit, "--json").data["waiting"] == []
    assert team.lead("conflicts", "clock", team.visit, "ABC", "noon").code == 2
