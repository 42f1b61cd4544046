"""Form and scheme files in, values and every mistake at once out. The border where YAML and pydantic are known."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assessor_tui.form import schema
from assessor_tui.form.canonical import canonical_bytes, is_carried
from assessor_tui.form.cases import cases_of, unknown_paths
from assessor_tui.form.check import Found, form_mistakes, located, scheme_mistakes
from assessor_tui.form.model import (
    LANGUAGES,
    QUESTION_TYPES,
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
from assessor_tui.form.nearest import nearest
from assessor_tui.form.scheme import Category, CrossCheck, FormUse, Level, Parameter, Scheme, Size
from assessor_tui.form.source import Loc, Source, read_source
from assessor_tui.problem import Place, Problem

Lists = Callable[[str], tuple[Instance | None, tuple[Problem, ...]] | None]
"""What the file of a list holds, by its name, and what is wrong with it; None when there is no such file."""


def read_form(text: bytes, file: str = "", lists: Lists | None = None) -> tuple[Form | None, tuple[Problem, ...]]:
    """The form that a YAML file spells, and every mistake in it in the order of the file.

    ``lists`` reads the files beside it that its instances name; without it they stay empty.

    The form is None when the file's shape is wrong; with mistakes that leave the shape whole (a missing translation,
    a name that does not exist) it is given beside them.
    """
    form, problems, _ = read_form_with_source(text, file, lists)
    return form, problems


def read_form_with_source(
    text: bytes, file: str = "", lists: Lists | None = None
) -> tuple[Form | None, tuple[Problem, ...], Source]:
    """As ``read_form``, with the source, which knows the line of every part."""
    source = read_source(text, file)
    shape = _shape(schema.FormFile, source)
    if shape.file is None:
        return None, shape.problems, source
    form = _form(shape.file)
    form, listed = _with_lists(form, lists, file) if lists is not None else (form, ())
    problems = (*_sorted((*shape.problems, *_beyond_shape(form_mistakes(form), shape, source))), *listed)
    return (None if shape.problems else form), problems, source


def _with_lists(form: Form, lists: Lists, file: str) -> tuple[Form, tuple[Problem, ...]]:
    """The form with what the files of its instances hold, and what is wrong with these. A missing file is told where
    somebody would choose from it (``logic.choices``)."""
    instances = dict(form.instances)
    problems: list[Problem] = []
    for name, instance in form.instances.items():
        read = lists(instance.source) if instance.source and not instance.columns and not instance.document else None
        if read is not None:
            instances[name] = read[0] or instance
            problems += read[1]
    form = form._replace(instances=instances)
    if any(instance.rows for instance in instances.values()) and not is_carried(canonical_bytes(form)):
        problems.append(Problem("form.too_large", Place(file)))
    return form, tuple(problems)


def read_scheme(text: bytes, file: str = "") -> tuple[Scheme | None, tuple[Problem, ...]]:
    """The scheme that a YAML file spells, and every mistake in it in the order of the file; None as ``read_form``."""
    source = read_source(text, file)
    shape = _shape(schema.SchemeFile, source)
    if shape.file is None:
        return None, shape.problems
    scheme = _scheme(shape.file)
    problems = _sorted((*shape.problems, *_beyond_shape(scheme_mistakes(scheme), shape, source)))
    return (None if shape.problems else scheme), problems


def is_scheme(text: bytes) -> bool:
    """True when the file looks like a scheme rather than a form."""
    data = read_source(text).data
    settings = data.get("settings") if isinstance(data, dict) else None
    return isinstance(data, dict) and ("categories" in data or (isinstance(settings, dict) and "scheme_id" in settings))


def check_file(
    text: bytes,
    file: str = "",
    expressions: Callable[[Form], Sequence[Problem]] = lambda form: (),
    lists: Lists | None = None,
) -> tuple[Problem, ...]:
    """Every mistake in a form or scheme file, in the order of the file.

    ``expressions`` gives the mistakes in a form's expressions, at paths inside the form: the problems of
    ``logic.compile.compile_form``, which this ring does not know. They get their line here.
    """
    if is_scheme(text):
        return read_scheme(text, file)[1]
    form, problems, source = read_form_with_source(text, file, lists)
    if form is None:
        return problems
    cases = cases_of(source)
    problems = (*problems, *cases.problems, *unknown_paths(form, cases.cases))
    rows = {path_of(source.data, loc): loc for loc in source.marks if loc and isinstance(loc[-1], int)}
    for problem in expressions(form):
        placed = _with_line(problem, rows, source)
        # A label says the same wrong name in each language.
        problems = problems if placed in problems else (*problems, placed)
    return _sorted(problems)


def _with_line(problem: Problem, rows: Mapping[str, Loc], source: Source) -> Problem:
    """The problem of an expression with the line of its row and column."""
    loc = rows.get(problem.place.path, ())
    if not loc and problem.place.path.startswith("choices/"):
        loc = tuple(problem.place.path.split("/", 1))
    return problem._replace(place=source.place((*loc, problem.parameters.get("column", "")), problem.place.path))


def _sorted(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.place.line, problem.place.column)))


# -- the shape --------------------------------------------------------------------------------------------------------


class _Shape(NamedTuple):
    """What became of one file's tree."""

    file: Any
    """The pydantic model, mended where the shape was wrong so that the rest can be looked at; None beyond mending."""
    problems: tuple[Problem, ...]
    mended: frozenset[Loc]
    """Parts that are a stopgap in the model: what else is said about them would be noise."""


