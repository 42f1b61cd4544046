"""Workbooks with forms: what is one is read as texts, what is none or too much is refused before a reader sees it."""

import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook as NewWorkbook  # type: ignore[import-untyped]

from assessor_tui.interop.workbook import MAX_CELL, MAX_SURVEY_ROWS, Workbook, dictionary, open_workbook
from assessor_tui.problem import Problem
from tests.old_workbook import old_workbook

SURVEY = [["type", "name", "label"], ["text", "a", "Ä 甲"], ["", "", ""], ["integer", "b", "B"]]


def xlsx(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    book = NewWorkbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts(data: bytes, **changed: bytes) -> bytes:
    """The workbook with parts changed or added, by their names with ``__`` for ``/`` and ``_dot_`` for the dot."""
    wanted = {name.replace("__", "/").replace("_dot_", "."): part for name, part in changed.items()}
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, wanted.pop(part.filename, b"") or old.read(part))
        for name, content in wanted.items():
            new.writestr(name, content)
    return stream.getvalue()


def refused(data: bytes) -> Problem:
    found = open_workbook(data, "form")
    assert isinstance(found, Problem)
    return found


def opened(data: bytes) -> Workbook:
    found = open_workbook(data, "form")
    assert isinstance(found, Workbook), found
    return found


MARKDOWN = """
| Survey |
|        | type    | name | label |
|        | text    | a    | Ä 甲  |
|        | integer | b    | B     |
# a comment
"""


@pytest.mark.parametrize("data", [xlsx({"Survey": SURVEY}), old_workbook({"Survey": SURVEY})], ids=["xlsx", "xls"])
def test_a_workbook_is_texts_with_the_numbers_of_their_rows(data: bytes) -> None:
    sheet = opened(data).sheet("survey")
    assert sheet is not None
    assert sheet.headings == ("type", "name", "label")
    assert sheet.rows == ((2, ("text", "a", "Ä 甲")), (4, ("integer", "b", "B")))


def test_tables_in_markdown_are_a_workbook() -> None:
    sheet = opened(MARKDOWN.encode()).sheet("survey")
    assert sheet is not None
    assert sheet.rows == ((2, ("text", "a", "Ä 甲")), (3, ("integer", "b", "B")))


def test_a_pipe_in_a_cell_is_written_with_a_backslash() -> None:
    book = opened(b"| survey |\n| | type | name | label |\n| | text | a | A \\| B | # note\n")
    assert book.sheets[0].rows == ((2, ("text", "a", "A | B")),)


def test_cells_are_what_people_mean() -> None:
    moment = datetime.fromisoformat("2026-11-12T09:30")
    row = [1.0, 0.1, True, date(2026, 11, 12), moment, time(9, 30), 1e15, " a  ", "a\u00a0b"]
    book = opened(xlsx({"survey": [[f"h{column}" for column in range(len(row))], row]}))
    assert book.sheets[0].rows[0][1] == (
        "1", "0.1", "TRUE", "2026-11-12", "2026-11-12T09:30:00", "09:30:00", "1000000000000000", "a", "a b",
    )  # fmt: skip


def test_cells_of_an_old_workbook_are_the_same() -> None:
    book = opened(old_workbook({"survey": [["a", "b", "c"], [1.0, 0.25, True]]}))
    assert book.sheets[0].rows[0][1] == ("1", "0.25", "TRUE")


def test_a_single_sheet_is_the_survey_whatever_it_is_called() -> None:
    book = opened(xlsx({"Sheet1": SURVEY}))
    assert book.sheet("survey") == book.sheets[0]
    assert list(dictionary(book)["survey"]) == [
        {"type": "text", "name": "a", "label": "Ä 甲"}, {}, {"type": "integer", "name": "b", "label": "B"},
    ]  # fmt: skip


def test_a_space_behind_the_name_of_a_sheet_does_not_hide_it() -> None:
    book = opened(xlsx({"Survey ": SURVEY, "choices ": [["list_name", "name"]]}))
    assert [sheet.name for sheet in book.sheets] == ["Survey", "choices"]
    assert book.sheet("choices") is not None


