"""``assessor form import``: workbooks become checklists, all of those named or none; nothing of anybody's is lost."""

from pathlib import Path

import pytest

from tests.cli_world import Said, named, typed
from tests.test_workbook import xlsx

SURVEY = [
    ["type", "name", "label::English (en)", "label::French (fr)", "owner"],
    ["select_one fuels", "fuel", "Which fuel?", "Quel combustible ?", ""],
    ["select_one_from_file towns.csv", "town", "Where?", "", "Chan"],
    ["integer", "hours", "Hours a day?", "", "Lee"],
]
CHOICES = [["list_name", "name", "label::English (en)", "label::French (fr)"], ["fuels", "gas", "Gas", "Gaz"]]
XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>Lamps</h:title><model><instance><data id="lamps" version="1"><a/></data></instance>
<bind nodeset="/data/a" type="string"/></model></h:head><h:body><input ref="/data/a"><label>Which?</label></input>
</h:body></h:html>"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "boilers.xlsx").write_bytes(xlsx({"survey": SURVEY, "choices": CHOICES}))
    (tmp_path / "towns.csv").write_text("name,label\nkt,Kwun Tong\n", encoding="utf-8")
    (tmp_path / "lamps.xml").write_text(XFORM, encoding="utf-8")
    (tmp_path / "wrong.md").write_text(
        "| survey |\n| | type | name | label | relevant |\n| | text | a b | A | |\n| | textt | c | C | ${d} = 1 |\n",
        encoding="utf-8",
    )
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Said:
    return typed(["form", "import", *arguments, "--lang", "en-HK"], capsys)


def test_a_workbook_becomes_a_checklist_that_can_be_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = said(capsys, "boilers.xlsx")
    assert (done.code, done.out) == (0, "boilers.yaml\n"), done
    assert (
        "boilers.xlsx: 3 questions, 0 groups, 0 repeats, 2 lists. Languages: English (en), French (fr).\n" in done.err
    )
    assert "2 texts are missing in French (fr).\n" in done.err
    assert "warning: boilers.xlsx, survey E1: The column owner (cells: 2) is kept" in done.err
    assert "survey D" not in done.err
    assert typed(["form", "check", "boilers.yaml"], capsys).code == 0


def test_missing_texts_are_listed_when_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = said(capsys, "boilers.xlsx", "--verbose")
    assert "warning: boilers.xlsx, survey D3-D4: label: the text in fr is missing.\n" in done.err


def test_lists_in_files_go_along(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = said(capsys, "boilers.xlsx", "--to", "lists/mine")
    assert done.out.split() == ["lists/mine/boilers.yaml", "lists/mine/towns.csv"]
    assert (here / "lists" / "mine" / "towns.csv").read_bytes() == (here / "towns.csv").read_bytes()


def test_a_list_that_is_missing_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "towns.csv").unlink()
    done = said(capsys, "boilers.xlsx")
    assert done.code == 0
    assert "warning: boilers.xlsx, survey A3: The file towns.csv does not stand beside the form." in done.err


def test_forms_of_several_kinds_come_in_at_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = said(capsys, "boilers.xlsx", "lamps.xml", "--json")
    assert [(form["form"], form["questions"], form["written"]) for form in done.data["forms"]] == [
        ("boilers", 3, ["boilers.yaml"]),
        ("lamps", 1, ["lamps.yaml"]),
    ]
    assert (here / "lamps.yaml").is_file()


def test_one_that_is_refused_keeps_all_out(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = said(capsys, "boilers.xlsx", "wrong.md")
    assert (done.code, done.out) == (3, "")
    assert "wrong.md, survey B2: name: this cannot be a name." in done.err
    assert "wrong.md, survey A3: There is no type textt." in done.err
    assert "Nothing was written. Refused: wrong.md.\n" in done.err
    assert not (here / "boilers.yaml").exists()


def test_what_is_there_already_is_not_overwritten_without_being_asked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "boilers.xlsx").code == 0
    first = (here / "boilers.yaml").read_bytes()
    assert said(capsys, "boilers.xlsx").code == 0, "the same once more changes nothing"
    (here / "boilers.yaml").write_bytes(first + b"# mine\n")
    done = said(capsys, "boilers.xlsx", "lamps.xml")
    assert done.code == 2
    assert "There is a file already: boilers.yaml." in done.err
    assert (here / "boilers.yaml").read_bytes() == first + b"# mine\n"
    assert not (here / "lamps.yaml").exists()
    assert said(capsys, "boilers.xlsx", "--replace").code == 0
    assert (here / "boilers.yaml").read_bytes() == first


def test_two_forms_that_would_be_one_file_are_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "boilers.md").write_text("| survey |\n| | type | name | label |\n| | text | a | A |\n", encoding="utf-8")
    done = said(capsys, "boilers.xlsx", "boilers.md")
    assert done.code == 2
    assert not (here / "boilers.yaml").exists()


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.xlsx", b"no workbook", 3, "This is no form"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 3, "damaged or written unusually"),
        ("a.md", b"# words only", 3, "This is no form"),
        ("a.xml", b"<!DOCTYPE x [<!ENTITY e 'e'>]><x>&e;</x>", 3, "DOCTYPE"),
        ("a.yaml", b"settings: {}", 2, "A YAML file is a checklist already"),
        ("missing.xlsx", b"", 2, "There is no file"),
    ],
)
def test_what_is_no_form_is_refused_in_plain_words(
    here: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, code: int, words: str
) -> None:
    if content:
        (here / name).write_bytes(content)
    done = said(capsys, name)
    assert (done.code, done.out) == (code, ""), done
    assert words in done.err


def test_text_of_a_workbook_cannot_steer_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "| survey |\n| | type | name | label |\n| | te\x1b[31mxt | a | A |\n"
    (here / "a.md").write_text(text, encoding="utf-8")
    done = said(capsys, "a.md")
    assert done.code == 3
    assert "\x1b" not in done.err


def test_an_imported_form_is_used_by_a_visit(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "boilers.xlsx").code == 0
    laptop = named(here / "data", capsys)
    opened = laptop("visit", "new", "--form", "boilers.yaml", "--site", "Alpha Works", "--json")
    assert opened.code == 0, opened