def _shape(model: type[BaseModel], source: Source) -> _Shape:
    """The file as its pydantic model, with every mistake in its shape."""
    data = source.data
    problems = list(source.problems)
    if not isinstance(data, dict):
        if data is not None:
            problems.append(Problem("form.expected_mapping", source.place(()), {"column": source.file}))
        return _Shape(None, tuple(problems), frozenset())
    mended: set[Loc] = set()
    for attempt in range(8):
        try:
            return _Shape(model.model_validate(data), tuple(problems), frozenset(mended))
        except ValidationError as error:
            details = error.errors(include_url=False)
        if attempt == 0:
            data = copy.deepcopy(data)
        # A column that is missing because it is misspelt is said once.
        misspelt: set[Loc] = set()
        for detail in sorted(details, key=lambda detail: detail["type"] == "missing"):
            loc, tag = _without_tags(detail["loc"])
            # What a stopgap lacks is no mistake of the author's.
            if not any(loc[: len(other)] == other for other in mended) and loc not in misspelt:
                problem = _shape_problem(detail, loc, _row_model(model, loc, tag), source)
                misspelt.add((*loc[:-1], problem.parameters.get("suggestion", "")))
                problems.append(problem)
            mended.add(loc)
            _mend(data, loc, detail)
    return _Shape(None, tuple(problems), frozenset(mended))


def _without_tags(raw: tuple[int | str, ...]) -> tuple[Loc, str]:
    """The way through the file, and the kind of the innermost survey row on it (pydantic names it on the way)."""
    loc: list[int | str] = []
    tag = ""
    tag_next = False
    for part in raw:
        if tag_next:
            tag, tag_next = str(part), False
            continue
        tag_next = isinstance(part, int) and bool(loc) and loc[-1] in ("survey", "children")
        loc.append(part)
    return tuple(loc), tag


_SURVEY_ROWS: dict[str, type[BaseModel]] = {
    "group": schema.GroupRow,
    "repeat": schema.RepeatRow,
    "question": schema.QuestionRow,
}
_SCHEME_ROWS: dict[str, type[BaseModel]] = {
    "forms": schema.FormUseRow,
    "levels": schema.LevelRow,
    "categories": schema.CategoryRow,
    "places": schema.PlaceRow,
    "sizes": schema.SizeRow,
    "cross_checks": schema.CrossCheckRow,
    "parameters": schema.ParameterRow,
}


