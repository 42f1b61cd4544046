"""XLSForm out: a form as a workbook that its author, ODK's tools and ``xlsform_in`` read.

What came from a workbook goes back as it came: headings and their order, languages as they were named, columns and
sheets that nobody here knows, rows that make no question. What the model says goes under the headings of ``columns``,
the one table of both directions; what XLSForm has no word for stands in columns of our own beside it, and is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.form.model import UNNAMED_LANGUAGE, Form, Instance
from assessor_tui.interop.columns import (
    BY_TOKENS,
    OURS,
    SETTINGS,
    SURVEY,
    XLSFORM_SETTINGS,
    name_of,
    to_cell,
    tokens_of,
)
from assessor_tui.interop.sheets_out import Table, markdown, xlsx
from assessor_tui.interop.survey_out import HANDLED, Cells, Key, Way, mapping, strings, survey_rows
from assessor_tui.interop.xlsform_survey import is_ours
from assessor_tui.problem import Place, Problem

MAX_CELL = 32_767
"""Characters that a spreadsheet holds in one cell."""


class Tables(NamedTuple):
    """A form as sheets of texts."""

    sheets: tuple[Table, ...]
    warnings: tuple[Problem, ...] = ()
    """What XLSForm cannot say, or a spreadsheet not hold; place: ``path`` the sheet, line, column."""


def write_xlsx(form: Form) -> bytes:
    """The form as an .xlsx workbook; the same form is the same bytes. ``tables`` says what to be warned of."""
    return xlsx(tables(form).sheets)


def write_markdown(form: Form) -> str:
    """The form as Markdown tables, one per sheet. Line breaks inside cells become spaces: Markdown has none."""
    return markdown(tables(form, one_line=True).sheets)


def tables(form: Form, *, one_line: bool = False) -> Tables:
    """The sheets of the form's workbook, and what to be warned of. ``one_line``: what counts on lines inside a cell is
    spelled otherwise."""
    names = _Names(form)
    warnings: list[Problem] = []
    kept = mapping(form.extra.get("sheets"))
    external = set(strings(form.extra.get("external_lists")))
    ours = _is_ours(form)
    found = [
        _laid_out("survey", form, names, list(survey_rows(form, Way(ours, one_line, bool(_headings(form))), warnings)))
    ]
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
    named = mapping(form.extra.get("language_names"))
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


class _Names:
    """What a form's languages and questions are called outside."""

    def __init__(self, form: Form) -> None:
        named = mapping(form.extra.get("language_names"))
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


_FORM_HANDLED = frozenset(
    {"settings", "sheets", "headings", "language_names", "rows", "external_lists", "ends", "spaced", "of_file"}
)


def _is_ours(form: Form) -> bool:
    """True when the workbook has columns that only this program knows, so that it must say that they are meant: other
    people's forms have columns called ``status`` or ``number``, too."""
    written = _headings(form)
    if not written or OURS in written.get("settings", ()):
        return True
    rows = survey_rows(form, Way(False, False, True), [])
    return any(not isinstance(key, str) and key[0] in _OUR_HEADINGS for row in rows for key in row) or any(
        not isinstance(key, str) and key[0] in _OUR_SETTINGS for key in _settings(form, _Names(form), False)
    )


_OUR_HEADINGS = frozenset(column.heading for column in SURVEY if is_ours(column))
_OUR_SETTINGS = frozenset(setting.heading for setting in SETTINGS) - {*XLSFORM_SETTINGS}


def _choices(form: Form, names: _Names, external: set[str], inside: bool) -> Iterator[Cells]:
    for list_name, choices in form.choices.items():
        if (list_name in external) != inside:
            continue
        for choice in choices:
            if choice.extra.get("generated"):
                continue
            row: Cells = {("list_name", ""): list_name, ("name", ""): choice.name}
            row |= {("label", tag): text for tag, text in choice.label.items() if text}
            row |= {
                heading: _cell(part)
                for heading, part in choice.extra.items()
                # Another word for the name that says the name, too, is no column of its own.
                if heading not in HANDLED and not (heading == "value" and part == choice.name and not _headings(form))
            }
            yield row | {head: str(cell) for head, cell in mapping(choice.extra.get("columns")).items()}
    if not inside:
        for name, instance in form.instances.items():
            yield from _rows_of_instance(name, instance)


def _rows_of_instance(name: str, instance: Instance) -> Iterator[Cells]:
    """A list that an XForm holds itself, as a list of choices."""
    if instance.source or "name" not in instance.columns:
        return
    for cells in instance.rows:
        row: Cells = {("list_name", ""): name}
        for column, cell in zip(instance.columns, cells, strict=False):
            key: Key | str = (column, "") if column == "name" else column
            row[("label", UNNAMED_LANGUAGE) if column == "label" else key] = cell
        yield row


def _cell(part: Any) -> str:
    return part if isinstance(part, str) else to_cell("json", part)


def _settings(form: Form, names: _Names, ours: bool) -> Cells:
    written = _headings(form).get("settings", ())
    main = form.languages[0] if form.languages else UNNAMED_LANGUAGE
    cells: Cells = {}
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
        for heading, cell in {**unsaid, **mapping(form.extra.get("of_file"))}.items():
            if (heading, "") not in said and cells.get((heading, "")) == cell:
                cells.pop((heading, ""), None)
    for heading, cell in mapping(form.extra.get("settings")).items():
        cells[(heading, "") if heading in _SETTING_ORDER else heading] = str(cell)
    return cells


# -- columns ----------------------------------------------------------------------------------------------------------

_LISTS = ("list_name", "name", "label")


def _laid_out(sheet: str, form: Form, names: _Names, rows: Sequence[Cells]) -> Table:
    """The rows under headings: those of the workbook it came from in their order, then the others in ours."""
    written = list(_headings(form).get(sheet, ()))
    used: dict[Key | str, None] = {}
    for row in rows:
        used |= dict.fromkeys(row)
    of_heading: dict[str, Key | str] = {}
    covered: set[Key | str] = set()
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


def _position(sheet: str, key: Key | str, names: _Names) -> tuple[int, int, str]:
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


def _key_of(sheet: str, heading: str, written: Sequence[str], names: _Names) -> Key | str:
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
    said = mapping(sheet)
    columns = tuple(strings(said.get("columns")))
    rows = said.get("rows")
    cells = [list(strings(row)) for row in (rows if isinstance(rows, list | tuple) else ())]
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
    return {sheet: strings(each) for sheet, each in mapping(form.extra.get("headings")).items()}