def test_what_stands_far_below_is_not_read_and_said() -> None:
    rows = [*SURVEY, *([""] * 3 for _ in range(70)), ["text", "c", "C"]]
    sheet = opened(xlsx({"survey": rows})).sheets[0]
    assert [number for number, _ in sheet.rows] == [2, 4]
    assert [problem.code for problem in sheet.warnings] == ["import.far_below"]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n" + bytes(100), b"no table at all", b"PK\x05\x06" + bytes(18), b"a|b" * 3 + b"\0",
     xlsx({"survey": SURVEY})[:200] + bytes(3000)],
    ids=["empty", "picture", "text", "empty archive", "zeros", "cut off"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert refused(data).code in ("import.not_a_workbook", "import.damaged")


def test_an_old_workbook_cut_off_is_refused() -> None:
    assert refused(old_workbook({"survey": SURVEY})[:700]).code == "import.damaged"


def test_macros_are_refused() -> None:
    assert refused(parts(xlsx({"survey": SURVEY}), xl__vbaProject_dot_bin=b"x")).code == "import.macros"
    assert refused(old_workbook({"survey": SURVEY}, ["_VBA_PROJECT"])).code == "import.macros"


def test_a_workbook_behind_a_password_is_named_as_one() -> None:
    assert refused(old_workbook({"survey": SURVEY}, ["EncryptedPackage"])).code == "import.locked"


def test_what_unfolds_to_more_than_a_form_can_be_is_refused_unread() -> None:
    huge = parts(xlsx({"survey": SURVEY}), xl__media__big_dot_bin=bytes(60 * 1024**2))
    assert len(huge) < 200_000
    assert refused(huge).code in ("import.too_large", "import.unsafe")


def test_a_part_that_unfolds_to_a_thousand_times_its_size_is_refused() -> None:
    assert (
        refused(parts(xlsx({"survey": SURVEY}), xl__theme__theme9_dot_xml=bytes(8 * 1024**2))).code == "import.unsafe"
    )


def test_a_part_with_a_doctype_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    assert refused(parts(xlsx({"survey": SURVEY}), xl__sharedStrings_dot_xml=bomb)).code == "import.unsafe"


def test_more_rows_than_a_form_can_have_are_refused_while_counting() -> None:
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>text</t></is></c></row>'
    rows = "".join(row.format(number) for number in range(1, 25_001))
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>".encode()
    problem = refused(parts(xlsx({"survey": SURVEY}), xl__worksheets__sheet1_dot_xml=sheet))
    assert (problem.code, problem.parameters["reason"]) == ("import.too_large", f"> {MAX_SURVEY_ROWS:,} rows")
    line = b"| | text | a | A |\n"
    assert refused(b"| survey |\n| | type | name | label |\n" + line * 60_000).code == "import.too_large"


def test_a_formula_without_a_result_is_named_with_its_cell() -> None:
    problem = refused(xlsx({"survey": [*SURVEY, ["text", "=1+1", "C"]]}))
    assert (problem.code, problem.parameters["cells"], problem.place.path) == ("import.no_result", "B5", "survey")


def test_a_formula_that_ends_in_an_error_is_named_with_its_cell() -> None:
    data = xlsx({"survey": [*SURVEY, ["text", "#REF!", "C"]], "choices": [["a"]]})
    problem = refused(data)
    assert problem.code == "import.error_cell"
    assert (problem.place.line, problem.place.column) == (5, 2)


def test_a_heading_that_stands_twice_is_refused() -> None:
    problem = refused(xlsx({"survey": [["type", "name", "name"], ["text", "a", "b"]]}))
    assert (problem.code, problem.place.line, problem.place.column) == ("import.heading_twice", 1, 3)


def test_a_cell_longer_than_a_spreadsheet_holds_is_refused() -> None:
    data = f"| survey |\n| | type | name | label |\n| | text | a | {'x' * (MAX_CELL + 1)} |\n".encode()
    assert refused(data).code == "import.long_cell"


def test_text_that_is_not_utf8_is_named_as_such() -> None:
    assert refused("| survey |\n| | type | name |\n| | text | é |".encode("latin-1")).code == "import.not_utf8"


def test_invisible_characters_do_not_come_in() -> None:
    book = opened("| survey |\n| | type | name | label |\n| | text | a | A\x1b[31m\u202e |\n".encode())
    assert "\x1b" not in book.sheets[0].rows[0][1][2]


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_parts_that_are_built_up_whole_are_refused_when_they_are_huge(part: str) -> None:
    padding = random.Random(1).randbytes(9 << 20).hex().encode()  # 18 MB that no compression makes a thousandth
    name = part.replace("/", "__").replace(".", "_dot_")

    problem = refused(parts(xlsx({"survey": SURVEY}), **{name: b"<a>" + padding + b"</a>"}))

    assert problem.code == "import.too_large"
    assert part in problem.parameters["reason"]


def test_marks_that_turn_a_line_are_left_out() -> None:
    found = opened("| survey |\n| | type | name | label |\n| | text | a | safe\u202egpj.exe |\n".encode())

    assert found.sheets[0].rows[0][1] == ("text", "a", "safegpj.exe")