def _row_model(file: type[BaseModel], loc: Loc, tag: str) -> type[BaseModel]:
    """The model of the mapping that holds the part at ``loc``: it knows which columns there are."""
    around = loc[:-1]
    if not around:
        return file
    if around[0] == "settings":
        if "scoring" in around:
            return schema.ScoringRow
        return schema.FormSettings if file is schema.FormFile else schema.SchemeSettings
    if file is schema.SchemeFile:
        name = next(part for part in reversed(around) if part in _SCHEME_ROWS)
        return _SCHEME_ROWS[str(name)]
    if around[0] == "choices":
        return schema.ChoiceRow
    if around[-1] == "benchmark":
        return schema.BenchmarkRow
    if len(around) > 1 and around[-2] == "finding":
        return schema.FindingRow
    if len(around) > 1 and around[-2] == "actions":
        return schema.ActionRow
    if around[0] == "instances":
        return schema.InstanceRow
    return _SURVEY_ROWS.get(tag, schema.QuestionRow)


_OTHER_WORDS = {
    "guidance_hint": "guidance",
    "help": "hint",
    "readonly": "read_only",
    "calculate": "calculation",
    "relevance": "relevant",
    "visible_if": "relevant",
    "constraint_msg": "constraint_message",
    "list": "type",
    "list_name": "type",
    "choices": "type",
    "id": "name",
    "text": "label",
    "title": "label",
    "questions": "children",
    "items": "children",
    "survey": "children",
    "unit": "units",
    "score": "points",
    "proof": "evidence",
    "form_title": "title",
    "form_version": "version",
    "id_string": "form_id",
    "default_language": "languages",
    "value": "name",
}
"""What other tools, and older XLSForm, call a column -> what it is called here."""

_OTHER_TYPES = {
    "begin_group": "group",
    "begin group": "group",
    "end_group": "group",
    "end group": "group",
    "begin_repeat": "repeat",
    "begin repeat": "repeat",
    "end_repeat": "repeat",
    "end repeat": "repeat",
    "section": "group",
    "string": "text",
    "int": "integer",
    "number": "decimal",
    "float": "decimal",
    "image": "file",
    "photo": "file",
    "audio": "file",
    "video": "file",
    "boolean": "select_one yes_no",
    "select": "select_multiple LIST",
    "select1": "select_one LIST",
    "select_one": "select_one LIST",
    "select_multiple": "select_multiple LIST",
    "calculation": "calculate",
    "trigger": "acknowledge",
}
"""What other tools call a type -> the type here."""


def _shape_problem(detail: ErrorDetails, loc: Loc, row: type[BaseModel], source: Source) -> Problem:
    """Our word for one of pydantic's."""
    code, told = detail["type"], dict(detail.get("ctx") or {})
    place = source.place(loc, path_of(source.data, loc))
    column = _column(loc)
    told = {"column": column, **{key: str(value) for key, value in told.items()}}
    if code == "extra_forbidden":
        known = list(row.model_fields)
        here = str(loc[-1])
        other = _OTHER_WORDS.get(here.partition("::")[0].strip(), here.partition("::")[0])
        suggestion = other if other in known else nearest(other, known)
        if "::" in here and suggestion:
            return Problem("form.column_per_language", place, {"column": here, "suggestion": suggestion})
        kind = next((kind for kind, model in _SURVEY_ROWS.items() if other in model.model_fields), "")
        if row in _SURVEY_ROWS.values() and kind and other not in known:
            return Problem("form.column_elsewhere", place, {"column": here, "kind": kind})
        return Problem("form.unknown_column", place, {"column": here, "suggestion": suggestion})
    if code == "missing":
        return Problem("form.missing_column", place, {"column": str(loc[-1])})
    if code == "literal_error":
        value, known = str(detail["input"]), _literals(row, str(loc[-1]))
        told |= {"value": value, "known": ", ".join(known), "suggestion": nearest(value, known)}
        return Problem("form.not_one_of", place, told)
    if code == "form.unknown_type":
        told["suggestion"] = _nearest_type(told["value"])
        told["known"] = ", ".join(sorted({*QUESTION_TYPES, "group", "repeat"}))
        return Problem(code, place, told)
    if code == "dict_type":
        code = "form.text_not_by_language"
    elif code == "string_pattern_mismatch":
        code, told["value"] = "form.bad_letter", str(detail["input"])
    elif not code.startswith("form."):
        code = "form.expected_list_of_rows" if code == "list_type" else "form.expected_mapping"
    return Problem(code, place, told)


