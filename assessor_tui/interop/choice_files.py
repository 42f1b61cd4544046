"""Lists in files beside a form, ``.csv``, ``.geojson`` and ``.xml``, read strictly into instances.

What is no list, or more of one than anybody could choose from, is refused with the line it stands on. What can be put
right without guessing is, and said.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.form.markup import read_markup
from assessor_tui.form.model import Instance
from assessor_tui.interop.columns import tag_of
from assessor_tui.interop.xform_lists import table_of
from assessor_tui.ledger.entry import clean
from assessor_tui.problem import Place, Problem
from assessor_tui.sheets import NotASheet, decoded

MAX_BYTES = 32 * 1024**2
MAX_ROWS, MAX_COLUMNS = 200_000, 100
MAX_CELLS = 500_000
"""What a form can embed and a bundle carry (``form.canonical``): 50,000 rows of ten columns."""
MAX_CELL = 10_000
"""Characters in one cell: a label, not a chapter."""

ENDINGS = (".csv", ".geojson", ".xml")


def files_beside(folder: Path) -> Callable[[str], bytes | None]:
    """Opens the files of a folder by their plain names; None for one that is not there or lies elsewhere.

    What is larger than ``MAX_BYTES`` comes with one byte more than that, so that whoever reads it says so.
    """

    def opened(name: str) -> bytes | None:
        file = folder / name
        try:
            # A name with a way in it, a link out of the folder, a device that would never end.
            if not name or file.name != name or file.resolve().parent != folder.resolve() or not file.is_file():
                return None
            with file.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except (OSError, ValueError):
            return None

    return opened


def lists_beside(folder: Path) -> Callable[[str], tuple[Instance | None, tuple[Problem, ...]] | None]:
    """Reads the lists of a folder by their plain names, for ``form.read``."""
    opened = files_beside(folder)

    def read(name: str) -> tuple[Instance | None, tuple[Problem, ...]] | None:
        data = opened(name)
        if data is None:
            return None
        found = read_choice_file(data, name)
        return found.instance, found.problems

    return read


class ChoiceFile(NamedTuple):
    """What came of one file."""

    instance: Instance | None
    """None exactly when there are problems."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What was put right, what its author should look at."""


class _Stop(Exception):
    """The file is refused."""

    def __init__(self, code: str, line: int = 0, column: int = 0, **parameters: str) -> None:
        super().__init__(code)
        self.code, self.line, self.column, self.parameters = code, line, column, parameters


