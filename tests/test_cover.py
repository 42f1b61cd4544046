"""Who of the team covers what, by the visit's header."""

from pathlib import Path

from assessor_tui.assess.cover import Cover, cover_of, covers, team_of
from assessor_tui.ledger import entry as acts
from assessor_tui.store.ledger import Store
from tests.cli_world import named
from tests.cli_world import new_visit as new_cli_visit
from tests.sample_visit import new_visit
from tests.small_visit import begin, laptop
from tests.tui_visits import add_row

HEADER = "visit_header"


def header_of(visit):
    return visit.filling(HEADER)


def with_team(folder: Path):
    store = Store.open(folder)
    store.identify("Chan Tai Man", "lead")
    visit = new_visit(store)
    for row in visit.filling(HEADER).rows("team"):
        visit.record(acts.REMOVE_ROW, HEADER, f"team[{row}]")
    add_row(visit, HEADER, "team", member_name="Chan Tai Man", member_role=("lead",), covers_sections=("gate",))
    add_row(visit, HEADER, "team", member_name="Lee  Siu Yan", member_role=("assessor",),
            covers_sections=("pollution_control",), covers_places=("utilities",))  # fmt: skip
    add_row(visit, HEADER, "team", member_name="黃國強", member_role=("observer",))
    return store, visit


def test_a_section_or_a_place_makes_a_question_mine(tmp_path):
    store, visit = with_team(tmp_path)
    cover = cover_of(header_of(visit), "lee siu yan")
    assert cover == Cover(frozenset({"pollution_control"}), frozenset({"utilities"}))
    assert covers(cover, "pollution_control", "office")
    assert covers(cover, "energy_material_flow", "utilities")
    assert not covers(cover, "energy_material_flow", "office")
    assert not covers(cover, "gate", "")
    store.close()


def test_somebody_to_whom_nothing_was_given_covers_nothing_that_could_be_shown(tmp_path):
    store, visit = with_team(tmp_path)
    assert cover_of(header_of(visit), "黃國強") is None
    assert cover_of(header_of(visit), "Nobody") is None
    assert [member.name for member in team_of(header_of(visit))] == ["Chan Tai Man", "Lee Siu Yan", "黃國強"]
    store.close()


def test_two_rows_of_one_person_count_together(tmp_path):
    store, visit = with_team(tmp_path)
    add_row(visit, HEADER, "team", member_name="CHAN TAI MAN", covers_places=("gate",))
    assert cover_of(header_of(visit), "Chan Tai Man") == Cover(frozenset({"gate"}), frozenset({"gate"}))
    store.close()


def test_a_header_without_a_team_says_nothing(tmp_path):
    with laptop(tmp_path, "Chan") as store:
        visit = begin(store)
        assert team_of(visit.filling("header")) == ()
        assert cover_of(visit.filling("header"), "Chan") is None


def test_what_is_left_can_be_listed_for_one_person(tmp_path, capsys):
    own = named(tmp_path, capsys)
    visit_id = new_cli_visit(own)
    own.ok("answer", visit_id, f"{HEADER}/team[+chan]/member_name", "Chan Tai Man")
    every = own.ok("visit", "show", visit_id, "--json").data["left"]
    said = own.ok("visit", "show", visit_id, "--mine", "--json")
    assert "gives Chan Tai Man nothing" in said.err
    assert said.data["left"] == every
    row = f"{HEADER}/team[Chan Tai Man]"
    own.ok("answer", visit_id, f"{row}/member_role", "lead")
    own.ok("answer", visit_id, f"{row}/covers_sections", "gate")
    mine = own.ok("visit", "show", visit_id, "--mine", "--json").data["left"]
    assert mine
    assert {each["form"] for each in mine} == {"gate"}
    assert own.ok("visit", "show", visit_id, "--mine", "--as", "Lee").err.startswith("The team in the header gives Lee")
