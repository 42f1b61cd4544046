"""Workbooks that hold forms: .xlsx, .xls and Markdown tables, opened strictly, as sheets of text.

A file from outside may be anything. What is not a workbook, or more of one than a form can be, is refused before a
reader sees it. Nothing in a workbook is ever run: formulas count as their last result, macros are refused.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from assessor_tui import sheets
from assessor_tui.ledger.entry import clean
from assessor_tui.problem import Place, Problem

FORM_SHEETS = frozenset({"survey", "choices", "settings", "external_choices", "osm", "entities"})
"""Sheets that mean something to XLSForm, by their folded names."""

MAX_XLS_BYTES = 20 * 1024**2
MAX_TEXT_BYTES = 5 * 1024**2
MAX_SURVEY_ROWS = 20_000
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 50_000, 1_000, 1_000_000
"""Of one sheet; the cells of all."""
MAX_CELL = 32_767
"""Characters, as in Excel."""
MAX_SHEETS = 100
_MAX_RATIO, _LARGE_PART = 500, 4 * 1024**2
_MOST_OF_PART = {
    "sharedstrings.xml": 16 * 1024**2, "styles.xml": 4 * 1024**2, "workbook.xml": 4 * 1024**2,
    "[content_types].xml": 4 * 1024**2, ".rels": 4 * 1024**2,
}  # fmt: skip
"""Bytes of the parts that a reader builds up whole before it shows the first cell."""
_EMPTY_ROWS, _EMPTY_COLUMNS = 60, 20
"""XLSForm's own reader takes so many empty ones for the end of a sheet."""


class Sheet(NamedTuple):
    """One sheet."""

    name: str
    """As it is written."""
    headings: tuple[str, ...]
    """By column; ``""`` for a column without."""
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Number of the row, from 1 for the headings, and its cells; never longer than ``headings``, never all empty."""
    warnings: tuple[Problem, ...] = ()


class Workbook(NamedTuple):
    """A form's workbook as texts."""

    sheets: tuple[Sheet, ...]
    is_markdown: bool = False

    def sheet(self, name: str) -> Sheet | None:
        """The sheet that XLSForm takes for ``name``: upper and lower case are alike; a single sheet is the survey."""
        found = [sheet for sheet in self.sheets if sheet.name.lower() == name]
        if not found and name == "survey" and len(self.sheets) == 1:
            return self.sheets[0] if self.sheets[0].name.lower() not in FORM_SHEETS else None
        return found[-1] if found else None


def open_workbook(data: bytes, file: str) -> Workbook | Problem:
    """The workbook in ``data``, or why it cannot be one.

    Codes: ``import.not_a_workbook``, ``import.locked``, ``import.macros``, ``import.too_large``, ``import.unsafe``,
    ``import.damaged``, ``import.not_utf8``, ``import.no_result``, ``import.error_cell``, ``import.long_cell``.
    """
    try:
        if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            return _old(data, file)
        if data[:2] == b"PK":
            return _xlsx(data, file)
        return _markdown(data, file)
    except _Refused as refused:
        return refused.problem


class _Refused(Exception):
    def __init__(self, code: str, place: Place, **told: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, place, told)


_CODES: dict[type[sheets.SheetError], str] = {
    sheets.NotASheet: "import.not_a_workbook",
    sheets.OldOrLocked: "import.locked",
    sheets.SheetTooLarge: "import.too_large",
    sheets.SheetUnsafe: "import.unsafe",
}


# -- .xlsx ------------------------------------------------------------------------------------------------------------


def _xlsx(data: bytes, file: str) -> Workbook:
    place = Place(file)
    try:
        if len(data) > sheets.MAX_BYTES:
            raise sheets.SheetTooLarge(file, f"{len(data) / 1024**2:,.0f} MB")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                if part.filename.lower().endswith("vbaproject.bin"):
                    raise _Refused("import.macros", place)
                if part.file_size > _LARGE_PART and part.file_size > _MAX_RATIO * max(1, part.compress_size):
                    raise sheets.SheetUnsafe(file, f"{part.file_size // max(1, part.compress_size):,} : 1")
                most = next((most for name, most in _MOST_OF_PART.items() if part.filename.lower().endswith(name)), 0)
                if most and part.file_size > most:
                    raise sheets.SheetTooLarge(file, f"{part.filename}: {part.file_size / 1024**2:,.0f} MB")
            sheets.check_parts(file, archive)
            return _read_xlsx(archive, data, file)
    except _Refused:
        raise
    except sheets.SheetError as error:
        code = _CODES.get(type(error), "import.damaged")
        raise _Refused(code, place, reason=error.parameters["reason"]) from error
    except Exception as error:  # a library for whatever people write meets every kind of damage with another exception
        raise _Refused("import.damaged", place, reason=type(error).__name__) from error


