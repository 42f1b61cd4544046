"""XLSForm out: a form as a workbook that its author, ODK's tools and ``xlsform_in`` read.

What came from a workbook goes back as it came: headings and their order, languages as they were named, columns and
sheets that nobody here knows, rows that make no question. What the model says goes under the headings of ``columns``,
the one table of both directions; what XLSForm has no word for stands in columns of our own beside it, and is told.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.form.model import UNNAMED_LANGUAGE, Form, Group, Instance, Node, Question, Repeat, walk
from assessor_tui.interop.columns import (
    BY_TOKENS,
    GROUP,
    OURS,
    QUESTION,
    REPEAT,
    SETTINGS,
    SURVEY,
    XLSFORM_SETTINGS,
    Column,
    finding_cells,
    name_of,
    to_cell,
    tokens_of,
)
from assessor_tui.interop.xlsform_rows import IMPLIED, implied_data_type, is_ours
from assessor_tui.problem import Place, Problem

MAX_CELL = 32_767
"""Characters that a spreadsheet holds in one cell."""


class Table(NamedTuple):
    """One sheet."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """As many cells each as there are headings."""


class Tables(NamedTuple):
    """A form as sheets of texts."""

    sheets: tuple[Table, ...]
    warnings: tuple[Problem, ...] = ()
    """What XLSForm cannot say, or a spreadsheet not hold; place: ``path`` the sheet, line, column."""


def write_xlsx(form: Form) -> bytes:
    """The form as an .xlsx workbook; the same form is the same bytes. ``tables`` says what to be warned of."""
    return _xlsx(tables(form).sheets)


def write_markdown(form: Form) -> str:
    """The form as Markdown tables, one per sheet. Line breaks inside cells become spaces: Markdown has none."""
    lines: list[str] = []
    for sheet in tables(form, one_line=True).sheets:
        lines.append(f"| {sheet.name} |")
        lines += [f"|  | {' | '.join(map(_piped, row))} |" for row in (sheet.headings, *sheet.rows)]
    return "\n".join(lines) + "\n"


def _piped(cell: str) -> str:
    return " ".join(cell.split("\n")).replace("|", "\\|")


def tables(form: Form, *, one_line: bool = False) -> Tables:
    """The sheets of the form's workbook, and what to be warned of. ``one_line``: what counts on lines inside a cell is
    spelled otherwise."""
    names = _Names(form)
    warnings: list[Problem] = []
    kept = _mapping(form.extra.get("sheets"))
    external = set(_strings(form.extra.get("external_lists")))
    ours = _is_ours(form)
    found = [_laid_out("survey", form, names, list(_survey(form, _Way(ours, one_line), warnings)))]
    choices = list(_choices(form, names, external, inside=False))
    if choices or "choices" in _headings(form):
        found.append(_laid_out("choices", form, names, choices))
    settings = _laid_out("settings", form, names, [_settings(form, names, ours)])
    found += [settings] if settings.headings else []
    if external:
        lists = list(_choices(form, names, external, inside=True))
        found.append(_laid_out("external_choices", form, names, lists))
    found += [_kept_sheet(name, sheet) for name, sheet in kept.items()]
    for sheet in found:
        warnings += _too_long(sheet)
    return Tables(tuple(found), tuple(warnings))


def without_the_usual(form: Form) -> Form:
    """The form without what its workbook would have anyway: headings in the order of the table, languages called as we
    call them. What remains is what its author chose."""
    named = _mapping(form.extra.get("language_names"))
    names = {tag: name for tag, name in named.items() if name != name_of(tag)}
    plain = {name: part for name, part in form.extra.items() if name not in ("headings", "language_names")}
    bare = form._replace(extra=plain | ({"language_names": names} if names else {}))
    written = {sheet: list(each) for sheet, each in _headings(form).items()}
    for one_line in (False, True):
        usual = {sheet.name: list(sheet.headings) for sheet in tables(bare, one_line=one_line).sheets}
        if all(usual.get(sheet) == each for sheet, each in written.items()):
            return bare
    return form


# -- rows -------------------------------------------------------------------------------------------------------------

_Key = tuple[str, str]
"""Heading of a column in ``columns``, and the language of a text or ``""``."""

_Row = dict[_Key | str, str]
"""Cells by what they are; what is kept from a workbook by its heading as written."""


class _Names:
    """What a form's languages and questions are called outside."""

    def __init__(self, form: Form) -> None:
        named = _mapping(form.extra.get("language_names"))
        self.languages = form.languages
        self.of = {tag: str(named.get(tag, name_of(tag))) for tag in (*form.languages, UNNAMED_LANGUAGE)}
        self.tags = {name: tag for tag, name in reversed(self.of.items())}
        self.tags |= {"": UNNAMED_LANGUAGE, "default": UNNAMED_LANGUAGE} | {
            name: tag for tag, name in self.of.items() if name
        }

    def heading(self, heading: str, tag: str) -> str:
        """``label::English (en)``."""
        name = self.of.get(tag) or name_of(tag)
        return f"{heading}::{name}" if name else heading