def _column(loc: Loc) -> str:
    """What the part at ``loc`` is called in its row: ``points: yes``."""
    after = max(
        (at + 2 for at, part in enumerate(loc[:-1]) if part in ("survey", "children") and at + 2 < len(loc)), default=0
    )
    if len(loc) > 1:
        after = max(after, 1)
    if isinstance(loc[-1], int):
        return f"{loc[-2]}, {loc[-1] + 1}"
    return ": ".join(str(part) for part in loc[after:] if isinstance(part, str))


def _literals(row: type[BaseModel], column: str) -> list[str]:
    field = row.model_fields.get(column)
    return [str(value) for value in getattr(field.annotation, "__args__", ())] if field is not None else []


def _nearest_type(value: str) -> str:
    value = value.strip()
    word, _, rest = value.partition(" ")
    if value in _OTHER_TYPES or (word in _OTHER_TYPES and word not in QUESTION_TYPES):
        return _OTHER_TYPES.get(value) or _OTHER_TYPES[word]
    if word in QUESTION_TYPES:
        return f"{word} LIST" if word.startswith("select") else word
    close = nearest(word, (*QUESTION_TYPES, "group", "repeat"))
    return f"{close} {rest or 'LIST'}" if close.startswith("select") else close


def path_of(data: Any, loc: Loc) -> str:
    """What the part at ``loc`` belongs to, as people name it: repeat and question names without groups."""
    if not loc or loc[0] not in ("survey", "choices"):
        named = [str(part) for part in loc[:2]]
        if len(loc) > 1 and isinstance(loc[1], int):
            row = data[loc[0]][loc[1]] if isinstance(data.get(loc[0]), list) else None
            named[1] = str(row.get("name", loc[1] + 1)) if isinstance(row, dict) else str(loc[1] + 1)
        return "/".join(named)
    names: list[str] = []
    node = data
    if loc[0] == "choices":
        names = [str(part) for part in loc[:2]]
        row = data["choices"]
        for part in loc[1:3]:
            try:
                row = row[part]
            except (KeyError, IndexError, TypeError):
                return "/".join(names)
        if len(loc) > 2 and isinstance(row, dict) and isinstance(row.get("name"), str):
            names.append(row["name"])
        return "/".join(names)
    group = ""
    for part in loc:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(part, int) and isinstance(node, dict):
            name = str(node.get("name", ""))
            group = name if node.get("type") == "group" else ""
            if name and not group:
                names.append(name)
        elif part not in ("survey", "children"):
            break
    return "/".join([*names, group] if group else names)


_STOPGAP = "stopgap"
_STOPGAPS: dict[str, Any] = {
    "type": "note",
    "label": {},
    "title": {},
    "text": {},
    "children": [],
    "survey": [],
    "settings": {},
    "categories": [],
    "forms": [],
    "better": "lower",
    "grade": "minor",
    "asks": "core",
}


def _mend(data: Any, loc: Loc, detail: ErrorDetails) -> None:
    """Change the tree so that the part at ``loc`` no longer stops the rest from being looked at."""
    holder = data
    for part in loc[:-1]:
        holder = holder[part]
    last = loc[-1]
    if detail["type"] == "missing":
        holder[last] = copy.copy(_STOPGAPS.get(str(last), _STOPGAP))
    elif isinstance(holder, list):
        holder[int(last)] = {} if detail["type"] in ("form.expected_mapping", "model_type", "dict_type") else ""
    else:
        # A column that must be there is reported missing in the next round and gets its stopgap then.
        del holder[last]


def _beyond_shape(found: Iterator[Found], shape: _Shape, source: Source) -> Iterator[Problem]:
    """Mistakes beyond the shape, without those that only follow from a stopgap."""
    for mistake in found:
        loc = mistake.loc
        if any(loc[: len(other)] == other or other[: len(loc)] == loc for other in shape.mended):
            continue
        if (*loc, "type") in shape.mended or (*loc[:-1], "type") in shape.mended:
            continue
        if (
            mistake.parameters.get("name") == _STOPGAP
            or ("choices", mistake.parameters.get("list", "")) in shape.mended
        ):
            continue
        if _STOPGAP in mistake.path:
            mistake = mistake._replace(path=path_of(source.data, loc))
        yield located(mistake, source.place)


