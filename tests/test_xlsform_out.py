"""Forms go out as XLSForm workbooks: as they came in, as people read them, and as text whatever stands in a cell."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]
from pyxform.xls2xform import convert  # type: ignore[import-untyped]

from assessor_tui.config import shipped
from assessor_tui.form.canonical import canonical_bytes
from assessor_tui.form.model import (
    Action,
    Benchmark,
    Choice,
    FindingText,
    Form,
    Group,
    Instance,
    Node,
    Question,
    Repeat,
    Scoring,
)
from assessor_tui.form.read import is_scheme, read_form
from assessor_tui.form.write import to_yaml
from assessor_tui.interop.columns import finding_cells, finding_of
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.interop.xlsform_out import MAX_CELL, tables, write_markdown, write_xlsx

OURS = [file for file in sorted(shipped("forms").glob("*.yaml")) if not is_scheme(file.read_bytes())]


def no_files(_name: str) -> None:
    return None


def read(data: bytes, name: str = "form.xlsx") -> Form:
    imported = read_xlsform(data, name, no_files)
    assert imported.form is not None, imported.problems
    return imported.form


def form_of(*children: Node, **columns: Any) -> Form:
    return Form("f", "1", {"und": "F"}, children, languages=("und",), **columns)


def text(name: str, **columns: Any) -> Question:
    return Question("text", name, {"und": name.upper()}, **columns)


def rows(form: Form, sheet: str = "survey") -> list[dict[str, str]]:
    """The filled cells of each row by their headings."""
    table = next(each for each in tables(form).sheets if each.name == sheet)
    return [{heading: cell for heading, cell in zip(table.headings, row, strict=True) if cell} for row in table.rows]


MARKDOWN = """
| survey |
| | hint  | type                  | Label::Deutsch (de) | label::Français | name | relevant | my note | odk:x | image |
| | Hello | text                  | Hallo               | Bonjour         | a    |          | first   | 7     | a.png |
| |       |                       |                     |                 |      |          | comment |       |       |
| |       | begin group           | Gruppe              | Groupe          | g    | 1 = 1    |         |       |       |
| |       | integer               | Zahl                | Nombre          | a    |          |         |       |       |
| |       | select_one l or_other | Wahl                | Choix           | b    |          |         |       |       |
| |       |                       |                     |                 |      |          | last    |       |       |
| |       | end group             |                     |                 | g    |          |         |       |       |
| |       | begin repeat          | Reihen              | Lignes          | r    |          |         |       |       |
| |       | phone number          | Ruf                 | Tel             | ü    |          |         |       |       |
| |       | end repeat            |                     |                 |      |          |         |       |       |
| choices |
| | list name | name | label::Français | label::Deutsch (de) | colour |
| | l         | x    | Un              | Eins                | red    |
| | l         | y    | Deux            | Zwei                | blue   |
| settings |
| | form_title | id_string | default_language | submission_url |
| | T          | f1        | Français         | here           |
| notes |
| | who | what |
| | me  | this |
"""


def test_a_workbook_of_others_goes_back_as_it_came() -> None:
    form = read(MARKDOWN.encode(), "theirs.md")
    back = load_workbook(io.BytesIO(write_xlsx(form)))
    assert back.sheetnames == ["survey", "choices", "settings", "notes"]
    written: dict[str, list[list[str]]] = {}
    name = ""
    for line in MARKDOWN.strip().splitlines():
        first, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        name = first or name
        if cells and any(cells):
            written.setdefault(name, []).append(cells)
    for name, table in written.items():
        found = [["" if value is None else str(value) for value in row] for row in back[name].values]
        assert found == table


def test_yaml_between_two_workbooks_changes_nothing() -> None:
    form = read(MARKDOWN.encode(), "theirs.md")
    again, problems = read_form(to_yaml(form).encode())
    assert again is not None, problems
    assert write_xlsx(again) == write_xlsx(form)
    assert read(write_xlsx(again)) == form


def test_tables_as_text_are_read_as_the_same_form() -> None:
    form = read(MARKDOWN.encode(), "theirs.md")
    assert canonical_bytes(read(write_markdown(form).encode(), "theirs.md")) == canonical_bytes(form)


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.stem)
def test_our_forms_go_to_a_workbook_and_back_unchanged(file: Path) -> None:
    form, _ = read_form(file.read_bytes())
    assert form is not None
    assert tables(form).warnings == ()
    back = read(write_xlsx(form))
    assert canonical_bytes(back) == canonical_bytes(form)


def test_everything_that_is_ours_comes_back() -> None:
    words = {"en-HK": "What?", "zh-Hant-HK": "甚麼？", "zh-Hans-CN": "什么？"}
    tricky = {"en-HK": "a\nb = {where}", "zh-Hant-HK": "是{where}", "zh-Hans-CN": "={where}是"}
    form = Form(
        "f", "1.10", words,
        (
            Group("g", words, (
                Question("select_one", "q", words, "3.01", guidance=tricky, list_name="l", required="yes",
                         points={"yes": "1.5", "no": "0"}, veto=("no",), limiting=("no",), insist=True,
                         evidence={"*": ("photo", "document"), "no": ("interview",)}, reason=("no", "*"),
                         finding={"no": FindingText("major", tricky)}, not_applicable=False, clause="C; 4", source="S1",
                         status="to be confirmed", role="a.b", reviewed_by={"en-HK": "A B"}, weight="2", place="gate",
                         asked="full", default="'yes'", extra={"also": ["x", "y z"]}),
                Question("quantity", "n", words, units=("kWh", "MWh"), decimals=2, warning=". < 9",
                         warning_message=words, benchmark=Benchmark("lower", "3", "", "4", "S 2")),
                Question("datetime", "d", words, default="now()", actions=(Action("load", "now()"),)),
            ), weight="0.5"),
            Repeat("r", words, (
                Question("text", "key", words),
                Question("select_one", "again", words, rows_of="r"),
            ), "3.02", row_label="${key}", row_letter="F", key=("key",), at_least=2, first_rows=({"key": "one"}, {})),
            Repeat("counted", words, (Question("text", "c", words),), repeat_count="3"),
        ),
        {"l": (Choice("yes", words, {"colour": "red"}), Choice("no", words))},
        "3", "findings", scoring=Scoring("points", "rescale_thresholds", "S3", "draft"), source="S, T",
        extra={"places": ["lab"]},
    )  # fmt: skip
    for back in (read(write_xlsx(form)), read(write_markdown(form._replace(children=form.children[1:])).encode())):
        same = form if len(back.children) == 3 else form._replace(children=form.children[1:])
        assert canonical_bytes(back) == canonical_bytes(same)
    cells = rows(form)[1]
    assert cells["points"] == "yes=1.5 no=0"
    assert cells["evidence"] == "*=photo,document no=interview"
    assert cells["type"] == "select_one l" and cells["default"] == "yes"
    assert "select_one ${key}" in [row["type"] for row in rows(form)]


def test_texts_of_findings_are_typed_on_lines() -> None:
    two = {
        "no": FindingText("major", {"en": "Nothing at {where}: none.", "zh-Hant": "沒有{where}"}),
        "part": FindingText("minor", {"en": "Some\nat {where}.", "zh-Hant": "“部分”{where}"}),
    }
    choices = {"l": tuple(Choice(name, {"en": name, "zh-Hant": name}) for name in two)}
    words = {"en": "A", "zh-Hant": "一"}
    form = Form("f", "1", words, (Question("select_one", "a", words, list_name="l", finding=two),), choices,
                languages=("en", "zh-Hant"))  # fmt: skip
    (row,) = rows(form)
    assert row["finding"] == "no=major part=minor"
    assert row["finding_text::English (en)"] == "no: Nothing at {where}: none.\npart: Some\nat {where}."
    assert row["finding_text::繁體中文 (zh-Hant)"] == "no: 沒有{where}\npart: “部分”{where}"
    assert read(write_xlsx(form)) == form
    assert canonical_bytes(read(write_markdown(form).encode())) == canonical_bytes(form)


def test_a_text_of_a_finding_that_lines_cannot_hold_is_kept() -> None:
    finding = {"no": FindingText("major", {"und": "x\nno: y"}), "a b": FindingText("minor", {"und": " z"})}
    assert finding_of(*finding_cells(finding)) == {name: tuple(each) for name, each in finding.items()}


def test_odk_accepts_what_is_written() -> None:
    form = form_of(
        text("a", default="'x'", trigger="${b}", calculation="1"),
        Repeat("r", {}, (text("b"),)),
        Question("range", "c", {"und": "C"}, parameters="start=0 end=10 step=2"),
        Question("calculate", "d", calculation="1 + 1", data_type="int"),
    )
    made = convert(io.BytesIO(write_xlsx(form)), form_name="data", file_type=".xlsx")
    assert "<a>x</a>" in made.xform
    assert 'nodeset="/data/d" type="int"' in made.xform


@pytest.mark.parametrize(
    "nasty", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "'quoted", "\ttab", "<b>&amp;"]
)
def test_a_cell_is_text_whatever_it_begins_with(nasty: str) -> None:
    book = load_workbook(io.BytesIO(write_xlsx(form_of(text("a", constraint=nasty, relevant=nasty)))))
    cells = [cell for cell in book["survey"][2] if cell.value == nasty]
    assert len(cells) == 2
    for cell in cells:
        assert cell.data_type == "s" and cell.number_format == "@"
        assert cell.quotePrefix or nasty[0] not in "=+-@'"


def test_the_same_form_is_the_same_bytes_and_tells_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    form = form_of(text("a"))
    first = write_xlsx(form)
    assert first == write_xlsx(form)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}
        assert b"202" not in archive.read("docProps/core.xml")


def test_a_long_text_stays_whole_and_is_told() -> None:
    long = "x" * (MAX_CELL + 1)
    form = form_of(text("a", hint={"und": long}))
    (warning,) = tables(form).warnings
    assert (warning.code, warning.place.path, warning.place.line) == ("export.long_cell", "survey", 2)
    with zipfile.ZipFile(io.BytesIO(write_xlsx(form))) as archive:
        assert any(long.encode() in archive.read(name) for name in archive.namelist() if name.endswith(".xml"))


def test_what_xlsform_cannot_say_is_told_and_kept() -> None:
    form = form_of(
        text("a"),
        Question("select_one", "b", {"und": "B"}, list_name="itemset", itemset="/data/r[x = 1]/y"),
        text("c", actions=(Action("change", "1 + 1", "${a}"),)),
    )
    made = tables(form)
    assert [(each.code, each.place.path) for each in made.warnings] == [
        ("export.itemset", "b"),
        ("export.actions", "c"),
    ]
    assert rows(form)[1]["xform_itemset"] == "/data/r[x = 1]/y"
    assert read(write_xlsx(form)).children[2] == form.children[2]


def test_lists_of_files_are_named_and_lists_of_xforms_written_out() -> None:
    form = form_of(
        Question("select_multiple", "a", {"und": "A"}, list_name="towns"),
        Question("select_one", "b", {"und": "B"}, list_name="own"),
        instances={
            "towns": Instance("towns.csv", ("name",), (("x",),)),
            "own": Instance("", ("name", "label", "size"), (("x", "X", "1"), ("y", "Y", "2"))),
        },
    )
    assert rows(form)[0]["type"] == "select_multiple_from_file towns.csv"
    assert rows(form, "choices") == [
        {"list_name": "own", "name": "x", "label": "X", "size": "1"},
        {"list_name": "own", "name": "y", "label": "Y", "size": "2"},
    ]


def test_the_sheets_are_made_for_reading() -> None:
    book = load_workbook(io.BytesIO(write_xlsx(form_of(text("a", hint={"und": "h" * 300})))))
    sheet = book["survey"]
    assert sheet.freeze_panes == "C2"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet["C2"].alignment.wrap_text
    assert sheet.auto_filter.ref == "A1:D2"
    assert sheet.column_dimensions["C"].width >= 40
    assert book["settings"].freeze_panes == "A2"


def test_a_sheet_of_others_may_be_called_anything() -> None:
    kept = {name: {"columns": ["a"], "rows": [["b"]]} for name in ("a/b", "A:B", "x" * 40, "'", "")}
    book = load_workbook(io.BytesIO(write_xlsx(form_of(text("a"), extra={"sheets": kept}))))
    assert len(book.sheetnames) == 7


def test_extra_that_is_no_shape_of_ours_does_no_harm() -> None:
    odd = {"headings": "x", "sheets": ["y"], "rows": {"a": "b"}, "language_names": [], "settings": "z", "ends": "e"}
    form = form_of(text("a", extra={"columns": "x", "as_written": []}), extra=odd)
    assert read(write_xlsx(form)).children[0].name == "a"


def test_what_is_changed_since_is_written_and_not_what_once_stood_there() -> None:
    came = read(b"""
