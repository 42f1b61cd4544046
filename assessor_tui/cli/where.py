"""Where an answer goes: what a person types for a path, read as form and path of the visit."""

import re
from collections.abc import Iterator, MutableMapping
from typing import NamedTuple

from assessor_tui.form.model import Group, Question, Repeat, walk
from assessor_tui.form.nearest import nearest
from assessor_tui.problem import Place, Problem
from assessor_tui.visit import Visit

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)(?:\[([^\]/]+)\])?\Z")
_NUMBER = re.compile(r"[A-Z]?[0-9]*\.[0-9]+[a-z]?\Z")


class At(NamedTuple):
    """A place in a visit."""

    form: str
    path: str


def find_place(visit: Visit, typed: str, new_rows: MutableMapping[str, str]) -> At | Problem:
    """The question or row meant by ``FORM/question``, ``FORM/repeat[row]/question`` or a question's number.

    A row is named by the number people speak, the beginning of its id, or its label. ``[+]`` adds a row;
    ``[+name]`` adds one the first time and means the same row afterwards (kept in ``new_rows``).

    Codes ``where.*``, ``visit.unknown_form``, and whatever refuses a new row.
    """
    form, slash, rest = typed.strip().partition("/")
    if not slash:
        return _by_number(visit, form)
    if form not in visit.versions:
        close = nearest(form, visit.versions)
        return Problem("visit.unknown_form", Place(path=typed), {"form": form, "suggestion": close})
    path = ""
    nodes = _named(visit, form)
    generic = ""
    for step in rest.split("/"):
        match = _STEP.match(step)
        if match is None:
            return Problem("where.step", Place(path=typed), {"step": step})
        name, row = match[1], match[2]
        inside = f"{generic}/{name}" if generic else name
        node = nodes.get(inside)
        if node is None:
            here = [each.rpartition("/")[2] for each in nodes if each.rpartition("/")[0] == generic]
            return Problem(
                "where.unknown", Place(path=typed), {"name": name, "form": form, "suggestion": nearest(name, here)}
            )
        generic = inside
        path = f"{path}/{name}" if path else name
        if isinstance(node, Repeat) and row is not None:
            found = _row(visit, form, path, node, row, new_rows)
            if isinstance(found, Problem):
                return found._replace(place=Place(path=typed))
            path = found
        elif isinstance(node, Repeat) and path != rest:
            return Problem("where.no_row", Place(path=typed), {"name": name})
        elif row is not None:
            return Problem("where.not_a_repeat", Place(path=typed), {"name": name})
    return At(form, path)


def _named(visit: Visit, form: str) -> dict[str, Question | Repeat]:
    """Generic path -> question or repeat."""
    found: dict[str, Question | Repeat] = {}
    for path, node in walk(visit.forms[form].children):
        if not isinstance(node, Group):
            found["/".join((*path, node.name))] = node
    return found


def repeats_named(visit: Visit, form: str, name: str) -> Iterator[tuple[str, str]]:
    """Path and row letter of every instance of the repeat of that name."""
    for path, node in walk(visit.forms[form].children):
        if isinstance(node, Repeat) and node.name == name:
            for place in _instances(visit, form, path):
                yield f"{place}{node.name}", node.row_letter


def _instances(visit: Visit, form: str, path: tuple[str, ...]) -> list[str]:
    places = [""]
    for name in path:
        places = [f"{place}{name}[{row}]/" for place in places for row in visit.filling(form).rows(f"{place}{name}")]
    return places


def _by_number(visit: Visit, typed: str) -> At | Problem:
    """The question or table of that static number, when it stands in no other table."""
    if _NUMBER.match(typed):
        for form, definition in visit.forms.items():
            for around, node in walk(definition.children):
                if not around and not isinstance(node, Group) and node.number == typed:
                    return At(form, node.name)
    return Problem("where.no_form", Place(path=typed), {"path": typed})


def _row(
    visit: Visit, form: str, path: str, repeat: Repeat, typed: str, new_rows: MutableMapping[str, str]
) -> str | Problem:
    """Path of the row meant."""
    alias = f"{form}/{path}[{typed}"
    if typed.startswith("+"):
        if typed != "+" and alias in new_rows:
            return new_rows[alias]
        added = visit.record("add row", form, path)
        if added.problems:
            return added.problems[0]
        row_path = added.entries[0][1].path
        new_rows[alias] = row_path
        return row_path
    try:
        rows = visit.filling(form).rows(path)
    except KeyError:
        return Problem("where.row", parameters={"row": typed, "name": repeat.name})
    plain = typed.strip().casefold()
    spoken = [r for r in rows if visit.state.row_number(form, f"{path}[{r}]", repeat.row_letter).casefold() == plain]
    begun = [row for row in rows if row.startswith(plain)]
    labelled = [row for row in rows if visit.filling(form).row_label(f"{path}[{row}]").strip().casefold() == plain]
    # Where no expression names them, rows are counted, as `form explain` and other programs count them.
    counted = [r for number, r in enumerate(rows, 1) if str(number) == plain] if not repeat.row_label else []
    found = spoken or begun or labelled or counted
    if len(found) > 1:
        return Problem("where.rows", parameters={"row": typed, "name": repeat.name, "count": str(len(found))})
    if not found:
        return Problem("where.row", parameters={"row": typed, "name": repeat.name})
    return f"{path}[{found[0]}]"
