"""Tables that others hand over: every cell as people see it, everything else refused with words."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from assessor_tui import sheets
from assessor_tui.sheets import (
    NoSuchSheet,
    NotASheet,
    OldOrLocked,
    SheetDamaged,
    SheetEmpty,
    SheetError,
    SheetTooLarge,
    SheetUnsafe,
    read_sheet,
    read_text,
    seen_text,
)


def saved(book: Workbook, folder: Path) -> Path:
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


def workbook(*rows: list[object]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def at(*parts: int) -> datetime:
    """A time as a workbook holds it: in no zone."""
    return datetime(*parts)  # noqa: DTZ001


def changed(path: Path, part: str, change: bytes | None, old: bytes = b"", new: bytes = b"") -> Path:
    """The workbook with one part changed: given anew, or ``old`` replaced by ``new`` in it."""
    with zipfile.ZipFile(path) as archive:
        parts = {each.filename: archive.read(each) for each in archive.infolist()}
    parts[part] = change if change is not None else parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_every_cell_is_text_as_people_see_it(tmp_path):
    book = workbook(["月份", "用電量"], [at(2026, 1, 1), 12400.1 + 0.2], ["x", 1e-7], ["y", 0.125], ["z", True])
    book.active["B4"].number_format = "0.0%"

    assert read_sheet(saved(book, tmp_path)).rows == (
        ("月份", "用電量"), ("2026-01-01", "12400.3"), ("x", "0.0000001"), ("y", "12.5%"), ("z", "TRUE"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [(1.24, '0.00"万度"', "1.24 万度"), (1.24, "0.00万度", "1.24 万度"), (1e22, "", "10000000000000000000000"),
     (-0.0, "", "0"), (3, "#,##0", "3"), (at(2026, 1, 1, 8, 30), "", "2026-01-01 08:30"),
     (timedelta(hours=26), "", "26:00"), (5, "General", "5"), (1234.5, "#,##0.00_ ", "1234.5")],
)  # fmt: skip
def test_what_a_format_adds_to_a_number_is_seen(value, number_format, text):
    assert seen_text(value, number_format) == (text, False)


@pytest.mark.parametrize("number_format", ["#,##0,", "0.0,,", '0!.0,"万"'])
def test_a_number_shown_in_thousands_is_told(number_format):
    assert seen_text(12_345, number_format) == ("12345", True)


def test_a_formula_counts_by_its_result_and_is_named_without_one(tmp_path):
    path = saved(workbook([1, "=A1*2", "=A1&A1"]), tmp_path)
    changed(path, SHEET, None, b"<f>A1*2</f><v></v>", b"<f>A1*2</f><v>2</v>")
    changed(path, SHEET, None, b"<f>A1*2</f><v />", b"<f>A1*2</f><v>2</v>")

    sheet = read_sheet(path)

    assert sheet.rows == (("1", "2"),)
    assert [(each.code, each.parameters["cell"]) for each in sheet.problems] == [("sheet.no_result", "C1")]


def test_error_cells_merged_cells_and_hidden_rows_are_named(tmp_path):
    book = workbook(["a", "b"], ["#REF!", "x"], ["c", "d"])
    book.active["A2"].data_type = "e"
    book.active.merge_cells("B2:B3")
    book.active.row_dimensions[3].hidden = True

    sheet = read_sheet(saved(book, tmp_path))

    told = {each.code: (each.place.line, each.place.column, *each.parameters.values()) for each in sheet.problems}
    assert told["sheet.error_cell"] == (2, 1, "A2", "#REF!")
    assert told["sheet.merged"] == (2, 2, "B2:B3")
    assert told["sheet.hidden"] == (3, 0, "3")


def test_the_first_sheet_with_rows_is_taken_and_the_others_are_named(tmp_path):
    book = Workbook()
    book.create_sheet("2025")["A1"] = "x"
    book.create_sheet("2026")["A1"] = "y"
    path = saved(book, tmp_path)

    first = read_sheet(path)

    assert (first.name, first.rows) == ("2025", (("x",),))
    assert [(each.code, each.parameters) for each in first.problems] == [
        ("sheet.taken", {"sheet": "2025", "others": "2026"})
    ]
    assert read_sheet(path, "2026").rows == (("y",),)
    with pytest.raises(NoSuchSheet, match="2025, 2026"):
        read_sheet(path, "2027")


def test_a_hidden_sheet_is_taken_only_when_there_is_no_other(tmp_path):
    book = workbook(["old"])
    book.active.sheet_state = "hidden"
    book.create_sheet("now")["A1"] = "new"

    assert read_sheet(saved(book, tmp_path)).name == "now"


def test_a_size_that_is_not_true_and_empty_cells_at_the_end_do_not_count(tmp_path):
    book = workbook(["a", "b", None], [None, None, None], ["c", "d", ""])
    path = changed(saved(book, tmp_path), SHEET, None, b'<dimension ref="A1:C3"', b'<dimension ref="A1:A1"')

    assert read_sheet(path).rows == (("a", "b"), ("", ""), ("c", "d"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "big5"])
def test_text_is_read_as_it_was_written(tmp_path, encoding):
    path = tmp_path / "table.csv"
    path.write_bytes("月份,用電量,備註\r\n2026-01,12400,冷卻水塔\r\n".encode(encoding))

    assert read_sheet(path).rows == (("月份", "用電量", "備註"), ("2026-01", "12400", "冷卻水塔"))


def test_text_from_the_mainland_is_read_and_its_code_is_said(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("月份;用电量\n2026-01;12400\n".encode("gb18030"))

    sheet = read_sheet(path)

    assert sheet.rows == (("月份", "用电量"), ("2026-01", "12400"))
    assert [each.parameters for each in sheet.problems] == [{"encoding": "GB18030"}]


def test_cells_may_hold_what_stands_between_cells():
    assert read_text('a\t"b\tc"\n"d\ne"\t3').rows == (("a", "b\tc"), ("d\ne", "3"))
    assert read_text('a,"12,400"\nb,"1,5"').rows == (("a", "12,400"), ("b", "1,5"))


def bomb(folder: Path) -> Path:
    path = saved(workbook(["x"]), folder)
    return changed(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (60 * 1024**2) + b"</worksheet>")


def many_rows(folder: Path) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(20_001):
        sheet.append([number])
    return saved(book, folder)


def wide(folder: Path) -> Path:
    return saved(workbook(list(range(201))), folder)


def far_away(folder: Path) -> Path:
    book = Workbook()
    book.active["XFD1048576"] = 1
    return saved(book, folder)


@pytest.mark.parametrize("make", [bomb, many_rows, wide, far_away])
def test_more_than_a_person_can_look_at_is_refused_with_the_limits(tmp_path, make):
    with pytest.raises(SheetTooLarge, match=r"At most 20,000 rows, 200 columns and 50 MB"):
        read_sheet(make(tmp_path))


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path):
    path = tmp_path / "table.csv"
    with path.open("wb") as stream:
        stream.truncate(60 * 1024**2)

    with pytest.raises(SheetTooLarge, match="60 MB"):
        read_sheet(path)


def test_long_text_has_limits_too():
    with pytest.raises(SheetTooLarge):
        read_text("x\n" * 20_001)
    with pytest.raises(SheetTooLarge):
        read_text("x\t" * 201)
    with pytest.raises(SheetDamaged):
        read_text('"' + "x" * 200_000)


@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_wherever_they_stand(tmp_path, part, encoding):
    path = saved(workbook(["x"]), tmp_path)
    lol = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'

    with pytest.raises(SheetUnsafe, match="DOCTYPE"):
        read_sheet(changed(path, part, lol.encode(encoding)))


def test_links_to_other_files_are_not_followed(tmp_path):
    path = saved(workbook(["x", "=[1]Sheet1!A1"]), tmp_path)
    changed(path, SHEET, None, b"<v></v>", b"<v>7</v>")
    changed(path, SHEET, None, b"<v />", b"<v>7</v>")

    assert read_sheet(path).rows == (("x", "7"),)


@pytest.mark.parametrize("name", ["old.xls", "locked.xlsx"])
def test_old_and_locked_workbooks_are_told_by_their_first_bytes(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    with pytest.raises(OldOrLocked, match="password"):
        read_sheet(tmp_path / name)


def zipped(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [zipped("content.xml"), zipped("word/document.xml"), bytes(range(256)) * 4, b"\xff\xd8\xff\xe0JFIF\xb0\xb0"],
    ids=["spreadsheet of another office", "letter", "bytes", "photo"],
)
def test_what_is_no_table_is_said_to_be_none(tmp_path, data):
    (tmp_path / "table.xlsx").write_bytes(data)

    with pytest.raises(NotASheet):
        read_sheet(tmp_path / "table.xlsx")


def test_a_damaged_workbook_is_told_apart_from_a_missing_one(tmp_path):
    path = saved(workbook(["x"]), tmp_path)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(SheetDamaged):
        read_sheet(path)
    with pytest.raises(SheetError, match="no such file"):
        read_sheet(tmp_path / "gone.xlsx")
    with pytest.raises(SheetError, match="not a file"):
        read_sheet(tmp_path)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("data", [b"", b"<a>", b"<a/>", b"\x00\x01", b'<a r="x"><row r="y"><c r="1"/></row></a>'])
def test_whatever_stands_in_a_part_ends_in_words(tmp_path, part, data):
    path = changed(saved(workbook(["x"]), tmp_path), part, data)

    try:
        assert read_sheet(path).rows == (("x",),)
    except SheetError as error:
        assert path.name in str(error)


def test_an_empty_table_is_no_table(tmp_path):
    with pytest.raises(SheetEmpty):
        read_sheet(saved(Workbook(), tmp_path))
    with pytest.raises(SheetEmpty):
        read_text("\t\n , \n".replace(",", "\t"))


def test_columns_are_called_as_in_a_spreadsheet():
    assert [sheets.column_letters(column) for column in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]
