"""``assessor form`` as a lead types it: new, check, test, diff, explain, run; and a visit that goes over."""

import json
from pathlib import Path

import pytest

from assessor_tui.cli.form_new import TEMPLATES
from tests.cli_world import Laptop, Said, named, typed

LIGHTS = """settings: {form_id: lights, version: "1", languages: [und], title: {und: Lights}}
choices:
  yes_no: [{name: yes, label: {und: "Yes"}}, {name: no, label: {und: "No"}}]
survey:
  - {type: select_one yes_no, name: led, label: {und: Only LED?}, required: yes}
  - {type: integer, name: others, label: {und: How many others?}, relevant: "${led} = 'no'", constraint: ". > 0"}
  - type: repeat
    name: rooms
    label: {und: Rooms}
    children: [{type: integer, name: count, label: {und: Lamps}}]
  - {type: calculate, name: total, calculation: "sum(${count})"}
"""
LATER = LIGHTS.replace('version: "1"', 'version: "2"').replace('constraint: ". > 0"', 'constraint: ". > 9"')


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lights.yaml").write_text(LIGHTS, encoding="utf-8")
    (tmp_path / "later.yaml").write_text(LATER, encoding="utf-8")
    return tmp_path


@pytest.fixture
def lead(here: Path, capsys: pytest.CaptureFixture[str]) -> Laptop:
    return named(here / "lead", capsys)


