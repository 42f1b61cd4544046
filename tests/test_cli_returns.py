"""Returning by file: three laptops, real bundles both ways, in any order."""

from pathlib import Path

import pytest

from tests.cli_world import Laptop, named, new_visit
from tests.test_cli_story import FILES

Capsys = pytest.CaptureFixture[str]


class Team:
    """A lead, an assessor and a reviewer with one visit, whose forms a person can answer whole."""

    def __init__(self, folder: Path, capsys: Capsys) -> None:
        self.folder = folder
        self.count = 0
        forms = folder / "forms"
        forms.mkdir()
        for name, text in FILES.items():
            (forms / name).write_text(text, encoding="utf-8")
        self.lead = named(folder / "lead", capsys)
        self.visit = new_visit(self.lead, "Alpha Works", "--forms", str(forms))
        self.lead.ok("answer", self.visit, "head/person", "Mr Ho")
        self.lee = named(folder / "lee", capsys, "Lee Siu Yee", "assessor")
        self.reviewer = named(folder / "reviewer", capsys, "Ng Man Wai", "reviewer")
        self.carry(self.lead, self.lee)
        self.lee.ok("answer", "alpha", "list/power", "1200 kWh")
        self.lee.ok("answer", "alpha", "list/has_meters", "no")
        self.carry(self.lee, self.lead)
        self.carry(self.lead, self.reviewer)

    def bundle(self, sender: Laptop) -> Path:
        self.count += 1
        stick = self.folder / f"stick{self.count}"
        return Path(sender.ok("bundle", "make", "alpha", "-o", stick).out.strip())

    def carry(self, sender: Laptop, to: Laptop) -> str:
        """What merging said at the other end."""
        said = to("merge", self.bundle(sender))
        assert said.code in (0, 3), said
        return said.err


@pytest.fixture
def team(tmp_path: Path, capsys: Capsys) -> Team:
    return Team(tmp_path, capsys)


def open_at(laptop: Laptop) -> list[str]:
    return [f"{each['form']}/{each['path']}" for each in laptop("returned", "--json").data["returned"]
            if each["state"] == "open"]  # fmt: skip


def states(laptop: Laptop) -> list[str]:
    return [each["state"] for each in laptop("returned", "--all", "--json").data["returned"]]


def test_a_question_is_returned_answered_and_said_to_be_done(team: Team) -> None:
    said = team.lead.ok("return", "alpha", "list/power", "--why", "Which month?")
    assert "Recorded:" in said.err
    assert "bundle make" in said.err
    told = team.carry(team.lead, team.lee)
    assert "1 question was returned to you: look at it again." in told
    assert f"assessor returned {team.visit[:8]}" in told

    listed = team.lee("returned")
    assert listed.code == 3
    assert "waits for an answer" in listed.out
    assert "Returned by Chan Tai Man" in listed.out
    assert "Which month?" in listed.out

    team.lee.ok("answer", "alpha", "list/power", "1250 kWh", "--why", "March")
    assert team.lee.ok("returned", "--json").data["returned"][0]["state"] == "answered"
    told = team.carry(team.lee, team.lead)
    assert "1 return was answered since: look again." in told
    (answered,) = team.lead.ok("returned", "--json").data["returned"]
    assert (answered["state"], answered["ended"]["person"]) == ("answered", "Lee Siu Yee")
    assert "Answered anew by Lee Siu Yee" in team.lead.ok("returned").out

    team.lead.ok("return", "alpha", "list/power", "--done")
    assert team.lead.ok("returned").err == "Nothing is returned.\n"
    team.carry(team.lead, team.lee)
    assert states(team.lee) == ["done"]


def test_a_reply_goes_back_and_may_be_returned_again(team: Team) -> None:
    team.lead.ok("return", "alpha", "list/power", "list", "--why", "Read the meter again")
    assert "2 questions were returned to you" in team.carry(team.lead, team.lee)
    plain = team.lee.ok("comment", "alpha", "list/power", "I will.")
    assert "still waits" in plain.err
    team.lee.ok("comment", "alpha", "list/power", "Read again: it is right.", "--reply")
    team.lee.ok("comment", "alpha", "list", "All read through.", "--reply")
    team.carry(team.lee, team.lead)
    assert states(team.lead) == ["replied", "replied"]
    assert "Lee Siu Yee replied" in team.lead.ok("returned").out
    team.lead.ok("return", "alpha", "list/power", "--why", "Then attach a photo.")
    assert states(team.lead) == ["returned again", "replied", "open"]
    assert "1 question was returned to you" in team.carry(team.lead, team.lee)