| survey |
| | type             | name | label | default  |
| | phone number     | a    | A     |          |
| | date             | b    | B     | a - b    |
| | select one l     | c    | C     |          |
| choices |
| | list_name | name | label |
| | l         | x    | X     |
""", "theirs.md")  # fmt: skip
    assert [row["type"] for row in rows(came)] == ["phone number", "date", "select one l"]
    assert rows(came)[1]["default"] == "a - b"
    first, second, third = came.children
    assert isinstance(first, Question) and isinstance(second, Question) and isinstance(third, Question)
    changed = came._replace(
        children=(
            first._replace(type="integer", constraint=""),
            second._replace(default="today()"),
            third._replace(type="select_multiple"),
        )
    )
    assert [row["type"] for row in rows(changed)] == ["integer", "date", "select_multiple l"]
    assert rows(changed)[1]["default"] == "today()"


def test_a_form_that_is_no_xlsform_gets_what_xlsforms_reader_demands() -> None:
    form = form_of(
        Question("select_one", "a", list_name="l", parameters="value=id label=title randomize=true seed=1+x"),
        choices={"l": (Choice("x", {"und": "X"}, {"value": "x", "size": "2"}),)},
    )
    (row,) = rows(form)
    assert (row["label"], row["parameters"]) == ("a", "randomize=true")
    assert row["xform_parameters"] == "value=id label=title randomize=true seed=1+x"
    assert rows(form, "choices") == [{"list_name": "l", "name": "x", "label": "X", "size": "2"}]
    back = read(write_xlsx(form)).children[0]
    assert isinstance(back, Question) and back.parameters == row["xform_parameters"]
