"""``assessor form export``: a form leaves as a workbook and nothing of anybody's is overwritten."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from assessor_tui.config import shipped
from tests.cli_world import Said, typed

FORM = """\
settings: {form_id: lamps, version: "1", languages: [und], title: {und: Lamps}}
choices:
  kinds: [{name: led, label: {und: LED}}, {name: other, label: {und: "=Other"}}]
instances:
  towns: {source: towns.csv}
survey:
  - {type: select_one kinds, name: kind, label: {und: Which kind?}, points: {led: "2", other: "0"}}
  - {type: select_one towns, name: town, label: {und: Where?}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lamps.yaml").write_text(FORM, encoding="utf-8")
    (tmp_path / "towns.csv").write_text("name,label\na,A\n", encoding="utf-8")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Said:
    return typed(["form", "export", *arguments, "--lang", "en-HK"], capsys)


def test_a_form_becomes_a_workbook_beside_which_its_lists_lie(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "out").mkdir()
    done = said(capsys, "lamps.yaml", "--to", "out")
    assert done.code == 0, done
    assert done.out.split() == ["out/lamps.xlsx", "out/towns.csv"]
    book = load_workbook(here / "out" / "lamps.xlsx")
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert [cell.value for cell in book["survey"][3]][:3] == ["select_one_from_file towns.csv", "town", "Where?"]
    assert (here / "out" / "towns.csv").read_text(encoding="utf-8") == "name,label\na,A\n"


def test_nothing_is_overwritten_without_being_asked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "lamps.yaml").code == 0
    first = (here / "lamps.xlsx").read_bytes()
    assert said(capsys, "lamps.yaml").code == 0
    (here / "lamps.xlsx").write_bytes(b"mine")
    refused = said(capsys, "lamps.yaml")
    assert refused.code == 2 and "lamps.xlsx" in refused.err
    assert (here / "lamps.xlsx").read_bytes() == b"mine"
    assert said(capsys, "lamps.yaml", "--replace").code == 0
    assert (here / "lamps.xlsx").read_bytes() == first
    assert sorted(each.name for each in here.iterdir()) == ["lamps.xlsx", "lamps.yaml", "towns.csv"]


def test_a_list_whose_file_is_missing_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "towns.csv").unlink()
    done = said(capsys, "lamps.yaml", "--json")
    assert done.code == 0
    assert "export.file_missing" in [each["code"] for each in done.data["warnings"]]


def test_a_form_with_mistakes_is_not_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "lamps.yaml").write_text(FORM.replace("select_one kinds", "select_one kind"), encoding="utf-8")
    done = said(capsys, "lamps.yaml")
    assert done.code == 3
    assert "kind" in done.err
    assert not (here / "lamps.xlsx").exists()


def test_other_endings_and_missing_files_are_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "lamps.yaml", "--to", "lamps.docx").code == 2
    missing = said(capsys, "none.yaml")
    assert missing.code == 1 and "none.yaml" in missing.err


def test_tables_as_text_say_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "lamps.yaml", "--to", "lamps.md").code == 0
    text = (here / "lamps.md").read_text(encoding="utf-8")
    assert "|  | kinds | other | =Other |" in text


def test_a_form_that_we_ship_is_exported_without_warnings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = said(capsys, shipped("forms") / "gate.yaml", "--json")
    assert done.code == 0
    assert done.data["warnings"] == []
    book = load_workbook(io.BytesIO((here / "gate.xlsx").read_bytes()))
    assert book["survey"].freeze_panes == "C2"