def lines(said: Said) -> list[str]:
    return said.out.splitlines()


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_passes_the_check_and_its_own_cases(
    template: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lines(typed(["form", "new", "my_own", "--template", template], capsys)) == ["my_own.yaml"]
    assert "form_id: my_own" in (here / "my_own.yaml").read_text(encoding="utf-8")
    assert typed(["form", "check", "my_own.yaml", "--strict"], capsys).code == 0
    assert typed(["form", "test", "my_own.yaml"], capsys).code == 0
    assert typed(["form", "new", "my_own", "--template", template], capsys).code == 4
    assert typed(["form", "new", "my_own", "--template", template, "--xlsx"], capsys).code == 0
    assert typed(["form", "check", "my_own.xlsx"], capsys).code == 0


@pytest.mark.parametrize("arguments", [["9x"], ["a/b"], ["ok", "--template", "survey"]])
def test_a_name_or_template_that_cannot_be_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(["form", "new", *arguments], capsys).code == 2


def test_warnings_stand_beside_mistakes_and_count_only_when_asked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    never = LIGHTS + "  - {type: text, name: a, label: {und: A}, relevant: \"${led} = 'no' and ${led} = 'yes'\"}\n"
    (here / "never.yaml").write_text(never, encoding="utf-8")
    said = typed(["form", "check", "never.yaml"], capsys)
    assert said.code == 0
    assert lines(said)[0].startswith("never.yaml:12:44: warning: a: relevant: this can never hold")
    assert typed(["form", "check", "never.yaml", "--strict"], capsys).code == 3
    data = typed(["form", "check", "never.yaml", "--json"], capsys).data
    assert [len(data[key]) for key in ("files", "problems", "warnings")] == [1, 0, 1]


def test_a_choice_that_does_not_exist_is_a_mistake(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "lights.yaml").write_text(LIGHTS.replace("= 'no'", "= 'nope'"), encoding="utf-8")
    said = typed(["form", "check", "lights.yaml"], capsys)
    assert said.code == 3
    assert "has no choice nope" in said.out


def test_in_a_workbook_a_finding_has_its_row_and_column(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "pump.md").write_text(
        "| survey |\n| | type | name | label | relevant |\n| | select_one yn | runs | Runs? | |\n"
        "| | text | why | Why? | ${runs} = 'never' |\n| | text | odd | Odd? | 1 > 2 |\n"
        "| choices |\n| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |\n| | un | a | A |\n",
        encoding="utf-8",
    )
    said = typed(["form", "check", "pump.md"], capsys)
    assert said.code == 0
    found = [line.partition(" ")[0] for line in lines(said)]
    assert "pump.md:4:4:" in found or any(each.startswith("pump.md:3:4") for each in found), said.out
    data = typed(["form", "check", "pump.md", "--json"], capsys).data
    told = {each["code"]: (each.get("line"), each.get("column")) for each in data["warnings"]}
    assert {"lint.unknown_choice", "lint.never_true", "lint.unused_list"} <= told.keys()
    assert told["lint.never_true"][0] == told["lint.unknown_choice"][0] + 1
    assert told["lint.never_true"][1] == told["lint.unknown_choice"][1] > 1


def test_of_very_many_warnings_of_one_kind_the_first_are_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    never = "".join(f'  - {{type: text, name: q{at}, label: {{und: Q}}, relevant: "1 = 2"}}\n' for at in range(60))
    (here / "many.yaml").write_text(LIGHTS + never, encoding="utf-8")
    said = typed(["form", "check", "many.yaml"], capsys)
    assert len(lines(said)) == 21
    assert "40 more" in lines(said)[-1]
    assert len(typed(["form", "check", "many.yaml", "--json"], capsys).data["warnings"]) == 60


def test_a_failing_case_is_one_line_and_exit_code_3(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "lights.yaml").write_text(LIGHTS + "tests: [{name: none, expect: {total: 1}}]\n", encoding="utf-8")
    said = typed(["form", "test", "lights.yaml"], capsys)
    assert said.code == 3
    assert lines(said) == ["lights.yaml:12:31: none: total: value: expected 1, got 0"]
    assert typed(["form", "test", "later.yaml"], capsys).code == 2


def test_cases_of_a_workbook_stand_in_a_file_of_their_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(["form", "export", "lights.yaml"], capsys).code == 0
    (here / "cases.yaml").write_text("tests: [{name: none, given: {led: no}, expect: {others: {relevant: yes}}}]\n")
    assert typed(["form", "test", "lights.xlsx", "--cases", "cases.yaml"], capsys).code == 0
    assert typed(["form", "test", "lights.xlsx"], capsys).code == 2


def test_two_versions_are_compared_as_files_ids_and_hashes(lead: Laptop, here: Path) -> None:
    told = lead.ok("form", "diff", "lights.yaml", "later.yaml").out
    assert "others: constraint: . > 0 became . > 9" in told
    lead.ok("visit", "new", "--form", "lights.yaml", "--date", "2026-11-12")
    assert lead.ok("form", "diff", "lights", "later.yaml").out == told
    version = lead.ok("visit", "show", "Lights", "--json").data["forms"]
    held = next(each["version"] for each in version if each["form"] == "lights")
    assert lead.ok("form", "diff", held, "later.yaml").out == told
    assert "no difference" in lead.ok("form", "diff", "lights", "lights.yaml").err
    assert lead("form", "diff", "nothing.yaml", "later.yaml").code == 2
    (here / "other.yaml").write_text(LATER.replace("type: integer, name: others", "type: date, name: others"))
    said = lead("form", "diff", "lights.yaml", "other.yaml")
    assert said.code == 3
    assert "! others: type: integer became date" in lines(said)


def test_a_visit_goes_over_after_a_look_and_undo_is_one_step(lead: Laptop, here: Path) -> None:
    lead.ok("visit", "new", "--form", "lights.yaml", "--date", "2026-11-12")
    lead.ok("answer", "Lights", "lights/led", "no")
    lead.ok("answer", "Lights", "lights/others", "5")
    seen = lead.ok("visit", "update-form", "Lights", "later.yaml", "--dry-run")
    assert "1 answer does not fit any more; give it again:" in lines(seen)
    assert any(line.strip().startswith("others  How many others?: 5") for line in lines(seen))
    assert lead("visit", "update-form", "Lights", "later.yaml").code == 2  # nobody can be asked
    data = lead.ok("visit", "update-form", "Lights", "later.yaml", "--yes", "--json").data
    assert data["updated"] is True
    assert [each["path"] for each in data["again"]] == ["others"]
    assert "uses this version already" in lead.ok("visit", "update-form", "Lights", "later.yaml", "--yes").err
    assert lead("visit", "update-form", "Lights", "missing.yaml").code == 2
    entries = lead.ok("log", "show", "Lights", "--json").data
    assert "use form" in json.dumps(entries)


def test_answers_given_before_the_other_laptop_heard_of_it_are_settled_at_once(
    lead: Laptop, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lead.ok("visit", "new", "--form", "lights.yaml", "--date", "2026-11-12")
    bundle = lead.ok("bundle", "make", "Lights", "-o", here / "stick").out.splitlines()[-1]
    bob = named(here / "bob", capsys, "Bob", "assessor")
    bob.ok("merge", bundle)
    lead.ok("visit", "update-form", "Lights", "later.yaml", "--yes")
    bob.ok("answer", "Lights", "lights/led", "yes")
    back = bob.ok("bundle", "make", "Lights", "-o", here / "stick").out.splitlines()[-1]
    lead("merge", back)
    assert lead.ok("conflicts", "settle-all", "Lights", "--same-question", "--dry-run", "--json").data["conflicts"] == 1
    said = lead.ok("conflicts", "settle-all", "Lights", "--same-question", "--why", "the same question", "--json").data
    assert (said["settled"], said["conflicts"]) == (1, 0)
    assert lead("conflicts", "settle-all", "Lights", "--same-question", "--later").code == 2


def test_a_question_is_explained_with_answers_of_a_file_and_as_a_visit_has_it(lead: Laptop, here: Path) -> None:
    (here / "answers.yaml").write_text("led: yes\nrooms[2]/count: 4\nnothing: 1\n", encoding="utf-8")
    said = lead.ok("form", "explain", "lights.yaml", "others", "--answers", "answers.yaml")
    assert lines(said)[:3] == [
        "others (How many others?) is hidden.",
        "Its own condition does not hold: ${led} = 'no'",
        "  led (Only LED?) is yes",
    ]
    assert "nothing cannot be answered" in said.err
    assert "  rooms[2]/count (Lamps) is 4" in lines(
        lead.ok("form", "explain", "lights.yaml", "total", "--answers", "answers.yaml")
    )
    assert lead.ok("form", "explain", "lights.yaml", "rooms/count").code == 0
    said = lead("form", "explain", "lights.yaml", "othrs")
    assert said.code == 2
    assert "Did you mean others?" in said.err
    lead.ok("visit", "new", "--form", "lights.yaml", "--date", "2026-11-12")
    lead.ok("answer", "Lights", "lights/led", "no")
    assert lines(lead.ok("form", "explain", "lights", "others", "--visit", "Lights"))[0].endswith("is asked.")
    data = lead.ok("form", "explain", "lights", "others", "--visit", "Lights", "--json").data
    assert data["relevance"][0]["holds"] is True


def run(laptop: Laptop, *arguments: str | Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines(laptop("form", "run", *arguments))]


def test_a_form_is_run_from_a_list_an_object_or_lines_of_acts(lead: Laptop, here: Path) -> None:
    acts = [
        {"a": "init"}, {"a": "answer", "ref": "/data/led[0]", "v": "no"},
        {"a": "answer", "ref": "/data/others", "v": "0"},
        {"a": "new", "ref": "/data/rooms[0]"}, {"a": "answer", "ref": "/data/rooms[0]/count[0]", "v": "3"},
        {"a": "choices", "ref": "/data/led[0]"}, {"a": "next"}, {"a": "remove", "ref": "/data/rooms[0]"},
    ]  # fmt: skip
    (here / "list.json").write_text(json.dumps(acts))
    (here / "object.json").write_text(json.dumps({"form": "x", "steps": acts}))
    (here / "lines.jsonl").write_text("\n".join(map(json.dumps, acts)))
    told = run(lead, "lights.yaml", "--acts", "list.json")
    assert (
        told == run(lead, "lights.yaml", "--acts", "object.json") == run(lead, "lights.yaml", "--acts", "lines.jsonl")
    )
    assert [line["a"] for line in told] == ["init", "answer", "answer", "new", "answer", "choices", "next", "remove"]
    assert told[1]["set"] == {"/data[1]/led[1]": ["no", 1, 1, 0], "/data[1]/others[1]": ["", 1, 0, 0]}
    assert told[2]["r"] == "CONSTRAINT_VIOLATED"
    assert told[4]["state"]["/data[1]/total[1]"] == ["3", 1, 0, 0]
    assert told[5]["v"] == ["yes", "no"]
    assert told[7]["gone"] == ["/data[1]/rooms[1]", "/data[1]/rooms[1]/count[1]"]
    changes = run(lead, "lights.yaml", "--acts", "list.json", "--changes")
    assert all("state" not in line for line in changes)
    assert [line["set"] for line in changes] == [line["set"] for line in told]


def test_a_form_is_run_from_lines_divided_by_bars(lead: Laptop, here: Path) -> None:
    (here / "a.acts").write_text("/data[1]/led[1]|no|sel\n/data[1]/others[1]|a|b|str\n\n/data[1]/others[1]|12|int\n")
    told = run(lead, "lights.yaml", "--acts", "a.acts", "--format", "pipe", "--changes")
    assert [line.get("r") for line in told] == [None, "OK", "OK", "OK"]
    assert told[2]["problems"]
    assert told[3]["set"] == {"/data[1]/others[1]": ["12", 1, 0, 0]}


def test_an_act_that_cannot_be_is_said_and_the_rest_is_done(lead: Laptop, here: Path) -> None:
    acts = [
        {"a": "answer", "ref": "/data/none", "v": "1"},
        {"a": "fly"},
        {"a": "answer", "ref": "/data/led", "v": "no"},
    ]
    (here / "acts.json").write_text(json.dumps(acts))
    said = lead("form", "run", "lights.yaml", "--acts", "acts.json")
    assert said.code == 3
    assert ["error" in json.loads(line) for line in lines(said)] == [False, True, True, False]


@pytest.mark.parametrize("text", ["{", "[1]", '{"steps": 3}', "[" * 100_000, '"words"', '[{"b": 1}]'])
def test_acts_that_are_none_are_said_in_a_sentence(text: str, lead: Laptop, here: Path) -> None:
    (here / "acts.json").write_text(text)
    assert lead("form", "run", "lights.yaml", "--acts", "acts.json").code == 2


def test_files_that_are_not_there_are_said(lead: Laptop, here: Path) -> None:
    assert lead("form", "run", "lights.yaml", "--acts", "none.json").code != 0
    assert lead("form", "test", "none.yaml").code == 2
    assert lead("form", "explain", "none.yaml", "a").code == 2
    assert lead("form", "check", "none.yaml").code == 1