def test_two_people_return_one_question_and_both_hear_of_the_answer(team: Team) -> None:
    team.lead.ok("return", "alpha", "list/power", "--why", "Which month?")
    team.reviewer.ok("return", "alpha", "list/power", "--why", "Which meter?")
    team.carry(team.lead, team.lee)
    told = team.carry(team.reviewer, team.lee)
    assert "1 question was returned to you" in told
    assert open_at(team.lee) == ["list/power", "list/power"]
    team.lee.ok("answer", "alpha", "list/power", "1250 kWh")
    back = team.bundle(team.lee)
    for other in (team.lead, team.reviewer):
        assert "1 return was answered since" in other("merge", back).err
        assert sorted(states(other)) == ["answered", "answered"]
    refused = team.reviewer("return", "alpha", "list/power", "--done")
    assert refused.code == 4
    assert "Chan Tai Man returned this." in refused.err


def test_bundles_may_arrive_in_any_order_and_twice(team: Team) -> None:
    team.lead.ok("return", "alpha", "list/power", "--why", "Which month?")
    first = team.bundle(team.lead)
    team.lee("merge", first)
    team.lee.ok("answer", "alpha", "list/power", "1250 kWh")
    answer = team.bundle(team.lee)
    team.lead("merge", answer)
    team.lead.ok("return", "alpha", "list/power", "--why", "Still odd.")
    second = team.bundle(team.lead)
    for each in (second, answer, first, second):
        team.reviewer("merge", each)
    for each in (second, first):
        team.lee("merge", each)
    assert states(team.reviewer) == states(team.lee) == states(team.lead) == ["returned again", "open"]


def test_a_return_of_a_signed_visit_is_no_conflict_and_says_what_to_do(team: Team) -> None:
    team.lead.ok("sign", "alpha", "--name", "Chan Tai Man")
    team.carry(team.lead, team.reviewer)
    team.carry(team.lead, team.lee)
    team.reviewer.ok("return", "alpha", "list/power", "--why", "Which month?")
    told = team.carry(team.reviewer, team.lee)
    assert "1 question was returned to you" in told
    assert team.lee.ok("conflicts", "list").err == "There is no open conflict.\n"
    assert "The visit is signed: reply, or reopen it to answer anew." in team.lee("returned").out
    assert team.lee("answer", "alpha", "list/power", "1250 kWh").code == 4
    team.lee.ok("comment", "alpha", "list/power", "March.", "--reply")
    team.carry(team.lee, team.lead)
    team.carry(team.lee, team.reviewer)
    assert states(team.lead) == states(team.reviewer) == ["replied"]
    team.reviewer.ok("return", "alpha", "list/power", "--done")


def test_an_open_return_stands_in_the_way_of_a_signature(team: Team) -> None:
    team.lead.ok("return", "alpha", "--why", "Read it through.")
    refused = team.lead("sign", "alpha", "--name", "Chan Tai Man")
    assert (refused.code, "Returned by Chan Tai Man: Read it through." in refused.err) == (3, True)
    team.lead.ok("return", "alpha", "--done")
    assert states(team.lead) == ["taken back"]
    team.lead.ok("sign", "alpha", "--name", "Chan Tai Man")


def test_what_cannot_be_returned_is_said(team: Team) -> None:
    assert team.lead("return", "alpha", "list/power").code == 2
    assert team.lead("return", "alpha", "list/nowhere", "--why", "x").code == 4
    assert team.lead("return", "alpha", "list/meters[+]", "--why", "x").code == 2
    assert team.lead("return", "alpha", "list/power", "--done").err.startswith("Nothing is returned there.")
    assert team.lead("comment", "alpha", "list/power", "x", "--reply").err.startswith(
        "Nothing waits for a reply there."
    )
    assert team.lead("comment", "alpha", "list/power", "x", "y").code == 2
    assert team.lead("comment", "alpha", "  ").code == 4
    refused = team.lee("return", "alpha", "list/power", "--why", "x")
    assert (refused.code, "Write a comment instead." in refused.err) == (4, True)
    assert team.lead.ok("returned", "alpha").err == "Nothing is returned.\n"


def test_data_says_what_was_recorded(team: Team) -> None:
    said = team.lead.ok("return", "alpha", "--why", "Read it through.", "--json").data
    assert said["visit"] == team.visit
    assert [(each["act"], each["why"]) for each in said["recorded"]] == [("return", "Read it through.")]
    said = team.lead.ok("comment", "alpha", "Thank you.", "--json").data
    assert [(each["act"], each["value"]) for each in said["recorded"]] == [("comment", "Thank you.")]
    merged = team.lee("merge", team.bundle(team.lead), "--json").data
    assert merged["returned"] == {team.visit: {"waiting": 1, "look_again": 0}}