def _read_xlsx(archive: zipfile.ZipFile, data: bytes, file: str) -> Workbook:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about decoration that this version does not know
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            found: list[Sheet] = []
            cells = MAX_CELLS
            for each in book.worksheets[:MAX_SHEETS]:
                most_rows = MAX_SURVEY_ROWS if _called(each.title) == "survey" else MAX_ROWS
                with archive.open(each._worksheet_path.lstrip("/")) as part:
                    seen = sheets.look_over(each.title, part, (most_rows, MAX_COLUMNS, cells))
                cells -= seen.cells
                matters = _called(each.title) in FORM_SHEETS or len(book.worksheets) == 1
                if matters and seen.no_result:
                    raise _Refused(
                        "import.no_result", Place(file, path=each.title, line=_row_of(seen.no_result[0])),
                        cells=", ".join(seen.no_result[:5]),
                    )  # fmt: skip
                each.reset_dimensions()  # some programs write a size that is not true
                if not seen.rows:
                    found.append(Sheet(each.title.strip(), (), ()))
                    continue
                rows = (
                    [_xlsx_text(cell, Place(file, number, column, each.title), matters)
                     for column, cell in enumerate(row, 1)]
                    for number, row in enumerate(each.iter_rows(max_row=seen.rows, max_col=seen.columns), 1)
                )  # fmt: skip
                found.append(_sheet(file, each.title, rows))
            return Workbook(tuple(found))
        finally:
            book.close()


def _called(name: str) -> str:
    """What XLSForm calls the sheet of that name; a space behind it, which nobody sees, does not count."""
    return name.strip().lower()


def _row_of(cell: str) -> int:
    return int(re.sub("[^0-9]", "", cell) or 0)


def _xlsx_text(cell: Any, place: Place, matters: bool) -> str:
    if matters and cell.data_type == "e":
        raise _Refused("import.error_cell", place, value=str(cell.value))
    return _text(cell.value)


def _text(value: object) -> str:
    """What stands in a cell, as an XLSForm means it: whole numbers without point, dates as ISO 8601."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int | float):
        # A spreadsheet keeps fifteen digits; what stands behind them is an accident of binary fractions.
        text = format(Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


# -- .xls -------------------------------------------------------------------------------------------------------------


def _old(data: bytes, file: str) -> Workbook:
    place = Place(file)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _Refused("import.locked", place)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _Refused("import.macros", place)
    if len(data) > MAX_XLS_BYTES:
        raise _Refused("import.too_large", place, reason=f"{len(data) / 1024**2:,.0f} MB")
    try:
        return _read_old(data, file)
    except _Refused:
        raise
    except Exception as error:  # as above
        code = "import.locked" if "encrypted" in str(error).lower() else "import.damaged"
        raise _Refused(code, place, reason=type(error).__name__) from error


def _read_old(data: bytes, file: str) -> Workbook:
    import xlrd  # type: ignore[import-untyped]

    # With the rows as ragged as they are, one cell far out does not make millions of empty ones.
    book = xlrd.open_workbook(file_contents=data, on_demand=True, ragged_rows=True, logfile=io.StringIO())
    try:
        found: list[Sheet] = []
        cells = MAX_CELLS
        names = book.sheet_names()[:MAX_SHEETS]
        for name in names:
            sheet = book.sheet_by_name(name)
            matters = _called(name) in FORM_SHEETS or len(names) == 1
            most = MAX_SURVEY_ROWS if _called(name) == "survey" else MAX_ROWS
            cells -= sum(sheet.row_len(row) for row in range(sheet.nrows))
            if sheet.nrows > most or cells < 0:
                reason = f"{name}: > {most:,} rows" if sheet.nrows > most else f"> {MAX_CELLS:,} cells"
                raise _Refused("import.too_large", Place(file, path=name), reason=reason)
            rows = [
                [_old_text(book, sheet, row, column, file, matters) for column in range(sheet.row_len(row))]
                for row in range(sheet.nrows)
            ]
            found.append(_sheet(file, name, rows))
            book.unload_sheet(name)
        return Workbook(tuple(found))
    finally:
        book.release_resources()


def _old_text(book: Any, sheet: Any, row: int, column: int, file: str, matters: bool) -> str:
    import xlrd

    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_ERROR:
        if matters:
            said = xlrd.error_text_from_code.get(value, "#")
            raise _Refused("import.error_cell", Place(file, row + 1, column + 1, sheet.name), value=said)
        return ""
    if kind == xlrd.XL_CELL_BOOLEAN:
        return _text(bool(value))
    if kind == xlrd.XL_CELL_DATE:
        if value < 1:
            seconds = round(value * 86_400)
            return _text(time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60))
        return _text(xlrd.xldate_as_datetime(value, book.datemode))
    return _text(value)


# -- Markdown ---------------------------------------------------------------------------------------------------------

_ESCAPED_PIPE = re.compile(r"(?<!\\)\|")


def _markdown(data: bytes, file: str) -> Workbook:
    place = Place(file)
    if len(data) > MAX_TEXT_BYTES:
        raise _Refused("import.too_large", place, reason=f"{len(data) / 1024**2:,.0f} MB")
    if b"\0" in data:
        raise _Refused("import.not_a_workbook", place)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused("import.not_utf8" if b"|" in data else "import.not_a_workbook", place) from error
    if text[:5000].count("|") < 5:
        raise _Refused("import.not_a_workbook", place)
    tables: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    cells = 0
    for line in text.split("\n"):
        if (inner := _between_pipes(line)) is None:
            continue
        first, *rest = (cell.strip().replace("\\|", "|") for cell in _ESCAPED_PIPE.split(inner))
        if first:
            rows = tables[first] = []
        if rows is not None and any(rest):
            rows.append(rest)
            cells += len(rest)
            if len(rows) > MAX_ROWS or cells > MAX_CELLS or len(tables) > MAX_SHEETS:
                raise _Refused("import.too_large", place, reason=f"> {MAX_ROWS:,} rows")
    found = (_sheet(file, name, table, headings_may_repeat=True) for name, table in tables.items())
    return Workbook(tuple(found), is_markdown=True)


def _between_pipes(line: str) -> str | None:
    """What stands between the first and the last pipe of a table's line; None for comments and rules."""
    if line.lstrip().startswith("#"):
        return None
    # Behind the last pipe a comment may stand.
    behind = line.rfind("|") + 1
    comment = line.rfind("#", behind, max(behind, len(line.rstrip("\n")) - 1))
    line = (line[:comment] if comment >= 0 else line).strip()
    if len(line) < 2 or line[0] != "|" or line[-1] != "|":
        # As in XLSForm's own reader, what follows the last pipe does not count.
        if not line.startswith("|") or line.count("|") < 2:
            return None
        line = line[: line.rfind("|") + 1]
    inner = line[1:-1]
    return None if inner and not inner.strip("|-") else inner