_HANDLED = frozenset({"columns", "xlsform_type", "as_written", "or_other", "generated"})
"""What ``extra`` of a row holds that has its own place in a workbook."""
_FORM_HANDLED = frozenset(
    {"settings", "sheets", "headings", "language_names", "rows", "external_lists", "ends", "spaced", "of_file"}
)


def _is_ours(form: Form) -> bool:
    """True when the workbook has columns that only this program knows, so that it must say that they are meant: other
    people's forms have columns called ``status`` or ``number``, too."""
    written = _headings(form)
    if not written or OURS in written.get("settings", ()):
        return True
    rows = _survey(form, _Way(False, False), [])
    return any(not isinstance(key, str) and key[0] in _OUR_HEADINGS for row in rows for key in row) or any(
        not isinstance(key, str) and key[0] in _OUR_SETTINGS for key in _settings(form, _Names(form), False)
    )


_OUR_HEADINGS = frozenset(column.heading for column in SURVEY if is_ours(column))
_OUR_SETTINGS = frozenset(setting.heading for setting in SETTINGS) - {*XLSFORM_SETTINGS}


class _Way(NamedTuple):
    """How rows are written."""

    ours: bool
    """With columns of our own."""
    one_line: bool


def _survey(form: Form, way: _Way, warnings: list[Problem]) -> Iterator[_Row]:
    comments: dict[str, list[_Row]] = {}
    rows = form.extra.get("rows")
    for row in rows if isinstance(rows, list | tuple) else ():
        cells = _mapping(_mapping(row).get("cells"))
        comments.setdefault(str(_mapping(row).get("before", "")), []).append(
            {heading: str(cell) for heading, cell in cells.items()}
        )
    nodes = {node.name: node for _, node in walk(form.children)}
    ends = _mapping(form.extra.get("ends"))

    def inside(children: Sequence[Node]) -> Iterator[_Row]:
        for node in children:
            yield from comments.pop(node.name, ())
            if node.extra.get("generated"):
                continue
            yield _row(form, node, nodes, way, warnings)
            if not isinstance(node, Question):
                yield from inside(node.children)
                yield from comments.pop(f"end {node.name}", ())
                end: _Row = {("type", ""): _spaced(form, "end_group" if isinstance(node, Group) else "end_repeat")}
                yield end | {heading: str(cell) for heading, cell in _mapping(ends.get(node.name)).items()}

    yield from inside(form.children)
    for left in comments.values():
        yield from left


def _row(form: Form, node: Node, nodes: Mapping[str, Node], way: _Way, warnings: list[Problem]) -> _Row:
    """The cells of one node."""
    kind = QUESTION if isinstance(node, Question) else GROUP if isinstance(node, Group) else REPEAT
    cells: _Row = {("type", ""): _type(form, node, nodes), ("name", ""): node.called or node.name}
    for column in SURVEY[2:]:
        if kind in column.of:
            cells |= _cells(column, node, way)
    if isinstance(node, Question):
        warnings += _beyond_xlsform(node)
    cells |= {heading: str(cell) for heading, cell in _mapping(node.extra.get("columns")).items()}
    return cells | {heading: str(cell) for heading, cell in _mapping(node.extra.get("as_written")).items()}


