"""Sheets of texts as files: an .xlsx workbook made for reading, or Markdown tables."""

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any, NamedTuple


class Table(NamedTuple):
    """One sheet."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """As many cells each as there are headings."""


def markdown(sheets: Iterable[Table]) -> str:
    """The sheets as tables, one below the other. Line breaks inside cells become spaces: Markdown has none."""
    lines: list[str] = []
    for sheet in sheets:
        lines.append(f"| {sheet.name} |")
        lines += [f"|  | {' | '.join(map(_piped, row))} |" for row in (sheet.headings, *sheet.rows)]
    return "\n".join(lines) + "\n"


def _piped(cell: str) -> str:
    return " ".join(cell.split("\n")).replace("|", "\\|")


_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every part: the earliest that a zip archive can say."""
_WIDTHS = {"type": 24, "name": 22, "list_name": 20, "label": 44, "hint": 36, "guidance_hint": 44, "finding_text": 44}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_TITLE = re.compile(r"[\\*?:/\[\]]")
_GROUPS = ("begin_", "begin ", "end_", "end ")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "'")


def xlsx(sheets: Iterable[Table]) -> bytes:
    """The sheets as an .xlsx workbook, every cell a text; the same sheets are the same bytes."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    bold, heads, groups = (
        Font(bold=True),
        PatternFill("solid", fgColor="DDE8F0"),
        PatternFill("solid", fgColor="F2F2F2"),
    )
    wrapped = Alignment(wrap_text=True, vertical="top")

    def cell(sheet: Any, text: str, fill: Any = None, is_heading: bool = False) -> Any:
        made = WriteOnlyCell(sheet)
        # Past the setter, which would make a formula of what begins with an equals sign, and cut what is long.
        made._value, made.data_type = _NOT_IN_XML.sub("", text), "s"
        made.number_format, made.alignment = "@", wrapped
        if fill is not None:
            made.font, made.fill = bold, fill
        if is_heading:
            return made
        if text.startswith(_LIKE_A_FORMULA):
            made.quotePrefix = True
        return made

    for table in sheets:
        sheet = book.create_sheet(_NOT_IN_TITLE.sub("_", table.name)[:31] or "_")
        sheet.freeze_panes = "C2" if table.name == "survey" else "A2"
        for column, heading in enumerate(table.headings, 1):
            longest = max((len(row[column - 1]) for row in table.rows[:200]), default=0)
            width = _WIDTHS.get(heading.partition("::")[0], max(9, min(30, longest + 2)))
            sheet.column_dimensions[get_column_letter(column)].width = max(width, min(len(heading) + 2, 30))
        sheet.append([cell(sheet, heading, heads, is_heading=True) for heading in table.headings])
        kind = table.headings.index("type") if table.name == "survey" and "type" in table.headings else -1
        for row in table.rows:
            fill = groups if kind >= 0 and row[kind].startswith(_GROUPS) else None
            sheet.append([cell(sheet, text, fill) if text or fill else None for text in row])
        if table.headings:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.headings))}{len(table.rows) + 1}"
    stream = io.BytesIO()
    book.save(stream)
    return _fixed(stream.getvalue())


def _fixed(data: bytes) -> bytes:
    """The archive without anything that says when it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = given.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)
            part = zipfile.ZipInfo(name, _MOMENT)
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            made.writestr(part, content)
    return out.getvalue()