# -- models to values -------------------------------------------------------------------------------------------------


def _form(file: schema.FormFile) -> Form:
    settings = file.settings
    return Form(
        settings.form_id,
        settings.version,
        settings.title,
        tuple(_node(row) for row in file.survey),
        {
            name: tuple(Choice(row.name, row.label, row.extra) for row in choices)
            for name, choices in file.choices.items()
        },
        settings.number,
        settings.kind,
        tuple(settings.languages) or LANGUAGES,
        Scoring(**settings.scoring.model_dump()),
        settings.source,
        settings.root,
        settings.instance_name,
        {
            name: Instance(row.source, tuple(row.columns), tuple(tuple(each) for each in row.rows), row.document)
            for name, row in file.instances.items()
        },
        settings.extra,
    )


_PLAIN = tuple(
    column
    for column in schema.QuestionRow.model_fields
    if column in Question._fields
    and column
    not in ("type", "veto", "limiting", "benchmark", "evidence", "insist", "reason", "finding", "not_applicable")
    and column not in ("units", "decimals", "actions")
)
"""Columns that are the same in the model and in the value."""


_LISTS_OF_REPEAT = ("children", "key", "at_least", "first_rows")


def _node(row: schema.GroupRow | schema.RepeatRow | schema.QuestionRow) -> Node:
    if isinstance(row, schema.GroupRow):
        children = tuple(_node(child) for child in row.children)
        same = {name: getattr(row, name) for name in Group._fields if name != "children"}
        return Group(children=children, **same)
    if isinstance(row, schema.RepeatRow):
        same = {name: getattr(row, name) for name in Repeat._fields if name not in _LISTS_OF_REPEAT}
        children = tuple(_node(child) for child in row.children)
        rows = tuple(row.first_rows)
        return Repeat(children=children, key=tuple(row.key), at_least=int(row.at_least), first_rows=rows, **same)
    kind, list_name, rows_of = schema.split_type(row.type) or ("note", "", "")
    return Question(
        type=kind,
        list_name=list_name,
        rows_of=rows_of,
        veto=tuple(row.veto),
        limiting=tuple(row.limiting),
        benchmark=Benchmark(**row.benchmark.model_dump()) if row.benchmark else None,
        evidence={answer: tuple(kinds) for answer, kinds in row.evidence.items()},
        insist=row.insist == "yes",
        reason=tuple(row.reason),
        finding={answer: FindingText(finding.grade, finding.text) for answer, finding in row.finding.items()},
        not_applicable=row.not_applicable == "yes",
        units=tuple(row.units),
        decimals=int(row.decimals) if row.decimals else -1,
        actions=tuple(Action(each.on, each.value, each.of) for each in row.actions),
        **{column: getattr(row, column) for column in _PLAIN},
    )


def _scheme(file: schema.SchemeFile) -> Scheme:
    settings = file.settings
    return Scheme(
        settings.scheme_id,
        settings.version,
        settings.title,
        settings.status,
        settings.header_form,
        settings.findings_form,
        tuple(
            Category(
                row.name,
                row.label,
                tuple(FormUse(use.form, use.weight) for use in row.forms),
                tuple(Level(level.name, level.label, level.at_least, level.limiting == "yes") for level in row.levels),
                row.asks,
            )
            for row in file.categories
        ),
        {name: Parameter(name, row.label, row.value, row.status, row.source) for name, row in file.parameters.items()},
        tuple((row.name, row.label) for row in file.places),
        tuple(CrossCheck(row.name, row.label, row.left, row.right, row.tolerance) for row in file.cross_checks),
        settings.category_question,
        settings.source,
        tuple(Size(row.name, row.label, row.asks, row.below) for row in file.sizes),
        settings.size_question,
        settings.size_number,
    )