def _cells(column: Column, node: Node, way: _Way) -> _Row:
    """The cells of one column of ``columns``: one, or one per language."""
    if column.field == "extra":
        own = {name: part for name, part in node.extra.items() if name not in _HANDLED}
        return {("extra", ""): to_cell("json", own)} if own else {}
    if column.field in ("finding", "finding_text"):
        if column.field == "finding_text" or not isinstance(node, Question) or not node.finding:
            return {}
        grades, texts = finding_cells(node.finding)
        if way.one_line and any("\n" in text for text in texts.values()):
            return {("finding", ""): to_cell("json", _plain(node.finding))}
        return {("finding", ""): grades, **{("finding_text", tag): text for tag, text in texts.items()}}
    value = getattr(node, column.field)
    if column.field == "default":
        # A text in quotes is that text; XLSForm writes it without.
        literal = _LITERAL.fullmatch(value)
        if column.heading == "default_expression":
            return {(column.heading, ""): value} if way.ours and literal else {}
        value = literal[2] if literal else value
    if column.field == "data_type" and value == implied_data_type(str(node.extra.get("xlsform_type", ""))):
        return {}
    if column.field == "itemset" and _REFERENCE.fullmatch(value):
        return {}  # the type says it
    if column.field == "trigger":
        # Ours are divided by spaces, too; XLSForm's by commas only.
        parts = re.findall(r"\$\{[^{}]*\}|[^\s,]+", value)
        value = value if "," in value or len(parts) < 2 else ", ".join(parts)
    said = IMPLIED.get(str(node.extra.get("xlsform_type", "")), ("", ""))
    if (column.field == "constraint" and value == said[0]) or (column.field == "hint" and said[1] in value.values()):
        return {}  # the type says it
    if column.kind == "texts":
        return {(column.heading, tag): text for tag, text in value.items() if text}
    usual = node._field_defaults.get(column.field, "")
    if column.field == "first_rows" and isinstance(node, Repeat):
        usual = usual_first_rows(node.repeat_count, way.ours)
    elif column.field == "weight":
        usual = "1"
    if value == usual:
        return {}
    return {(column.heading, ""): to_cell(column.kind, _plain(value))}


_LITERAL = re.compile(r"(['\"])((?:(?!\1)[\w .,;:!?@#%&'\"])+)\1")
"""An expression that is nothing but a text, which is no expression to XLSForm once its quotes are gone."""


def usual_first_rows(repeat_count: str, ours: bool) -> tuple[Mapping[str, str], ...]:
    """The rows of a repeat when the form is opened, where no cell says them: one in an XLSForm unless they are counted,
    none in a form of ours."""
    return () if repeat_count or ours else ({},)


def _plain(value: Any) -> Any:
    """The value without types of the model: what ``to_cell`` writes."""
    if hasattr(value, "_fields"):
        defaults = value._field_defaults
        return {
            name: _plain(part)
            for name, part in value._asdict().items()
            if name not in defaults or part != defaults[name]
        }
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


_TYPES = {"datetime": "dateTime", "quantity": "decimal"}
"""Ours -> XLSForm's, where they differ. A decimal with units is a quantity."""


def _type(form: Form, node: Node, nodes: Mapping[str, Node]) -> str:
    """The ``type`` cell."""
    if written := node.extra.get("xlsform_type"):
        return str(written)
    if isinstance(node, Group):
        return _spaced(form, "begin_group")
    if isinstance(node, Repeat):
        return _spaced(form, "begin_repeat")
    kind = _TYPES.get(node.type, node.type)
    if node.rows_of:
        return f"{kind} ${{{_row_shown(nodes.get(node.rows_of), node.rows_of)}}}"
    if node.itemset:
        return f"{kind} {node.itemset}" if _REFERENCE.fullmatch(node.itemset) else "text"
    if not node.list_name:
        return kind
    instance = form.instances.get(node.list_name)
    if instance is not None and instance.source and node.list_name not in form.choices:
        return f"{kind}_from_file {instance.source}"
    if node.list_name in _strings(form.extra.get("external_lists")):
        return f"{kind}_external {node.list_name}"
    return f"{kind} {node.list_name}" + (" or_other" if node.extra.get("or_other") == "yes" else "")


def _spaced(form: Form, kind: str) -> str:
    return kind.replace("_", " ") if form.extra.get("spaced") == "yes" else kind


_REFERENCE = re.compile(r"\$\{[^{}]+\}")


def _row_shown(repeat: Node | None, name: str) -> str:
    """The question by which ODK shows the rows of a repeat in a select: the one that names them, else the first."""
    if not isinstance(repeat, Repeat):
        return name
    inside = [node for _, node in walk(repeat.children) if isinstance(node, Question)]
    by_name = {question.name: question for question in inside}
    labels = repeat.row_label.removeprefix("${").removesuffix("}")
    for wanted in (labels, *repeat.key):
        if wanted in by_name:
            return by_name[wanted].called or wanted
    return next((question.called or question.name for question in inside if question.type != "note"), name)


def _beyond_xlsform(question: Question) -> Iterator[Problem]:
    """What only an ODK XForm, or this program, can say of a question."""
    place = Place(path=question.name)
    if question.itemset and not _REFERENCE.fullmatch(question.itemset):
        yield Problem("export.itemset", place, {"name": question.called or question.name, "column": "xform_itemset"})
    if question.actions:
        yield Problem("export.actions", place, {"name": question.called or question.name, "column": "xform_actions"})


