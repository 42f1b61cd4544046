"""What is known of an XLSForm's survey sheet while its rows are read: columns, languages, names, what is kept."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from assessor_tui.form.model import Action, Benchmark, FindingText, Text
from assessor_tui.interop.columns import BY_TOKENS, Column, finding_of, from_cell
from assessor_tui.interop.names import Names
from assessor_tui.problem import Place, Problem

Tokens = tuple[str, ...]

_XLSFORM = frozenset(
    {"type", "name", "label", "hint", "guidance", "relevant", "required", "required_message", "constraint",
     "constraint_message", "calculation", "data_type", "trigger", "default", "read_only", "choice_filter", "parameters",
     "appearance", "repeat_count"}
)  # fmt: skip
"""Fields that every XLSForm may say."""


class Row(NamedTuple):
    """One row of the survey sheet."""

    number: int
    cells: Mapping[Tokens, str]
    """By the parts of its heading."""
    headings: Mapping[Tokens, str]
    """Parts -> heading as it is written."""

    def get(self, *tokens: str) -> str:
        """The cell under that heading, ``""`` for none."""
        return self.cells.get(tokens, "")


class Survey:
    """What is known while the rows are read."""

    def __init__(self, file: str, sheet: str, columns: Mapping[Tokens, int], languages: Mapping[str, str]) -> None:
        self.place_of_sheet = Place(file, path=sheet)
        self.columns = columns
        """Parts of a heading -> number of its column."""
        self.headings: Mapping[Tokens, str] = {}
        """Parts of a heading -> the heading as it is written."""
        self.languages = languages
        """What headings call a language -> its tag; ``""`` is the default language."""
        self.is_ours = False
        """True when the columns of our own are meant as such."""
        self.names = Names()
        self.warnings: list[Problem] = []
        self.problems: list[Problem] = []
        self.rows_of: dict[str, int] = {}
        """Name of a question, group or repeat -> number of its row."""
        self.kept: list[dict[str, Any]] = []
        """Rows that make no question; ``extra["rows"]`` of the form."""
        self.waiting: list[dict[str, Any]] = []
        self.ends: dict[str, dict[str, str]] = {}
        """Group or repeat -> what its last row says beside its type."""
        self.files: dict[str, str] = {}
        """Name of a list -> file it is read from."""
        self.files_at: dict[str, int] = {}
        """Name of a file -> first row that names it."""
        self.other_lists: dict[str, int] = {}
        """Lists that need a choice ``other`` -> row that says so."""
        self.external: dict[str, str] = {}
        """List of the sheet external_choices -> what it is called among the lists of the form."""
        self.loops: Mapping[str, Sequence[tuple[str, Text]]] = {}
        """Choice list -> names and labels, for loops."""

    def place(self, row: int, *tokens: str) -> Place:
        """Where a cell stands."""
        return self.place_of_sheet._replace(line=row, column=self.columns.get(tokens, 0))

    def place_of_text(self, row: int, tokens: Tokens, language: str) -> Place:
        """Where the text of a column stands, or should, in a language."""
        ways = [(*tokens, name) for name, tag in self.languages.items() if tag == language]
        found = (self.columns[way] for way in (*ways, tokens) if way in self.columns)
        others = (at for parts, at in self.columns.items() if parts[: len(tokens)] == tokens)
        return self.place_of_sheet._replace(line=row, column=next(found, next(others, 0)))

    def warn(self, code: str, row: int, *tokens: str, **told: str) -> None:
        """Nothing; notes a warning."""
        self.warnings.append(Problem(code, self.place(row, *tokens), told))

    def texts(self, row: Row, *tokens: str) -> Text:
        """The texts of a column, by language."""
        found: dict[str, str] = {}
        plain = ""
        for parts, cell in row.cells.items():
            if parts[: len(tokens)] == tokens and cell:
                if len(parts) == len(tokens):
                    plain = cell
                elif len(parts) == len(tokens) + 1 and parts[-1] in self.languages:
                    found[self.languages[parts[-1]]] = cell
        if plain:
            found.setdefault(self.languages[""], plain)
        order = {tag: at for at, tag in enumerate(dict.fromkeys(self.languages.values()))}
        return {tag: found[tag] for tag in sorted(found, key=lambda tag: order[tag])}


def column_at(tokens: Tokens) -> Column | None:
    """The column of the survey sheet that a heading means, without its language."""
    column = BY_TOKENS.get(tokens)
    if column is None and len(tokens) > 1:
        column = BY_TOKENS.get(tokens[:-1])
        if column is not None and column.kind != "texts":
            return None
    return column


def is_ours(column: Column) -> bool:
    """True for columns that only this program knows."""
    return column.field not in _XLSFORM or column.heading in ("default_expression", "xform_parameters")


def own_fields(survey: Survey, row: Row, what: str) -> dict[str, Any]:
    """Fields of the columns that only this program knows."""
    found: dict[str, Any] = {}
    if not survey.is_ours:
        return found
    for tokens, cell in row.cells.items():
        column = column_at(tokens)
        if column is None or not is_ours(column) or what not in column.of or not cell or column.field == "extra":
            continue
        if column.field == "finding_text":
            continue  # read with the grades
        if column.kind == "texts":
            found[column.field] = survey.texts(row, *(column.tokens or (column.heading,)))
            continue
        try:
            found[column.field] = _value(column, cell, survey.texts(row, "finding_text"))
        except (ValueError, TypeError, KeyError, AttributeError):
            told = {"heading": row.headings[tokens], "value": cell[:80]}
            survey.problems.append(Problem("import.bad_cell", survey.place(row.number, *tokens), told))
    return found


def _value(column: Column, cell: str, finding_text: Text) -> Any:
    if column.field == "finding":
        found = finding_of(cell, finding_text)
        return {answer: FindingText(grade, text) for answer, (grade, text) in found.items()}
    value = from_cell(column.kind, cell)
    if column.field == "benchmark":
        return Benchmark(**{str(key): str(part) for key, part in value.items()})
    if column.field == "actions":
        return tuple(Action(str(each["on"]), str(each.get("value", "")), str(each.get("of", ""))) for each in value)
    return value


def extra_of(
    survey: Survey, row: Row, what: str, kept: Mapping[str, Any], unseen: Sequence[str] = ()
) -> dict[str, Any]:
    """What the model has no place for; ``unseen`` are fields that nobody would see."""
    columns: dict[str, str] = {}
    extra: dict[str, Any] = {}
    for tokens, cell in row.cells.items():
        column = column_at(tokens)
        if tokens == ("extra",) and survey.is_ours and cell:
            try:
                extra |= from_cell("json", cell)
            except (ValueError, TypeError):
                told = {"heading": row.headings[tokens], "value": cell[:80]}
                survey.problems.append(Problem("import.bad_cell", survey.place(row.number, *tokens), told))
            continue
        known = column is not None and what in column.of and (survey.is_ours or not is_ours(column))
        known = known and column is not None and column.field not in unseen
        if known and column is not None and column.kind == "texts" and len(tokens) > len(column.tokens or ("",)):
            known = tokens[-1] in survey.languages
        if cell and not known and tokens != ("disabled",):
            columns[row.headings[tokens]] = cell
    return {**extra, **({"columns": columns} if columns else {}), **kept}
