"""Tables that others hand over: xlsx, csv and pasted text, read strictly, every cell as people see it.

A file from outside may be anything. What is not a table, or more of one than a person could look at, is refused before
it is unfolded; what is wrong with single cells comes back as problems that name them.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, ClassVar, NamedTuple

from assessor_tui.i18n import N_
from assessor_tui.ledger.entry import clean
from assessor_tui.problem import Place, Problem

MAX_BYTES = 50 * 1024**2
"""Largest file, and most that a workbook may unfold to."""
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 20_000, 200, 400_000
_MAX_PARTS = 4_096
_PIECE = 64 * 1024

REFUSED_CELLS = frozenset({"sheet.no_result", "sheet.error_cell"})
"""Codes of problems whose cell holds nothing that may be taken; the others are worth a look."""


class Sheet(NamedTuple):
    """One table."""

    name: str
    """Of the sheet in its workbook; of the file for text."""
    rows: tuple[tuple[str, ...], ...]
    """All of one width, row 1 of the sheet first; no empty ones at the end."""
    problems: tuple[Problem, ...] = ()
    """What people should know, in the order of the sheet; ``place`` has row (``line``) and column, from 1."""


class SheetError(Exception):
    """The file cannot be read as a table."""

    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = N_("{name} cannot be read ({reason}). Is the stick still connected? Try again.")

    def __init__(self, name: str = "", reason: str = "", known: str = "") -> None:
        super().__init__(name, reason)
        self.parameters = {"name": name, "reason": reason, "known": known}
        """Blanks of the sentence."""

    def __str__(self) -> str:
        return self.message.format(**self.parameters)


class NotASheet(SheetError):
    """By its content the file is no table that can be read."""

    exit_code = 4
    message = N_("{name} is not an Excel file (.xlsx) or a text table (.csv). Save it as one of these.")


class OldOrLocked(SheetError):
    """An old .xls, or a workbook behind a password: from outside both look the same."""

    exit_code = 4
    message = N_(
        "{name} is an old Excel file (.xls) or has a password. "
        "Open it in Excel and save it as .xlsx without a password."
    )


class SheetTooLarge(SheetError):
    """More than a table may hold."""

    exit_code = 4
    message = N_(
        "{name} is too large: {reason}. At most 20,000 rows, 200 columns and 50 MB are read. "
        "Copy the rows needed into a new file."
    )


class SheetUnsafe(SheetError):
    """Something in the workbook that no spreadsheet program writes."""

    exit_code = 4
    message = N_("{name} holds something that no spreadsheet program writes ({reason}). Nothing was read from it.")


class SheetDamaged(SheetError):
    """The workbook cannot be unfolded or understood."""

    exit_code = 4
    message = N_("{name} is damaged or written unusually ({reason}). Open it in Excel, save it as .xlsx and try again.")


class NoSuchSheet(SheetError):
    """The workbook has no sheet of that name."""

    exit_code = 2
    message = N_("{name} has no sheet {reason}. Its sheets are: {known}.")


class SheetEmpty(SheetError):
    """No cell holds anything."""

    exit_code = 4
    message = N_("{name} is empty: no cell holds anything. Was the right file chosen?")


def read_sheet(path: Path, sheet: str = "") -> Sheet:
    """The first table with rows in the file, or the one named ``sheet``.

    Dates are ISO, numbers plain decimals without exponent, percentages as they are seen. Problems: ``sheet.no_result``
    (a formula without a result), ``sheet.error_cell``, ``sheet.merged``, ``sheet.hidden``, ``sheet.scaled``,
    ``sheet.taken`` (one of several), ``sheet.encoding``.

    Raises:
        SheetError: when there is no table in it, or too much of one.
    """
    try:
        if not path.is_file():
            raise SheetError(path.name, "no such file" if not path.exists() else "not a file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SheetTooLarge(path.name, f"{size / 1024**2:,.0f} MB")
        with path.open("rb") as stream:
            head = stream.read(8)
            if head.startswith(b"\xd0\xcf\x11\xe0"):
                raise OldOrLocked(path.name)
            stream.seek(0)
            if head.startswith(b"PK"):
                return _read_workbook(path.name, stream, sheet)
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SheetError(path.name, error.strerror or type(error).__name__) from error
    text, encoding = decoded(path.name, data)
    told = (Problem("sheet.encoding", parameters={"encoding": encoding}),) if encoding else ()
    return read_text(text, path.name)._replace(problems=told)


def read_text(text: str, name: str = "", delimiter: str = "") -> Sheet:
    """The table in a text whose cells stand between tabs, commas or semicolons, as spreadsheets copy and save it.

    Raises:
        SheetError: when it is empty or too large.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter or _delimiter(lines)):
            rows.append(row)
            cells += len(row)
            _limit(name, len(rows), len(row), cells)
    except csv.Error as error:
        raise SheetDamaged(name, str(error)) from error
    return Sheet(name, _rectangle(name, rows))