def _choices(form: Form, names: _Names, external: set[str], inside: bool) -> Iterator[_Row]:
    for list_name, choices in form.choices.items():
        if (list_name in external) != inside:
            continue
        for choice in choices:
            if choice.extra.get("generated"):
                continue
            row: _Row = {("list_name", ""): list_name, ("name", ""): choice.name}
            row |= {("label", tag): text for tag, text in choice.label.items() if text}
            row |= {heading: _cell(part) for heading, part in choice.extra.items() if heading not in _HANDLED}
            yield row | {head: str(cell) for head, cell in _mapping(choice.extra.get("columns")).items()}
    if not inside:
        for name, instance in form.instances.items():
            yield from _rows_of_instance(name, instance)


def _rows_of_instance(name: str, instance: Instance) -> Iterator[_Row]:
    """A list that an XForm holds itself, as a list of choices."""
    if instance.source or "name" not in instance.columns:
        return
    for cells in instance.rows:
        row: _Row = {("list_name", ""): name}
        for column, cell in zip(instance.columns, cells, strict=False):
            key: _Key | str = (column, "") if column == "name" else column
            row[("label", UNNAMED_LANGUAGE) if column == "label" else key] = cell
        yield row


def _cell(part: Any) -> str:
    return part if isinstance(part, str) else to_cell("json", part)


def _settings(form: Form, names: _Names, ours: bool) -> _Row:
    written = _headings(form).get("settings", ())
    main = form.languages[0] if form.languages else UNNAMED_LANGUAGE
    cells: _Row = {}
    for setting in SETTINGS:
        key = (setting.heading, "")
        if setting.kind == "title":
            first = main if main in form.title else next(iter(form.title), main)
            cells[key] = form.title.get(first, "")
            cells |= {("form_title_in", tag): text for tag, text in form.title.items() if tag != first and text}
        elif setting.kind == "language":
            if names.of.get(main):
                cells[key] = names.of[main]
        elif setting.field == "extra":
            own = {name: part for name, part in form.extra.items() if name not in _FORM_HANDLED}
            if own:
                cells[key] = to_cell("json", own)
        else:
            holder, _, field = setting.field.rpartition(".")
            value: Any = getattr(form, holder) if holder else form
            if getattr(value, field) != value._field_defaults.get(field, ""):
                cells[key] = getattr(value, field)
    if ours:
        cells[(OURS, "")] = form.kind
    if form.extra.get("headings"):
        # What the workbook did not say is what it was taken for without saying.
        said = {_key_of("settings", heading, written, names) for heading in written}
        unsaid = {"form_title": cells.get(("form_id", "")), "form_id": "data", "default_language": names.of.get(main)}
        for heading, cell in {**unsaid, **_mapping(form.extra.get("of_file"))}.items():
            if (heading, "") not in said and cells.get((heading, "")) == cell:
                cells.pop((heading, ""), None)
    for heading, cell in _mapping(form.extra.get("settings")).items():
        cells[(heading, "") if heading in _SETTING_ORDER else heading] = str(cell)
    return cells


# -- columns ----------------------------------------------------------------------------------------------------------

_LISTS = ("list_name", "name", "label")


def _laid_out(sheet: str, form: Form, names: _Names, rows: Sequence[_Row]) -> Table:
    """The rows under headings: those of the workbook it came from in their order, then the others in ours."""
    written = list(_headings(form).get(sheet, ()))
    used: dict[_Key | str, None] = {}
    for row in rows:
        used |= dict.fromkeys(row)
    of_heading: dict[str, _Key | str] = {}
    covered: set[_Key | str] = set()
    for heading in written:
        key = _key_of(sheet, heading, written, names)
        of_heading[heading] = key
        covered |= {key, heading}
    for key in sorted((key for key in used if key not in covered), key=lambda key: _position(sheet, key, names)):
        of_heading[key if isinstance(key, str) else names.heading(*key) if key[1] else key[0]] = key
    if not written and sheet == "survey":
        of_heading = {"type": ("type", ""), "name": ("name", ""), **of_heading}
    return Table(
        sheet,
        tuple(of_heading),
        tuple(tuple(row.get(heading, row.get(key, "")) for heading, key in of_heading.items()) for row in rows),
    )


def _position(sheet: str, key: _Key | str, names: _Names) -> tuple[int, int, str]:
    """Where a column stands in a workbook of ours: in the order of the table, then languages as the form has them;
    columns that it does not know at the end, as they come."""
    if isinstance(key, str):
        return len(SURVEY) + 1, 0, ""
    order = _ORDER.get(sheet, _LISTS)
    at = order.index(key[0]) if key[0] in order else len(order)
    return at, names.languages.index(key[1]) if key[1] in names.languages else len(names.languages), key[1]


