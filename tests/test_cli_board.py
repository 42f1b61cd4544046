"""``assessor board`` and its reminders, as they are typed."""

from assessor_tui.store.ledger import Store
from tests.cli_world import Laptop, named, new_visit
from tests.ledger_worlds import Laptop as Device


def header(laptop: Laptop, visit: str, **answers: str) -> None:
    for name, value in answers.items():
        laptop.ok("answer", visit, f"visit_header/{name}", value)


def with_team(laptop: Laptop, visit: str, *people: tuple[str, str]) -> None:
    for name, role in people:
        laptop.ok("answer", visit, "visit_header/team[+]/member_name", name)
        laptop.ok("answer", visit, f"visit_header/team[{name}]/member_role", role)


def test_without_visits_it_says_so(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    said = laptop.ok("board")
    assert said.out == "" and "no visits yet" in said.err
    assert laptop.ok("board", "--json").data["visits"] == []


def test_each_visit_has_a_line_with_what_presses(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_visit(laptop)
    header(laptop, visit, batch="Spring", deadline="2020-01-01")
    with_team(laptop, visit, ("Chan Tai Man", "lead"), ("Lee", "assessor"))
    line = laptop.ok("board").out
    assert "Alpha Works" in line and "opened" in line and "0/1" in line and "days late" in line
    (data,) = laptop.ok("board", "--json").data["visits"]
    assert (data["stage"], data["missing"], data["expected"]) == ("opened", ["Lee"], ["Lee"])
    assert data["days"] < 0 and data["reasons"][0] == "late"
    assert data["owed"][0] == {"kind": "part", "whom": "Lee", "what": "", "until": "2020-01-01", "overdue": True}


def test_a_batch_is_chosen_and_one_that_is_none_names_those_there_are(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    for site, batch in (("Alpha Works", "Spring"), ("Beta Works", "Autumn")):
        header(laptop, new_visit(laptop, site), batch=batch)
    assert "Beta Works" not in laptop.ok("board", "--batch", "spring").out
    said = laptop.ok("board", "--batch", "Winter")
    assert said.out == "" and "Autumn, Spring" in said.err


def test_an_invitation_hands_the_visit_out(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_visit(laptop)
    laptop.ok("bundle", "make", visit, "--invite", "-o", tmp_path)
    assert [each["stage"] for each in laptop.ok("board", "--json").data["visits"]] == ["handed out"]


def test_the_reminder_is_printed_in_the_language_asked_for(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_visit(laptop, "Alpha Works", "--site-zh", "甲廠")
    with_team(laptop, visit, ("Lee", "assessor"))
    awaited = ("--to-come", "--why", "Chart", "--whom", "Ms Wu", "--until", "2020-01-01")
    laptop.ok("answer", visit, "gate/cp_organisation", *awaited)
    text = laptop.ok("board", "--remind", visit).out
    assert text.startswith("Alpha Works\n") and "Lee: your part of the visit" in text
    assert "Ms Wu: Chart (overdue since 1 January 2020)" in text and text.endswith("Chan Tai Man\n")
    only = laptop.ok("board", "--remind", visit, "--whom", "ms wu").out
    assert "- Chart" in only and "Lee" not in only
    assert laptop.ok("board", "--remind", visit, lang="zh-Hant-HK").out.startswith("甲廠\n")
    assert laptop.ok("board", "--remind", visit, "--json").data["text"] == text.rstrip("\n")
    assert laptop("board", "--remind", "nobody").code == 2


def test_the_reminder_for_the_site_names_its_documents(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_visit(laptop)
    laptop.ok("documents", visit, "--ask", "usual")
    text = laptop.ok("board", "--remind", visit, "--whom", "site").out
    assert "Dear Sir or Madam," in text and "- Water balance" in text


def test_what_has_not_begun_to_arrive_and_hostile_names_do_no_harm(tmp_path, capsys):
    laptop = named(tmp_path / "data", capsys)
    visit = new_visit(laptop, "[red]\x1b[2J\u202eevil")
    header(laptop, visit, batch="\x1b]0;x\x07 Spring")
    lost = Device("bob", person="Bob\u202e", visit="f" * 32)
    lost.answer("meter", "seen", form="check")
    with Store.open(tmp_path / "data") as store:
        store.add(lost.known)
    said = laptop.ok("board")
    assert "not arrived" in said.out and "\x1b" not in said.out and "\u202e" not in said.out
    data = laptop.ok("board", "--json")
    assert "\x1b" not in data.out and [each["complete"] for each in data.data["visits"]] == [True, False]