def column_letters(column: int) -> str:
    """What a spreadsheet calls its column, counted from 1: ``A``, ``Z``, ``AA``."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def by_cells(problems: Iterable[Problem]) -> list[tuple[str, Problem]]:
    """Each problem with the cells it is about, ``C7`` or ``C3-C14``; what a column says again and again, once."""
    found: dict[object, tuple[Problem, list[int]]] = {}
    for problem in problems:
        column = problem.place.column
        same = (problem.code, column, tuple(problem.parameters.items())) if column else len(found)
        found.setdefault(same, (problem, []))[1].append(problem.place.line)
    return [(_cells_said(problem.place.column, lines), problem) for problem, lines in found.values()]


def _cells_said(column: int, lines: Sequence[int]) -> str:
    letters = column_letters(column)
    if not lines[0]:
        return letters
    runs = _runs(sorted(lines)).split(", ")
    said = ", ".join("-".join(f"{letters}{end}" for end in run.split("-")) for run in runs[:3])
    return f"{said} ..." if len(runs) > 3 else said


def _limit(
    name: str,
    rows: int,
    columns: int,
    cells: int,
    most: tuple[int, int, int] = (MAX_ROWS, MAX_COLUMNS, MAX_CELLS),
) -> None:
    for count, limit, what in zip((rows, columns, cells), most, ("rows", "columns", "cells"), strict=True):
        if count > limit:
            raise SheetTooLarge(name, f"> {limit:,} {what}")


def _rectangle(name: str, rows: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """All rows as wide as the widest, cleaned, without empty rows and columns at the ends."""
    table = [[clean(cell.replace("\u00a0", " ").replace("\ufeff", "")).strip() for cell in row] for row in rows]
    while table and not any(table[-1]):
        table.pop()
    if not table:
        raise SheetEmpty(name)
    width = max(column for row in table for column, cell in enumerate(row, 1) if cell)
    return tuple(tuple(row[:width]) + ("",) * (width - len(row)) for row in table)


# Text.


def _delimiter(text: str) -> str:
    """What stands between the cells: a tab wherever there is one, else what stands most often outside quotes."""
    head = re.sub(r'"[^"]*"', "", text[:_PIECE])
    counts = {sign: head.count(sign) for sign in "\t,;"}
    return "\t" if counts["\t"] else max(",;", key=lambda sign: counts[sign])


def decoded(name: str, data: bytes) -> tuple[str, str]:
    """(text, what was assumed): the second is empty where the file itself says how it is written, or UTF-8 fits."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), ""
            except UnicodeDecodeError as error:
                raise NotASheet(name) from error
    head = data[:_PIECE]
    if b"\0" in head:
        # UTF-16 without its mark: the zeros of every ASCII character stand on one side.
        odd, even = head[1::2].count(0), head[0::2].count(0)
        try:
            if odd and not even:
                return data.decode("utf-16-le"), "UTF-16"
            if even and not odd:
                return data.decode("utf-16-be"), "UTF-16"
        except UnicodeDecodeError:
            pass
        raise NotASheet(name)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    found: list[tuple[float, str, str]] = []
    for encoding, label in (("gb18030", "GB18030"), ("big5hkscs", "Big5")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append((_likely(text), text, label))
    if not found:
        raise NotASheet(name)
    likeliest = max(found, key=lambda each: each[0])
    if likeliest[0] < 0.5:  # bytes that are no Chinese in either
        raise NotASheet(name)
    return likeliest[1], likeliest[2]


def _likely(text: str) -> float:
    """Share of the characters beyond ASCII that are plain Chinese: a text read in the wrong code hits rare ones."""
    beyond = [one for one in text[:_PIECE] if not one.isascii()]
    if not beyond:
        return 1.0
    return sum(_weight(one) for one in beyond) / len(beyond)


def _weight(one: str) -> float:
    if "\u4e00" <= one <= "\u9fff":
        # The first level of each standard has the few thousand characters that are really used.
        for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
            try:
                if first <= one.encode(encoding)[0] <= last:
                    return 1.0
            except UnicodeEncodeError:
                continue
        return 0.2
    if one in "，。、；：？！（）《》“”‘’·—…％㎡℃°×±" or "\uff01" <= one <= "\uff5e":
        return 1.0
    return 0.0 if unicodedata.category(one) in ("Cn", "Co", "Cc") else 0.3


# Workbooks.


class SeenSheet(NamedTuple):
    """What one look over a sheet's XML tells before anything is made of it."""

    rows: int
    columns: int
    cells: int
    merged: tuple[str, ...]
    no_result: tuple[str, ...]
    hidden: tuple[int, ...]


def _read_workbook(name: str, stream: IO[bytes], wanted: str) -> Sheet:
    try:
        with zipfile.ZipFile(stream) as archive:
            check_parts(name, archive)
            return _read_sheets(name, archive, stream, wanted)
    except (SheetError, OSError):
        raise
    except Exception as error:  # a library for whatever people write meets every kind of damage with another exception
        raise SheetDamaged(name, type(error).__name__) from error


def check_parts(name: str, archive: zipfile.ZipFile) -> None:
    """Nothing, when the archive is a workbook that unfolds to no more than it may and holds plain XML only.

    Raises:
        SheetError: otherwise; nothing has been unfolded but the beginnings of its parts.
    """
    from xml.parsers import expat

    parts = archive.infolist()
    if len(parts) > _MAX_PARTS:
        raise SheetTooLarge(name, f"{len(parts):,} parts")
    if any(part.flag_bits & 1 for part in parts):
        raise OldOrLocked(name)
    # What a part says of its size is the most that is ever unfolded of it.
    unfolded = sum(part.file_size for part in parts)
    if unfolded > MAX_BYTES:
        raise SheetTooLarge(name, f"{unfolded / 1024**2:,.0f} MB")
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise SheetUnsafe(name, "a part twice")
    if "[Content_Types].xml" not in names or not any(each.startswith("xl/") for each in names):
        raise NotASheet(name)
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            parser = expat.ParserCreate()
            begun: list[str] = []
            parser.StartElementHandler = lambda tag, _attributes, begun=begun: begun.append(tag)
            parser.StartDoctypeDeclHandler = _no_doctype(name, part.filename)
            with archive.open(part) as content:
                while not begun and (piece := content.read(_PIECE)):
                    parser.Parse(piece, False)


def _no_doctype(name: str, part: str) -> Any:
    def refuse(*_told: Any) -> None:
        raise SheetUnsafe(name, f"DOCTYPE, {part}")

    return refuse


def _read_sheets(name: str, archive: zipfile.ZipFile, stream: IO[bytes], wanted: str) -> Sheet:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about decoration that this version does not know
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        try:
            titles = [each.title for each in book.worksheets]
            if wanted and wanted not in titles:
                folded = [title for title in titles if title.strip().casefold() == wanted.strip().casefold()]
                if len(folded) != 1:
                    raise NoSuchSheet(name, wanted, ", ".join(titles))
                wanted = folded[0]
            found: list[tuple[Any, SeenSheet]] = []
            for each in book.worksheets:
                if wanted in ("", each.title):
                    with archive.open(each._worksheet_path.lstrip("/")) as part:
                        seen = look_over(name, part)
                    if seen.rows:
                        found.append((each, seen))
            if not found:
                raise SheetEmpty(name)
            visible = [each for each in found if each[0].sheet_state == "visible"]
            sheet, seen = (visible or found)[0]
            told: list[Problem] = []
            if len(found) > 1:
                others = ", ".join(each.title for each, _ in found if each is not sheet)
                told.append(Problem("sheet.taken", parameters={"sheet": sheet.title, "others": others}))
            rows, wrong = _cells(sheet, seen)
            return Sheet(sheet.title, _rectangle(name, rows), (*told, *_problems(seen), *wrong))
        finally:
            book.close()


def look_over(name: str, part: IO[bytes], most: tuple[int, int, int] = (MAX_ROWS, MAX_COLUMNS, MAX_CELLS)) -> SeenSheet:
    """The used size of a sheet and what is special in it; ``most`` rows, columns and cells.

    Raises:
        SheetTooLarge: while reading.
    """
    from xml.parsers import expat

    merged: list[str] = []
    no_result: list[str] = []
    hidden: list[int] = []
    used_rows = used_columns = cells = row = column = 0
    is_formula = in_value = has_value = row_hidden = False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, column, is_formula, in_value, has_value, row_hidden
        kind = tag.rpartition(":")[2]
        if kind == "row":
            row = int(attributes.get("r", row + 1))
            column = 0
            row_hidden = attributes.get("hidden", "0") in ("1", "true")
        elif kind == "c":
            place = attributes.get("r", "")
            column = _column_of(place) if place else column + 1
            is_formula = False
            # A text that is empty is the result of a formula, too.
            has_value = attributes.get("t") == "str"
        elif kind == "f":
            is_formula = True
        elif kind in ("v", "t"):
            in_value = True
        elif kind == "mergeCell" and len(merged) < most[0]:
            merged.append(attributes.get("ref", ""))

    def letters(_text: str) -> None:
        nonlocal has_value
        has_value = has_value or in_value

    def end(tag: str) -> None:
        nonlocal used_rows, used_columns, cells, in_value
        in_value = False
        if tag.rpartition(":")[2] != "c" or not (is_formula or has_value):
            return
        if is_formula and not has_value:
            no_result.append(f"{column_letters(column)}{row}")
        used_rows, used_columns, cells = max(used_rows, row), max(used_columns, column), cells + 1
        if row_hidden and (not hidden or hidden[-1] != row):
            hidden.append(row)
        _limit(name, used_rows, used_columns, cells, most)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, letters
    while piece := part.read(_PIECE):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return SeenSheet(used_rows, used_columns, cells, tuple(merged), tuple(no_result), tuple(hidden))


def _column_of(place: str) -> int:
    number = 0
    for one in place:
        if not "A" <= one <= "Z":
            break
        number = number * 26 + ord(one) - 64
    return number


def _problems(seen: SeenSheet) -> Iterator[Problem]:
    for cells in seen.merged:
        first = cells.partition(":")[0]
        row = int(re.sub("[^0-9]", "", first) or 0)
        if row <= seen.rows:
            yield Problem("sheet.merged", Place(line=row, column=_column_of(first)), {"cells": cells})
    if seen.hidden:
        yield Problem("sheet.hidden", Place(line=seen.hidden[0]), {"rows": _runs(seen.hidden)})
    for cell in seen.no_result:
        yield Problem("sheet.no_result", _place_of(cell), {"cell": cell})


def _place_of(cell: str) -> Place:
    return Place(line=int(re.sub("[^0-9]", "", cell)), column=_column_of(cell))


def _runs(numbers: Sequence[int]) -> str:
    """``3-5, 9`` for 3, 4, 5, 9; the first twenty runs."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [f"{first}-{last}" if first != last else str(first) for first, last in runs]
    return ", ".join(said[:20]) + (" ..." if len(said) > 20 else "")


def _cells(sheet: Any, seen: SeenSheet) -> tuple[list[list[str]], list[Problem]]:
    sheet.reset_dimensions()  # some programs write a size that is not true
    rows: list[list[str]] = []
    wrong: list[Problem] = []
    for number, row in enumerate(sheet.iter_rows(max_row=seen.rows, max_col=seen.columns), 1):
        texts: list[str] = []
        for column, cell in enumerate(row, 1):
            value = cell.value
            if value is None:
                texts.append("")
                continue
            if isinstance(value, str):
                texts.append(value)
                code = "sheet.error_cell" if cell.data_type == "e" else ""
            else:
                text, scaled = seen_text(value, cell.number_format or "")
                texts.append(text)
                code = "sheet.scaled" if scaled else ""
            if code:
                place = f"{column_letters(column)}{number}"
                wrong.append(Problem(code, Place(line=number, column=column), {"cell": place, "value": texts[-1]}))
        rows.append(texts)
    return rows, wrong


def seen_text(value: object, number_format: str = "") -> tuple[str, bool]:
    """(what people see in a cell, True when the sheet shows it divided by thousands, which is not done here)."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, datetime):
        whole = value.time() == time()
        return (value.date().isoformat() if whole else value.isoformat(" ", "minutes")), False
    if isinstance(value, date):
        return value.isoformat(), False
    if isinstance(value, time):
        return value.isoformat("minutes" if value.second == 0 else "seconds"), False
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else ""), False
    if not isinstance(value, int | float):
        return str(value), False
    # A spreadsheet keeps fifteen digits; what stands behind them is an accident of binary fractions.
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    section = number_format.split(";")[0]
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.', "", section)
    if "%" in bare:
        return f"{_decimal(number * 100)}%", False
    if re.search(r"[0#?],+(?:\.|[^0#?,.]|$)", bare) or "!." in section or '"."' in section:
        return _decimal(number), True
    # A unit that only the cell's format writes is seen all the same.
    unit = re.search(r'[0#?]\s*(?:"([^"]+)"|([^\x00-\x7f]+))\s*$', section)
    said = (unit[1] or unit[2] or "").strip() if unit is not None else ""
    return f"{_decimal(number)} {said}".rstrip(), False


def _decimal(number: Decimal) -> str:
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