# -- all three --------------------------------------------------------------------------------------------------------


def _sheet(file: str, name: str, rows: Iterable[Sequence[str]], headings_may_repeat: bool = False) -> Sheet:
    told: list[Problem] = []
    headings: list[str] = []
    kept: list[tuple[int, tuple[str, ...]]] = []
    empty = 0
    for number, row in enumerate(rows, 1):
        cells = [_cell(cell, Place(file, number, column, name)) for column, cell in enumerate(row, 1)]
        if number == 1:
            headings = _headings(cells)
            seen: dict[str, int] = {}
            for column, heading in enumerate(headings, 1):
                if heading and seen.setdefault(heading, column) != column and not headings_may_repeat:
                    raise _Refused("import.heading_twice", Place(file, 1, column, name), heading=heading)
            continue
        cells = [cell if heading else "" for cell, heading in zip(cells, headings, strict=False)]
        if not any(cells):
            empty += 1
            continue
        if empty > _EMPTY_ROWS and not headings_may_repeat:
            told.append(Problem("import.far_below", Place(file, number, path=name), {"count": str(empty)}))
            break
        empty = 0
        kept.append((number, tuple(cells)))
    return Sheet(name.strip(), tuple(headings), tuple(kept), tuple(told))


def _headings(cells: Sequence[str]) -> list[str]:
    headings = [re.sub(" +", " ", cell) for cell in cells]
    last, empty = 0, 0
    for column, heading in enumerate(headings, 1):
        empty = 0 if heading else empty + 1
        if heading:
            last = column
        elif empty > _EMPTY_COLUMNS:
            break
    return headings[:last]


def _cell(text: str, place: Place) -> str:
    if not text:
        return ""
    if len(text) > MAX_CELL:
        raise _Refused("import.long_cell", place, most=f"{MAX_CELL:,}")
    text = clean(text.replace("\u00a0", " ").replace("\ufeff", "")).strip()
    return text if text.isascii() else _TURNING.sub("", text)


_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that nobody sees and that turn the direction of a line."""


def dictionary(book: Workbook) -> dict[str, Any]:
    """The workbook as XLSForm's own reader hands it on: per sheet its rows by heading, empty ones included."""
    found: dict[str, Any] = {"sheet_names": [sheet.name for sheet in book.sheets]}
    for name in FORM_SHEETS:
        sheet = book.sheet(name)
        if sheet is None:
            continue
        rows: list[dict[str, str]] = []
        for number, cells in sheet.rows:
            rows.extend({} for _ in range(number - 2 - len(rows)))
            rows.append({heading: cell for heading, cell in zip(sheet.headings, cells, strict=False) if cell})
        found[name] = rows
        found[f"{name}_header"] = [{heading: None for heading in sheet.headings if heading}] if sheet.headings else []
    return found


def rows_of(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells by heading of every row; a heading that stands twice has its last cell."""
    for number, cells in sheet.rows:
        yield number, {heading: cell for heading, cell in zip(sheet.headings, cells, strict=False) if cell}