def read_choice_file(data: bytes, file: str) -> ChoiceFile:
    """The list in a file, which its ending says how to read.

    Codes, all in ``choices.``: ``ending``, ``too_big``, ``too_many``, ``too_wide``, ``not_text``, ``empty``, ``quote``,
    ``quote_open``, ``column_twice``, ``no_heading``, ``long_cell``, ``json``, ``not_geojson``, ``feature``,
    ``geometry``, and those of ``form.markup``; warnings ``encoding``, ``short_rows``, ``no_rows``.
    """
    ending = file[file.rfind(".") :].lower() if "." in file else ""
    reader = _READERS.get(ending)
    warnings: list[Problem] = []

    def warn(code: str, line: int = 0, **parameters: str) -> None:
        warnings.append(Problem(code, Place(file, line), parameters))

    try:
        if reader is None:
            raise _Stop("choices.ending", known=", ".join(ENDINGS))
        if len(data) > MAX_BYTES:
            raise _Stop("choices.too_big", megabytes=str(MAX_BYTES // 1024**2))
        instance = reader(data, file, warn)
    except _Stop as stop:
        return ChoiceFile(None, (Problem(stop.code, Place(file, stop.line, stop.column), stop.parameters),))
    except _Refused as refused:
        return ChoiceFile(None, refused.problems)
    if not instance.document and not instance.rows:
        warn("choices.no_rows")
    return ChoiceFile(instance, (), tuple(warnings))


class _Refused(Exception):
    """The file is refused for reasons that stand already."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__()
        self.problems = problems


_Warn = Callable[..., None]


# -- CSV --------------------------------------------------------------------------------------------------------------


def _read_csv(data: bytes, file: str, warn: _Warn) -> Instance:
    try:
        text, assumed = decoded(file, data)
    except NotASheet:
        raise _Stop("choices.not_text") from None
    if assumed:
        warn("choices.encoding", encoding=assumed)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=_delimiter(lines), strict=True)
    columns: tuple[str, ...] = ()
    taken: list[int] = []
    """Numbers of the cells below a heading."""
    rows: list[tuple[str, ...]] = []
    short: list[int] = []
    last = 0
    try:
        for cells in reader:
            line, last = last + 1, reader.line_num
            if not any(map(str.strip, cells)):
                continue
            if not columns:
                columns, taken = _headings(cells, line)
                continue
            rows.append(_row(cells, taken, line))
            if len(cells) <= taken[-1]:
                short.append(line)
            if len(rows) > MAX_ROWS or len(rows) * len(columns) > MAX_CELLS:
                raise _too_many(line)
    except csv.Error as error:
        raise _misquoted(str(error), last + 1) from None
    if not columns:
        raise _Stop("choices.empty")
    if short:
        warn("choices.short_rows", short[0], count=str(len(short)))
    return Instance(file, columns, tuple(rows))


def _delimiter(lines: str) -> str:
    """What stands between the headings: a comma unless there is none."""
    first = re.sub(r'"[^"\n]*"', "", next((line for line in lines.split("\n", 50) if line.strip()), ""))
    return next((sign for sign in ",;\t" if sign in first), ",")


def _misquoted(reason: str, line: int) -> _Stop:
    """What the reader of the standard library says, in plain words."""
    if "field limit" in reason:
        return _Stop("choices.long_cell", line, most=str(MAX_CELL))
    return _Stop("choices.quote_open" if "end of data" in reason else "choices.quote", line)


def _headings(cells: Sequence[str], line: int) -> tuple[tuple[str, ...], list[int]]:
    """The columns, and which cells of a row they are; what has no heading is left out."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(cells):
        heading = _heading(clean(cell).strip())
        if not heading:
            continue
        if heading in columns:
            raise _Stop("choices.column_twice", line, at + 1, heading=_shortened(heading))
        columns[heading] = at
    if len(columns) > MAX_COLUMNS:
        raise _Stop("choices.too_wide", line, most=str(MAX_COLUMNS))
    return tuple(columns), list(columns.values())


def _heading(heading: str) -> str:
    """The heading, with the tag of its language where it names one: ``label::English (en)`` is ``label::en``."""
    column, marks, language = heading.partition("::")
    return f"{column.strip()}::{tag_of(language)}" if marks and language.strip() else heading


def _row(cells: list[str], taken: Sequence[int], line: int) -> tuple[str, ...]:
    for at in range(len(cells)):
        if cells[at].strip() and at not in taken:
            raise _Stop("choices.no_heading", line, at + 1, cell=_shortened(cells[at]))
    return tuple([_cell(cells[at], line) if at < len(cells) else "" for at in taken])


def _cell(text: str, line: int = 0) -> str:
    """The text as it is kept: without what nobody sees, and without blanks around it."""
    if len(text) > MAX_CELL:
        raise _Stop("choices.long_cell", line, most=str(MAX_CELL))
    text = clean(text).strip()
    return text if text.isascii() else _INVISIBLE.sub("", text)


_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""What pasted text carries along and no comparison expects."""


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _too_many(line: int = 0) -> _Stop:
    return _Stop("choices.too_many", line, rows=str(MAX_ROWS), cells=str(MAX_CELLS))


# -- GeoJSON (RFC 7946) -----------------------------------------------------------------------------------------------


def _read_geojson(data: bytes, file: str, warn: _Warn) -> Instance:
    features = _features(data)
    columns: dict[str, int] = {"id": 0, "geometry": 1}
    found: list[dict[str, str]] = []
    for number, feature in enumerate(features, 1):
        row = _feature(feature, str(number))
        found.append(row)
        for name in row:
            columns.setdefault(name, len(columns))
        if len(columns) > MAX_COLUMNS:
            raise _Stop("choices.too_wide", most=str(MAX_COLUMNS))
        if number > MAX_ROWS or number * len(columns) > MAX_CELLS:
            raise _too_many()
    rows = tuple(tuple([row.get(name, "") for name in columns]) for row in found)
    return Instance(file, tuple(columns), rows)


def _features(data: bytes) -> list[Any]:
    def refused(word: str) -> None:
        raise ValueError(word)

    try:
        # Numbers stay as they are written: an id 007 or 1.10 would be another one as a number.
        read = json.loads(
            data.removeprefix(b"\xef\xbb\xbf").decode(), parse_float=_Digits, parse_int=_Digits, parse_constant=refused
        )
    except UnicodeDecodeError:
        raise _Stop("choices.not_text") from None
    except json.JSONDecodeError as error:
        raise _Stop("choices.json", error.lineno, error.colno) from None
    except (ValueError, RecursionError):
        raise _Stop("choices.json") from None
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise _Stop("choices.not_geojson")
    return features


class _Digits(str):
    """A number as it is written."""

    __slots__ = ()


def _feature(feature: Any, number: str) -> dict[str, str]:
    """The columns of one feature: its id, its geometry as ODK spells places, and its properties."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Stop("choices.feature", number=number)
    properties = feature.get("properties")
    properties = {} if properties is None else properties
    if not isinstance(properties, dict):
        raise _Stop("choices.feature", number=number)
    row = {clean(name).strip(): _property(value) for name, value in properties.items()}
    if feature.get("id") is not None:
        row["id"] = _property(feature["id"])
    row["geometry"] = _geometry(feature.get("geometry"), number)
    row.pop("", None)
    return row


def _property(value: Any) -> str:
    if isinstance(value, str):
        return _cell(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cell(json.dumps(value, ensure_ascii=False))


def _geometry(geometry: Any, number: str) -> str:
    """``latitude longitude altitude accuracy``, several divided by ``; ``; blank for what ODK has no spelling for."""
    if geometry is None:
        return ""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str):
        raise _Stop("choices.geometry", number=number)
    places = geometry.get("coordinates")
    if kind == "Point":
        places = [places]
    elif kind == "Polygon":
        # Its holes have no place in ODK's spelling.
        places = places[0] if isinstance(places, list) and places else None
    elif kind != "LineString":
        return ""
    if not isinstance(places, list):
        raise _Stop("choices.geometry", number=number)
    return "; ".join(_place(place, number) for place in places)


def _place(place: Any, number: str) -> str:
    if not isinstance(place, list) or not 2 <= len(place) <= 4 or not all(map(_is_number, place)):
        raise _Stop("choices.geometry", number=number)
    longitude, latitude, altitude = (*place, "0")[:3]
    return f"{latitude} {longitude} {altitude} 0"


_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?\Z")


def _is_number(part: Any) -> bool:
    return isinstance(part, _Digits) and _NUMBER.match(part) is not None


# -- XML --------------------------------------------------------------------------------------------------------------


def _read_xml(data: bytes, file: str, warn: _Warn) -> Instance:
    read = read_markup(data, file)
    if read.root is None:
        raise _Refused(read.problems)
    for told in read.warnings:
        warn(told.code, told.place.line, **told.parameters)
    table = table_of(read.root)
    if len(table.rows) > MAX_ROWS:
        raise _too_many()
    return table._replace(source=file)


_READERS: Mapping[str, Callable[[bytes, str, _Warn], Instance]] = {
    ".csv": _read_csv, ".geojson": _read_geojson, ".xml": _read_xml,
}  # fmt: skip