_SETTING_ORDER = tuple(
    heading
    for setting in SETTINGS
    for heading in ((setting.heading, "form_title_in"))[: 2 if setting.kind == "title" else 1]
)
_ORDER: Mapping[str, tuple[str, ...]] = {
    "survey": tuple(column.heading for column in SURVEY),
    "settings": _SETTING_ORDER,
}


def _key_of(sheet: str, heading: str, written: Sequence[str], names: _Names) -> _Key | str:
    """What stands below a heading as written; the heading itself where the table does not know it."""
    tokens = tokens_of(sheet, heading, any("::" in each for each in written))
    plain = UNNAMED_LANGUAGE if UNNAMED_LANGUAGE in names.languages or not names.languages else names.languages[0]
    if sheet == "survey":
        for end, language in ((len(tokens), ""), (len(tokens) - 1, tokens[-1])):
            column = BY_TOKENS.get(tokens[:end])
            if column is not None:
                if column.kind != "texts":
                    return heading if language else (column.heading, "")
                return column.heading, names.tags.get(language, plain) if language else plain
        return heading
    if sheet == "settings":
        if len(tokens) == 2 and tokens[0] == "form_title_in":
            return "form_title_in", names.tags.get(tokens[1], tokens[1])
        return (tokens[0], "") if len(tokens) == 1 and tokens[0] in _SETTING_ORDER else heading
    if tokens[0] == "label" and len(tokens) <= 2:
        return "label", names.tags.get(tokens[1], plain) if len(tokens) == 2 else plain
    return (tokens[0], "") if len(tokens) == 1 and tokens[0] in _LISTS else heading


def _kept_sheet(name: str, sheet: Any) -> Table:
    said = _mapping(sheet)
    columns = tuple(_strings(said.get("columns")))
    rows = said.get("rows")
    cells = [list(_strings(row)) for row in (rows if isinstance(rows, list | tuple) else ())]
    width = max([len(columns), *map(len, cells)])
    columns += ("",) * (width - len(columns))
    return Table(name, columns, tuple(tuple(row) + ("",) * (width - len(row)) for row in cells))


def _too_long(sheet: Table) -> Iterator[Problem]:
    for line, row in enumerate(sheet.rows, 2):
        for column, cell in enumerate(row, 1):
            if len(cell) > MAX_CELL:
                told = {"sheet": sheet.name, "characters": str(len(cell)), "most": f"{MAX_CELL:,}"}
                yield Problem("export.long_cell", Place(path=sheet.name, line=line, column=column), told)


def _headings(form: Form) -> Mapping[str, Sequence[str]]:
    return {sheet: _strings(each) for sheet, each in _mapping(form.extra.get("headings")).items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    """``extra`` is what a file says: it may hold anything."""
    return value if isinstance(value, Mapping) else {}


def _strings(value: Any) -> Sequence[str]:
    return [each if isinstance(each, str) else "" for each in value] if isinstance(value, list | tuple) else []


# -- .xlsx ------------------------------------------------------------------------------------------------------------

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every part: the earliest that a zip archive can say."""
_WIDTHS = {"type": 24, "name": 22, "list_name": 20, "label": 44, "hint": 36, "guidance_hint": 44, "finding_text": 44}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "'")


def _xlsx(sheets: Iterable[Table]) -> bytes:
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    bold, shade = Font(bold=True), PatternFill("solid", fgColor="DDE8F0")
    wrapped = Alignment(wrap_text=True, vertical="top")

    def cell(sheet: Any, text: str, is_heading: bool = False) -> Any:
        made = WriteOnlyCell(sheet)
        # Past the setter, which would make a formula of what begins with an equals sign, and cut what is long.
        made._value, made.data_type = _NOT_IN_XML.sub("", text), "s"
        made.number_format, made.alignment = "@", wrapped
        if is_heading:
            made.font, made.fill = bold, shade
        elif text.startswith(_LIKE_A_FORMULA):
            made.quotePrefix = True
        return made

    for table in sheets:
        sheet = book.create_sheet(table.name[:31])
        sheet.freeze_panes = "C2" if table.name == "survey" else "A2"
        for column, heading in enumerate(table.headings, 1):
            longest = max((len(row[column - 1]) for row in table.rows[:200]), default=0)
            width = _WIDTHS.get(heading.partition("::")[0], max(9, min(30, longest + 2)))
            sheet.column_dimensions[get_column_letter(column)].width = max(width, min(len(heading) + 2, 30))
        sheet.append([cell(sheet, heading, is_heading=True) for heading in table.headings])
        for row in table.rows:
            sheet.append([cell(sheet, text) if text else None for text in row])
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
